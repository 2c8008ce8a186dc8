import { actionRecordSchema } from '../../../src/contract/history';
import type { ContainerState } from '../../../src/contract/containers';
import { containerKey, type EventType } from '../../../src/contract/events';
import type { IncidentSummary } from '../../../src/contract/incident';
import type { HemostatLog } from '../../runtime/log';
import { listIncidents, parseJson, readContainers } from '../../runtime/queries';
import type { OwnFigure, OwnRate } from './names';

/** A share of failures: how many of how many. */
export interface Share {
  failed: number;
  total: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_INCIDENTS = 500;
const MAX_RECORDS = 5000;
/** Up to this span the counts of minutes are read; beyond it those of hours, of which there are fewer. */
const MINUTES_UP_TO_MS = 12 * HOUR_MS;

/** What of an agent's work failed: it could not be handled, told or found out. */
const FAILED_WORK: readonly EventType[] = ['dead_letter', 'notification_failed', 'insight_failed'];

/** Milliseconds of the window that intervals cover, overlaps counted once. */
export function covered(intervals: ReadonlyArray<readonly [number, number]>, from: number, to: number): number {
  let sum = 0;
  let reached = from;
  for (const [begin, end] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const start = Math.max(begin, reached);
    const stop = Math.min(end, to);
    if (stop > start) {
      sum += stop - start;
      reached = stop;
    }
  }
  return sum;
}

/**
 * The share of container time in which containers were ill: ill milliseconds by all of them.
 * @returns `total` is the number of containers, so that a minimum counts these
 */
export function illTime(containers: readonly ContainerState[], incidents: readonly IncidentSummary[], from: number, to: number): Share {
  const present = containers.filter((one) => one.status !== 'removed');
  const failed = present.map((one) => {
    const key = containerKey(one);
    const ill = one.ill && one.ill_since ? [[Date.parse(one.ill_since), to] as const] : [];
    const past = incidents
      .filter(({ fields }) => fields.key === key && fields.ended_at && fields.opened_at)
      .map(({ fields }) => [Date.parse(fields.opened_at ?? ''), Date.parse(fields.ended_at ?? '')] as const);
    return covered([...ill, ...past], from, to) / Math.max(1, to - from);
  });
  return { failed: failed.reduce((sum, share) => sum + share, 0), total: present.length };
}

/** What HemoStat knows of itself, read from the log. What it costs does not grow with the number of events. */
export class OwnFigures {
  constructor(private readonly log: HemostatLog) {}

  async share(rate: OwnRate, from: number, to: number): Promise<Share> {
    switch (rate) {
      case 'ill_time':
        return this.illTime(from, to);
      case 'failed_remediations':
        return this.failedRemediations(from, to);
      case 'failed_work':
        return this.failedWork(from, to);
    }
  }

  /** How many events of a type there were in each minute (up to 12 hours) or hour of the span. Missing ones are 0. */
  async series(figure: OwnFigure, from: number, to: number): Promise<{ times: number[]; values: number[] }> {
    const grain = to - from <= MINUTES_UP_TO_MS ? MINUTE_MS : HOUR_MS;
    const counts = await this.counts(from, to, grain);
    const times: number[] = [];
    // The last one is still being counted.
    for (let time = Math.ceil(from / grain) * grain; time + grain <= to; time += grain) {
      times.push(time);
    }
    return { times, values: times.map((time) => counts.get(time)?.get(figure) ?? 0) };
  }

  private async illTime(from: number, to: number): Promise<Share> {
    const [containers, incidents] = await Promise.all([readContainers(this.log), listIncidents(this.log, { all: true, limit: MAX_INCIDENTS })]);
    return illTime(containers, incidents, from, to);
  }

  private async failedRemediations(from: number, to: number): Promise<Share> {
    const lists = await Promise.all(this.log.partitions.map(async (keys) => this.log.redis.zrevrangebyscore(keys.actions, to, from, 'LIMIT', 0, MAX_RECORDS)));
    const done = lists.flat().flatMap((json) => {
      const record = actionRecordSchema.safeParse(parseJson(json));
      return record.success && record.data.kind === 'complete' && !record.data.dry_run && (record.data.status === 'success' || record.data.status === 'failed') ? [record.data.status] : [];
    });
    return { failed: done.filter((status) => status === 'failed').length, total: done.length };
  }

  private async failedWork(from: number, to: number): Promise<Share> {
    const counts = await this.counts(from, to, MINUTE_MS);
    const share: Share = { failed: 0, total: 0 };
    for (const [time, types] of counts) {
      if (time + MINUTE_MS > from && time <= to) {
        types.forEach((count, type) => {
          share.total += count;
          share.failed += FAILED_WORK.some((one) => one === type) ? count : 0;
        });
      }
    }
    return share;
  }

  private async counts(from: number, to: number, grain: number): Promise<Map<number, Map<string, number>>> {
    const span = grain === MINUTE_MS ? HOUR_MS : DAY_MS;
    const [first, last] = [Math.floor(from / span), Math.floor(to / span)];
    const hashes = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    const found = new Map<number, Map<string, number>>();
    const reads = this.log.partitions.flatMap((keys) =>
      hashes.map(async (hash) => ({ hash, fields: await this.log.redis.hgetall(grain === MINUTE_MS ? keys.minuteCounts(hash) : keys.hourCounts(hash)) }))
    );
    for (const { hash, fields } of await Promise.all(reads)) {
      for (const [field, text] of Object.entries(fields)) {
        const [slot = '', type = ''] = field.split('|');
        const time = hash * span + Number(slot) * grain;
        const types = found.get(time) ?? new Map<string, number>();
        types.set(type, (types.get(type) ?? 0) + Number(text));
        found.set(time, types);
      }
    }
    return found;
  }
}
