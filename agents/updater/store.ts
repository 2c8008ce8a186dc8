import { z } from 'zod';
import { decodeEvent, encodeEvent } from '../../src/contract/codec';
import { isEvent, type EventOf } from '../../src/contract/events';
import type { HemostatLog } from '../runtime/log';
import { parseJson } from '../runtime/queries';
import { recordSchema, type EpisodeRecord } from './rates/record';

const wantedSchema = z.object({ reason: z.string(), at: z.number() });
export type Wanted = z.infer<typeof wantedSchema>;

const seenSchema = z.record(z.string(), z.number());

/** Metric -> its value at the last update. */
export type Seen = z.infer<typeof seenSchema>;

const FIELDS = { last: 'last:', wanted: 'wanted:', seen: 'seen:', episode: 'episode:', push: 'push:' } as const;
type Part = keyof typeof FIELDS;

/** What the updater remembers over its copies and their ends, in one hash. */
export class UpdaterStore {
  constructor(private readonly log: HemostatLog) {}

  /** Dashboard -> when it was last tried, ISO 8601 UTC (R299). */
  async lastUpdates(): Promise<Map<string, string>> {
    return new Map(await this.fields('last'));
  }

  async setLastUpdate(dashboard: string, time: string): Promise<void> {
    await this.set('last', dashboard, time);
  }

  /** Dashboard -> why it is to be updated before its time. */
  async wanted(): Promise<Map<string, Wanted>> {
    return this.parsed('wanted', wantedSchema);
  }

  async want(dashboard: string, wanted: Wanted): Promise<void> {
    await this.set('wanted', dashboard, JSON.stringify(wanted));
  }

  async unwant(dashboard: string): Promise<void> {
    await this.remove('wanted', dashboard);
  }

  async seen(): Promise<Map<string, Seen>> {
    return this.parsed('seen', seenSchema);
  }

  async setSeen(dashboard: string, seen: Seen): Promise<void> {
    await this.set('seen', dashboard, JSON.stringify(seen));
  }

  /** Episode -> what is known of it and of its annotations. */
  async episodes(): Promise<Map<string, EpisodeRecord>> {
    return this.parsed('episode', recordSchema);
  }

  async setEpisode(record: EpisodeRecord): Promise<void> {
    await this.set('episode', record.id, JSON.stringify(record));
  }

  async removeEpisode(id: string): Promise<void> {
    await this.remove('episode', id);
  }

  /** Dashboard -> the insight whose push has begun and is not known to have ended. */
  async pushes(): Promise<Map<string, EventOf<'insight_made'>>> {
    const fields = await this.fields('push');
    return new Map(
      fields.flatMap(([dashboard, json]): Array<[string, EventOf<'insight_made'>]> => {
        const decoded = decodeEvent(json);
        return decoded.ok && isEvent(decoded.value, 'insight_made') ? [[dashboard, decoded.value]] : [];
      })
    );
  }

  async beginPush(dashboard: string, insight: EventOf<'insight_made'>): Promise<void> {
    await this.set('push', dashboard, encodeEvent(insight));
  }

  async endPush(dashboard: string): Promise<void> {
    await this.remove('push', dashboard);
  }

  private get key(): string {
    return this.log.partition(0).updater;
  }

  private async fields(part: Part): Promise<Array<[string, string]>> {
    const all = await this.log.redis.hgetall(this.key);
    return Object.entries(all).flatMap(([field, value]): Array<[string, string]> => (field.startsWith(FIELDS[part]) ? [[field.slice(FIELDS[part].length), value]] : []));
  }

  /** What cannot be read counts as not there. */
  private async parsed<T>(part: Part, schema: z.ZodType<T>): Promise<Map<string, T>> {
    const fields = await this.fields(part);
    return new Map(
      fields.flatMap(([name, json]): Array<[string, T]> => {
        const value = schema.safeParse(parseJson(json));
        return value.success ? [[name, value.data]] : [];
      })
    );
  }

  private async set(part: Part, name: string, value: string): Promise<void> {
    await this.log.redis.hset(this.key, FIELDS[part] + name, value);
  }

  private async remove(part: Part, name: string): Promise<void> {
    await this.log.redis.hdel(this.key, FIELDS[part] + name);
  }
}
