import type { Redis } from 'ioredis';
import { z } from 'zod';
import { decodeEvent, decodeObject } from '../../src/contract/codec';
import { containerStateSchema, type ContainerState } from '../../src/contract/containers';
import { containerKey, figuresSchema, type EventData, type HemostatEvent } from '../../src/contract/events';
import type { PartitionKeys } from '../../src/contract/streams';
import type { HemostatLog } from '../runtime/log';
import { waitMs } from '../runtime/wait';
import type { History, PastAlert } from './rules';

/** What happened in an incident so far, as far as the analyzer needs it. */
export interface IncidentSoFar {
  forensics?: EventData<'forensics_captured'>;
  /** Tokens that its model calls have used. */
  tokens: number;
}

/** Everything that the analyzer reads and counts, with a fake in the tests. */
export interface AnalyzerStore {
  /** Earlier alerts of the container of this alert. */
  history(alert: HemostatEvent): Promise<History>;
  /** @param waitForMs how long to wait for forensics that came after the alert. */
  incident(alert: HemostatEvent, waitForMs: number, signal: AbortSignal): Promise<IncidentSoFar>;
  container(alert: HemostatEvent): Promise<ContainerState | undefined>;
}

interface Asked {
  key: string;
  resolve: (items: string[]) => void;
  reject: (cause: unknown) => void;
}

const pastAlertSchema = z.object({ id: z.string(), time: z.string(), metrics: figuresSchema });

/** Events of an incident that are looked at: its beginning and its end. */
const FIRST_EVENTS = 16;
const LAST_EVENTS = 48;
const POLL_MS = 50;

function readPast(item: string): PastAlert | undefined {
  const object = decodeObject(item);
  const parsed = object.ok ? pastAlertSchema.safeParse(object.value) : undefined;
  return parsed?.success ? parsed.data : undefined;
}

export class RedisStore implements AnalyzerStore {
  private readonly asked: Asked[][];

  constructor(
    private readonly log: HemostatLog,
    private readonly settings: { historySize: number; historyTtlMs: number }
  ) {
    this.asked = log.partitions.map(() => []);
  }

  async history(alert: HemostatEvent): Promise<History> {
    const key = this.log.keysOf(alert.container).alertHistory(containerKey(alert));
    const items = await this.items(this.log.partitionOf(alert.container), key);
    const oldest = Date.parse(alert.time) - this.settings.historyTtlMs;
    return items
      .flatMap((item) => readPast(item) ?? [])
      .filter((past) => past.id !== alert.id && Date.parse(past.time) >= oldest)
      .slice(0, this.settings.historySize);
  }

  async incident(alert: HemostatEvent, waitForMs: number, signal: AbortSignal): Promise<IncidentSoFar> {
    if (!alert.incident_id) {
      return { tokens: 0 };
    }
    const until = performance.now() + waitForMs;
    for (;;) {
      const { soFar, fresh } = await this.readIncident(alert);
      if (fresh || performance.now() >= until || signal.aborted) {
        return soFar;
      }
      await waitMs(POLL_MS, signal);
    }
  }

  async container(alert: HemostatEvent): Promise<ContainerState | undefined> {
    const json = await this.log.redis.hget(this.log.keysOf(alert.container).containers, containerKey(alert));
    const object = json ? decodeObject(json) : undefined;
    const parsed = object?.ok ? containerStateSchema.safeParse(object.value) : undefined;
    return parsed?.success ? parsed.data : undefined;
  }

  /** Lists asked for in one turn of the event loop travel together. */
  private items(partition: number, key: string): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const waiting = this.asked[partition] ?? [];
      waiting.push({ key, resolve, reject });
      if (waiting.length === 1) {
        setImmediate(() => void this.fetch(partition));
      }
    });
  }

  private async fetch(partition: number): Promise<void> {
    const batch = this.asked[partition] ?? [];
    this.asked[partition] = [];
    const pipeline = this.log.redis.pipeline();
    batch.forEach(({ key }) => pipeline.lrange(key, 0, this.settings.historySize));
    try {
      const replies = (await pipeline.exec()) ?? [];
      batch.forEach(({ resolve, reject }, index) => {
        const [error, items] = replies[index] ?? [new Error('Connection is closed.'), []];
        return error ? reject(error) : resolve(items as string[]);
      });
    } catch (cause) {
      batch.forEach(({ reject }) => reject(cause));
    }
  }

  /** `fresh`: forensics of this very alert are there. */
  private async readIncident(alert: HemostatEvent): Promise<{ soFar: IncidentSoFar; fresh: boolean }> {
    const keys = this.log.keysOf(alert.container);
    const events = await this.incidentEvents(keys, alert.incident_id);
    const forensics = events.filter((event) => event.type === 'forensics_captured').at(-1);
    const tokens = events.reduce((sum, event) => sum + tokensOf(event), 0);
    const fresh = forensics !== undefined && (forensics.cause_id === alert.id || Date.parse(forensics.time) >= Date.parse(alert.time));
    return { soFar: { tokens, ...(forensics ? { forensics: forensics.data } : {}) }, fresh };
  }

  private async incidentEvents(keys: PartitionKeys, incidentId: string): Promise<HemostatEvent[]> {
    const redis = this.log.redis as Redis;
    const list = keys.incidentLog(incidentId);
    const [first, last] = await Promise.all([redis.lrange(list, 0, FIRST_EVENTS - 1), redis.lrange(list, -LAST_EVENTS, -1)]);
    const ids = [...new Set([...first, ...last])];
    const replies = await Promise.all(ids.map((id) => redis.xrange(keys.log, id, id)));
    return replies.flat().flatMap(([, fields]) => {
      const decoded = decodeEvent(fields[fields.indexOf('json') + 1] ?? '', incidentId);
      return decoded.ok ? [decoded.value] : [];
    });
  }
}

function tokensOf(event: HemostatEvent): number {
  if (event.type !== 'remediation_needed' && event.type !== 'false_alarm') {
    return 0;
  }
  return event.data.model_calls.reduce((sum, call) => sum + call.input_tokens + call.output_tokens, 0);
}
