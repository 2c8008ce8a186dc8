import type { Redis } from 'ioredis';
import type { HemostatEvent } from '../../src/contract/events';
import { actionRecordSchema, type ActionRecord } from '../../src/contract/history';
import { Ledger } from '../../src/contract/ledger';
import type { HemostatLog } from '../runtime/log';
import { parseJson } from '../runtime/queries';
import type { FleetView } from './fleet';

const PAGE = 5000;
/** Answers kept in case that an entry is handled again before its answer stood in the log. */
const MAX_ANSWERS = 8192;

/** The record line of an event, as the log keeps it; undefined for events that leave none. */
export function recordOf(event: HemostatEvent): ActionRecord | undefined {
  const who = { id: event.id, time: event.time, container: event.container, host: event.host, incident_id: event.incident_id };
  switch (event.type) {
    case 'remediation_started':
      return { kind: 'started', ...who, action: event.data.plan.action, dry_run: event.data.dry_run, project: event.data.project ?? '', targets: event.data.plan.order };
    case 'remediation_complete':
      return { kind: 'complete', ...who, action: event.data.action, dry_run: event.data.dry_run, project: event.data.project ?? '', status: event.data.result.status };
    case 'remediation_verified':
      return { kind: 'verified', ...who, action: event.data.action, verdict: event.data.verdict };
    default:
      return undefined;
  }
}

/** The Python original names no host: then the one container of this name is meant. */
export function resolveHost(event: { host: string; container: string }, view: FleetView): string {
  if (event.host !== '') {
    return event.host;
  }
  const keys = view.byName.get(event.container) ?? [];
  const [only = ''] = keys;
  return keys.length === 1 && only.includes('/') ? only.slice(0, only.lastIndexOf('/')) : '';
}

/** What was done so far, and what this copy has answered of late. */
export class Memory {
  ledger = new Ledger();
  private readonly answers = new Map<string, readonly HemostatEvent[]>();

  /** Reads the record anew: whoever led before has written into it. */
  async load(log: HemostatLog, view: FleetView): Promise<number> {
    const ledger = new Ledger();
    let count = 0;
    for (const keys of log.partitions) {
      for (let from = 0; ; from += PAGE) {
        const page = await (log.redis as Redis).zrange(keys.actions, String(from), String(from + PAGE - 1));
        for (const json of page) {
          const parsed = actionRecordSchema.safeParse(parseJson(json));
          if (parsed.success) {
            count += ledger.add({ ...parsed.data, host: resolveHost(parsed.data, view) }) ? 1 : 0;
          }
        }
        if (page.length < PAGE) {
          break;
        }
      }
    }
    this.ledger = ledger;
    this.answers.clear();
    return count;
  }

  /** Takes an event into the record before it is written: two decisions at one time must see each other. */
  remember(event: HemostatEvent, view: FleetView): boolean {
    const record = recordOf(event);
    return record !== undefined && this.ledger.add({ ...record, host: resolveHost(record, view) });
  }

  /** Keeps the answer to an entry, so that the same entry gets the same answer however often it is handled. */
  keep(cause: string, answer: readonly HemostatEvent[]): readonly HemostatEvent[] {
    this.answers.delete(cause);
    this.answers.set(cause, answer);
    const oldest = this.answers.size > MAX_ANSWERS ? this.answers.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.answers.delete(oldest);
    }
    return answer;
  }

  answered(cause: string): readonly HemostatEvent[] | undefined {
    return this.answers.get(cause);
  }
}
