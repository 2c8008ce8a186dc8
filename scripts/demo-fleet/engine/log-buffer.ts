import { nowNs, rfc3339Nano } from './clock';

export type LogStream = 'stdout' | 'stderr';

export interface LogLine {
  stream: LogStream;
  timeNs: bigint;
  /** With its line feed, as the process wrote it. */
  text: string;
}

export interface LogQuery {
  stdout: boolean;
  stderr: boolean;
  sinceNs: bigint | undefined;
  untilNs: bigint | undefined;
  /** Number of last lines, undefined for all. */
  tail: number | undefined;
}

const MAX_LINES = 2000;
/** Docker cuts longer lines at this size. */
const MAX_LINE_CHARS = 16_384;

export function matchesQuery(line: LogLine, query: LogQuery): boolean {
  const wanted = line.stream === 'stdout' ? query.stdout : query.stderr;
  const after = query.sinceNs === undefined || line.timeNs >= query.sinceNs;
  const before = query.untilNs === undefined || line.timeNs <= query.untilNs;
  return wanted && after && before;
}

/** A line as one frame of Docker's multiplexed stream: stream number, three zero bytes, length, text. */
export function frame(stream: LogStream, text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

export const logFrame = (line: LogLine, timestamps: boolean): Buffer =>
  frame(line.stream, timestamps ? `${rfc3339Nano(line.timeNs)} ${line.text}` : line.text);

/** The bounded log of one container over all its runs. */
export class LogBuffer {
  private readonly lines: LogLine[] = [];
  private readonly partial: Record<LogStream, string> = { stdout: '', stderr: '' };
  private readonly listeners = new Set<(line: LogLine) => void>();

  write(stream: LogStream, chunk: string): void {
    const parts = (this.partial[stream] + chunk).split('\n');
    this.partial[stream] = parts.pop() ?? '';
    for (const part of parts) {
      this.add(stream, `${part}\n`);
    }
    if (this.partial[stream].length > MAX_LINE_CHARS) {
      this.flush(stream);
    }
  }

  /** What a process left without a line feed when it ended. */
  flush(stream: LogStream): void {
    const rest = this.partial[stream];
    this.partial[stream] = '';
    if (rest !== '') {
      this.add(stream, rest);
    }
  }

  read(query: LogQuery): LogLine[] {
    const found = this.lines.filter((line) => matchesQuery(line, query));
    if (query.tail === undefined) {
      return found;
    }
    return query.tail === 0 ? [] : found.slice(-query.tail);
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: (line: LogLine) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private add(stream: LogStream, text: string): void {
    const line = { stream, timeNs: nowNs(), text: text.slice(0, MAX_LINE_CHARS) };
    this.lines.push(line);
    if (this.lines.length > MAX_LINES) {
      this.lines.shift();
    }
    for (const listener of [...this.listeners]) {
      listener(line);
    }
  }
}
