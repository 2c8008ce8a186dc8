import { z } from 'zod';
import type { AgentState } from '../../runtime/heartbeat';
import type { HemostatLog } from '../../runtime/log';
import { parseJson } from '../../runtime/queries';
import { isAlive } from './agents';
import type { Engines } from './docker';

/** What was not seen for a day is missed no longer: it was taken away on purpose. */
export const FORGET_AFTER_MS = 86_400_000;

const DOCKER = 'docker:';
const rememberedSchema = z.object({ seen_at: z.number(), /** Address of the engine. */ engine: z.string().optional() });
type Remembered = z.infer<typeof rememberedSchema>;

/** What was seen of the system before, in Redis: a part that ends by itself takes its own traces away, and would not be missed. */
export class ComponentMemory {
  constructor(private readonly log: HemostatLog) {}

  /** @returns agents with when they were last seen (milliseconds), and the engines with their hosts */
  async read(now: number): Promise<{ agents: ReadonlyMap<string, number>; engines: Engines }> {
    const fields = await this.log.redis.hgetall(this.key);
    const known = Object.entries(fields).flatMap(([name, json]): Array<[string, Remembered]> => {
      const parsed = rememberedSchema.safeParse(parseJson(json));
      return parsed.success && now - parsed.data.seen_at < FORGET_AFTER_MS ? [[name, parsed.data]] : [];
    });
    const old = Object.keys(fields).filter((name) => !known.some(([one]) => one === name));
    if (old.length > 0) {
      await this.log.redis.hdel(this.key, ...old);
    }
    return {
      agents: new Map(known.flatMap(([name, { seen_at: at }]): Array<[string, number]> => (name.startsWith(DOCKER) ? [] : [[name, at]]))),
      engines: new Map(known.flatMap(([name, { engine }]): Array<[string, string]> => (name.startsWith(DOCKER) && engine ? [[engine, name.slice(DOCKER.length)]] : []))),
    };
  }

  /** Remembers what lives now. */
  async keep(states: readonly AgentState[], engines: Engines, now: number): Promise<void> {
    const agents = states.filter((state) => isAlive(state, now)).map(({ agent, seen_at: at }): [string, Remembered] => [agent, { seen_at: Date.parse(at) }]);
    const hosts = [...engines].map(([engine, host]): [string, Remembered] => [`${DOCKER}${host}`, { seen_at: now, engine }]);
    const fields = [...agents, ...hosts].flatMap(([name, remembered]) => [name, JSON.stringify(remembered)]);
    if (fields.length > 0) {
      await this.log.redis.hset(this.key, ...fields);
    }
  }

  private get key(): string {
    return this.log.partition(0).components;
  }
}
