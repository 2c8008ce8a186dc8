import type { Command } from 'commander';
import type { EventType } from '../../../src/contract/events';
import { eventLine } from '../../../src/contract/story';
import { inRange, readRange, type Range, type StoredEvent } from '../../runtime/queries';
import type { Cli } from '../context';
import { endOfLog, followLog } from '../follow';
import type { Paint } from '../output';
import { parseDuration, parseInteger, parseTypes } from '../parse';

interface TailOptions {
  since?: number;
  type?: EventType[];
  container?: string;
  raw?: boolean;
  follow?: boolean;
  limit: number;
}

const FEW = 20;
const COLOURS: Partial<Record<EventType, Paint>> = {
  health_alert: 'red',
  container_recovered: 'green',
  remediation_verified: 'green',
  remediation_started: 'cyan',
  remediation_complete: 'cyan',
  approval_requested: 'yellow',
  agent_trouble: 'yellow',
  dead_letter: 'yellow',
  notification_failed: 'yellow',
};

/** One event in the form that was asked for. */
export function printEvent(cli: Cli, stored: StoredEvent, raw = false): void {
  if (raw || cli.options.json) {
    cli.jsonLine(raw ? stored.event : { stream_id: stored.streamId, ...stored.event });
  } else {
    cli.line(eventLine(stored.event), COLOURS[stored.event.type]);
  }
}

function filterOf({ type, container }: TailOptions): Pick<Range, 'types' | 'container'> {
  return { ...(type ? { types: type } : {}), ...(container ? { container } : {}) };
}

/** Without a time span, the last few. */
function pastOf({ since, limit }: TailOptions, now: number): Pick<Range, 'fromMs' | 'limit'> {
  return since === undefined ? { limit: Math.min(limit, FEW) } : { fromMs: now - since, limit };
}

async function tail(cli: Cli, options: TailOptions): Promise<void> {
  await cli.withLog(async (log, settings) => {
    const positions = await endOfLog(log);
    const filter = filterOf(options);
    const past = await readRange(log, { ...filter, ...pastOf(options, cli.io.now()) });
    past.forEach((stored) => printEvent(cli, stored, options.raw));
    if (!options.follow) {
      if (past.length === 0 && !cli.options.json && !options.raw) {
        cli.warn('No such event. `hemostat tail --follow` waits for new ones.');
      }
      return;
    }
    const seen = new Set(past.map(({ event }) => event.id));
    for await (const stored of followLog(log, settings, positions, cli.io.signal)) {
      if (inRange(stored.event, filter) && !seen.has(stored.event.id)) {
        printEvent(cli, stored, options.raw);
      }
    }
  });
}

export function registerTail(program: Command, cli: Cli): void {
  program
    .command('tail')
    .description('events of the log, one line each (JSON lines with --json)')
    .option('--since <span>', 'from this long ago: 90s, 10m, 6h, 7d (default: the last 20 events)', parseDuration)
    .option('--type <types>', 'only these event types, comma-separated', parseTypes)
    .option('--container <name>', 'only this container, as name or host/name')
    .option('--raw', 'the events as they stand in the log')
    .option('-f, --follow', 'wait for new ones until Ctrl-C')
    .option('--limit <n>', 'past events at most, the newest', parseInteger(1, 100_000), 1000)
    .action((options: TailOptions) => tail(cli, options));
}
