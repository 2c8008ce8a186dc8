import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../../runtime/errors';
import type { TroubleBoard } from '../../runtime/trouble';

/** A line of the log of updates (R337). */
export interface UpdateLine {
  dashboard_id: string;
  /** HTTP status; null when no answer came, or when there was nothing to push (R331). */
  status_code: number | null;
  what: 'panel' | 'annotation' | 'analysis';
  step?: 'create' | 'update' | 'end';
  update_id?: string;
  dashboard_uid?: string;
  panel_id?: number;
  error?: string;
}

const KEPT = 3;

/** `update_log.jsonl`: a JSON object a line, put aside when it has grown. */
export class UpdateLog {
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: { file: string; maxBytes: number; trouble: TroubleBoard; now: () => number }) {}

  /** Never throws: a full disk must not end the work. */
  async write(line: UpdateLine): Promise<void> {
    const { file, now } = this.options;
    if (file === 'off') {
      return;
    }
    const text = `${JSON.stringify({ ...line, timestamp: new Date(now()).toISOString() })}\n`;
    this.turn = this.turn.then(async () => this.add(text));
    await this.turn;
  }

  private async add(text: string): Promise<void> {
    const { file, trouble } = this.options;
    try {
      await this.rotate(Buffer.byteLength(text));
      await mkdir(path.dirname(path.resolve(file)), { recursive: true });
      await appendFile(file, text, { mode: 0o600 });
      trouble.clear('update log');
    } catch (cause) {
      trouble.report('update log', `${file} cannot be written: ${errorText(cause)}`, 'Set HEMOSTAT_UPDATE_LOG to a place that the updater may write, or to off.');
    }
  }

  private async rotate(more: number): Promise<void> {
    const { file, maxBytes } = this.options;
    const size = await stat(file).then(
      (found) => found.size,
      () => 0
    );
    if (size === 0 || size + more <= maxBytes) {
      return;
    }
    for (let number = KEPT; number >= 1; number -= 1) {
      const from = number === 1 ? file : `${file}.${number - 1}`;
      await rename(from, `${file}.${number}`).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') {
          throw cause;
        }
      });
    }
  }
}
