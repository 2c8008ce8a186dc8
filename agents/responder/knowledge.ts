import type { EventOf } from '../../src/contract/events';
import { storedPolicySchema } from '../../src/contract/policy';
import { maintenanceField, NO_SWITCHES, PAUSE_FIELD, readSwitches, type Switches } from '../../src/contract/switches';
import { LEGACY } from '../../src/contract/streams';
import type { HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import type { PolicyStore } from './policy-store';

const FRESH_MS = 500;

/** Policy and switches: read from Redis at most twice a second, and at once after a command. */
export class Knowledge {
  switches: Switches = NO_SWITCHES;
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly log: HemostatLog,
    readonly policies: PolicyStore,
    private readonly logger: Logger
  ) {}

  async fresh(): Promise<void> {
    if (performance.now() - this.readAt >= FRESH_MS) {
      await this.refresh();
    }
  }

  /** Reads both now; asked for at the same time, once. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** Carries out what a command switches. Doing it again changes nothing. */
  async apply(event: EventOf<'command'>): Promise<void> {
    const keys = this.log.partition(0);
    const { data } = event;
    const by = { user: data.user, reason: data.reason ?? '', since: event.time };
    if (data.command === 'pause') {
      await this.log.redis.hset(keys.switches, PAUSE_FIELD, JSON.stringify(by));
    } else if (data.command === 'resume') {
      await this.log.redis.hdel(keys.switches, PAUSE_FIELD);
    } else if (data.command === 'maintenance') {
      await this.log.redis.hset(keys.switches, maintenanceField(data.scope), JSON.stringify({ ...by, until: data.until }));
    } else if (data.command === 'maintenance_end') {
      await this.log.redis.hdel(keys.switches, maintenanceField(data.scope));
    } else if (data.command === 'policy') {
      await this.setPolicy(data.policy, { time: event.time, user: data.user, reason: data.reason ?? '' });
    }
    // A read that began before the write would bring the old state back.
    await this.reading?.catch(() => undefined);
    await this.refresh();
    this.logger.info({ command: data.command, user: data.user }, 'switched by an operator');
  }

  private async setPolicy(policy: Record<string, unknown>, who: { time: string; user: string; reason: string }): Promise<void> {
    const keys = this.log.partition(0);
    const prepared = this.policies.prepare(policy, who);
    if (!prepared.ok) {
      this.logger.error({ user: who.user, problems: prepared.problems }, 'a policy was refused: it cannot be used; the one before stays in force');
      return;
    }
    const before = await this.log.redis.get(keys.policy);
    if (before && (before === prepared.text || timeOf(before) > who.time)) {
      return;
    }
    await this.log.redis.rpush(keys.policyVersions, prepared.text);
    await this.log.redis.ltrim(keys.policyVersions, -100, -1);
    await this.log.redis.set(keys.policy, prepared.text);
  }

  /** Our bridge listens by pattern, which Redis does not count here; who is counted is a responder of the original. */
  private async originalResponders(): Promise<number> {
    if (!this.log.options.legacyMirror) {
      return 0;
    }
    const reply = (await this.log.redis.pubsub('NUMSUB', LEGACY.channels.remediation_needed)) as [string, number | string];
    return Number(reply[1] ?? 0);
  }

  private async read(): Promise<void> {
    const keys = this.log.partition(0);
    const [hash, policy, originalResponders] = await Promise.all([this.log.redis.hgetall(keys.switches), this.log.redis.get(keys.policy), this.originalResponders()]);
    this.switches = { ...readSwitches(hash), originalResponders };
    this.policies.update(policy);
    this.readAt = performance.now();
  }
}

function timeOf(stored: string): string {
  try {
    return storedPolicySchema.parse(JSON.parse(stored)).time;
  } catch {
    return '';
  }
}
