import { z } from 'zod';
import { containerStateSchema } from '../../src/contract/containers';
import type { HemostatLog } from '../runtime/log';

const FRESH_MS = 2000;
const nameOf = z.object(containerStateSchema.pick({ host: true, container: true }).shape);

/**
 * The original names a container, but not its host. Where our monitors know exactly one of that name, it is that one:
 * then a message of the original and ours belong to one incident.
 */
export class Hosts {
  private readonly known = new Map<number, { at: number; hosts: Map<string, Set<string>> }>();

  constructor(private readonly log: HemostatLog) {}

  /** @returns the host, or empty when none or several are known. */
  async hostOf(container: string): Promise<string> {
    if (!container) {
      return '';
    }
    const partition = this.log.partitionOf(container);
    const hosts = (await this.read(partition)).get(container);
    return hosts?.size === 1 ? ([...hosts][0] ?? '') : '';
  }

  private async read(partition: number): Promise<Map<string, Set<string>>> {
    const before = this.known.get(partition);
    if (before && performance.now() - before.at < FRESH_MS) {
      return before.hosts;
    }
    const hosts = new Map<string, Set<string>>();
    for (const text of Object.values(await this.log.redis.hgetall(this.log.partition(partition).containers))) {
      const state = nameOf.safeParse(JSON.parse(text));
      if (state.success) {
        hosts.set(state.data.container, (hosts.get(state.data.container) ?? new Set()).add(state.data.host));
      }
    }
    this.known.set(partition, { at: performance.now(), hosts });
    return hosts;
  }
}
