import { logEntrySchema, type LogEntry, type Range } from '../../../src/contract/observability/schemas';
import { telemetryKeys } from '../../../src/contract/telemetry-keys';
import { rawEntries } from '../consumer';
import type { HemostatLog } from '../log';
import { fitsLine, lineNewestFirst, MAX_ERRORS, MAX_LOGS, type LineFilter } from './lines';
import { cutNotices, fromRedis, readAs, Unreadable } from './redis-source';
import type { Collector, ErrorQuestion, LogQuestion } from './types';

/** Entries looked at for one question, so that a rare text does not read a whole day again and again. */
export const MAX_SCANNED = 20_000;
const PAGE = 1000;
/**
 * A line is written some moments after its time, by the clock of another machine: entries this far around the range are looked at too,
 * milliseconds.
 */
const SLACK_MS = 60_000;

/** Where a scan stands: what it found, and how much it has looked at. */
class Scan {
  readonly found: LogEntry[] = [];
  readonly unreadable = new Unreadable();
  scanned = 0;

  constructor(
    private readonly range: Range,
    private readonly filter: LineFilter
  ) {}

  take(json: string): void {
    this.scanned += 1;
    const { trace } = this.filter;
    // Nearly no line is of the wanted trace: those need not be parsed.
    if (trace !== undefined && !json.includes(trace)) {
      return;
    }
    const line = readAs(logEntrySchema, json);
    if (!line) {
      this.unreadable.add();
    } else if (this.isInRange(line) && fitsLine(line, this.filter)) {
      this.found.push(line);
    }
  }

  private isInRange({ timestamp }: LogEntry): boolean {
    const time = Date.parse(timestamp);
    return time >= this.range.from && time <= this.range.to;
  }
}

/** Reads lines of one stream, newest first, until there are enough or the budget is used up. */
async function linesOf(log: HemostatLog, stream: 'logs' | 'errors', range: Range, filter: LineFilter, limit: number): Promise<{ data: LogEntry[]; notices: string[] }> {
  const key = telemetryKeys(log.options.prefix)[stream];
  const scan = new Scan(range, filter);
  const from = String(Math.max(0, Math.floor(range.from) - SLACK_MS));
  let to = String(Math.max(0, Math.ceil(range.to) + SLACK_MS));
  let more = true;
  while (more && scan.found.length < limit && scan.scanned < MAX_SCANNED) {
    const entries = rawEntries(await log.redis.xrevrange(key, to, from, 'COUNT', PAGE));
    entries.forEach(({ json }) => scan.take(json));
    more = entries.length === PAGE;
    to = `(${entries.at(-1)?.id ?? to}`;
  }
  const data = scan.found.sort(lineNewestFirst).slice(0, limit);
  const ended = more && data.length < limit ? [`Only the newest ${scan.scanned} lines were looked at; ask for a shorter or an earlier range.`] : [];
  const cut = more ? [] : await cutNotices(log, stream, range);
  return { data, notices: [...ended, ...cut, ...scan.unreadable.notices('log lines')] };
}

/** Log lines out of Redis. */
export class RedisLogs implements Collector<'logs'> {
  readonly source = 'logs';
  readonly from = 'redis';

  constructor(private readonly log: HemostatLog) {}

  collect(range: Range, { limit, ...filter }: LogQuestion, signal: AbortSignal): Promise<{ data: LogEntry[]; notices: string[] }> {
    return fromRedis(this.log, signal, () => linesOf(this.log, 'logs', range, filter, Math.min(limit, MAX_LOGS)));
  }
}

/** Lines that are errors: they have a stream of their own, so a day of them is found without reading all lines. */
export class RedisErrors implements Collector<'errors'> {
  readonly source = 'errors';
  readonly from = 'redis';

  constructor(private readonly log: HemostatLog) {}

  collect(range: Range, { limit, agent }: ErrorQuestion, signal: AbortSignal): Promise<{ data: LogEntry[]; notices: string[] }> {
    return fromRedis(this.log, signal, () => linesOf(this.log, 'errors', range, agent === undefined ? {} : { agent }, Math.min(limit, MAX_ERRORS)));
  }
}
