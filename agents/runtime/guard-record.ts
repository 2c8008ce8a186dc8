import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ContainerState } from '../../src/contract/containers';
import type { GuardVerdict } from '../../src/contract/events';
import { circuitBreaker } from '../../src/contract/guards/circuit-breaker';
import { cooldown } from '../../src/contract/guards/cooldown';
import { actionRecordSchema } from '../../src/contract/history';
import { Ledger, type LedgerSide } from '../../src/contract/ledger';
import { policyDocumentSchema, policyLayerSchema, resolvePolicy, type EffectivePolicy, type PolicySource } from '../../src/contract/policy';
import { NO_SWITCHES } from '../../src/contract/switches';
import type { AgentState } from './heartbeat';
import type { HemostatLog } from './log';
import { parseJson } from './queries';

/** What a responder tells in its sign of life of the policy that it goes by. */
const toldSchema = z.object({ document: policyDocumentSchema, from: z.enum(['file', 'command']), environment: policyLayerSchema.optional() });
/** Records that come late are still read: several writers, one clock of the server. */
const OVERLAP_MS = 10_000;

function sourceOf(told: z.infer<typeof toldSchema>): PolicySource {
  const { environment, ...rest } = told;
  return { ...rest, ...(environment ? { environment } : {}) };
}

/** Asks the same guards as the responder, with the same record: whether a container is in its cooldown or its breaker is open. */
export class GuardRecord {
  private readonly ledger = new Ledger();
  private readonly readTo = new Map<number, number>();
  private source: PolicySource = { document: policyDocumentSchema.parse({}), from: 'file' };
  private told = '';
  private readonly policies = new Map<string, EffectivePolicy>();

  constructor(private readonly log: HemostatLog) {}

  /** What was really done. */
  get real(): LedgerSide {
    return this.ledger.real;
  }

  /** Reads what was done since the last time. */
  async read(now: number): Promise<void> {
    for (const [partition, keys] of this.log.partitions.entries()) {
      const from = this.readTo.get(partition);
      const lines = await (this.log.redis as Redis).zrangebyscore(keys.actions, from === undefined ? '-inf' : String(from - OVERLAP_MS), '+inf', 'WITHSCORES');
      for (let index = 0; index + 1 < lines.length; index += 2) {
        const parsed = actionRecordSchema.safeParse(parseJson(lines[index]));
        if (parsed.success) {
          this.ledger.add(parsed.data);
        }
        this.readTo.set(partition, Number(lines[index + 1]));
      }
    }
    this.ledger.prune(now);
  }

  /** Goes by the policy of the responder that leads; by the last one that was told while none lives. */
  learn(states: readonly AgentState[]): void {
    const responders = states.filter((one) => one.agent === 'responder').sort((a, b) => Number(b.leading) - Number(a.leading));
    const text = String(responders[0]?.state.policy_source ?? '');
    const told = text !== '' && text !== this.told ? toldSchema.safeParse(parseJson(text)) : undefined;
    if (told?.success) {
      this.told = text;
      this.source = sourceOf(told.data);
      this.policies.clear();
    }
  }

  /** What the two guards would say to one more restart of a container, and the policy that they go by. */
  verdicts(key: string, state: ContainerState, fleet: { containers: number }, now: number): { cooldown: GuardVerdict; breaker: GuardVerdict; policy: EffectivePolicy } {
    const { real } = this.ledger;
    const facts = {
      policy: this.policyOf(state),
      plan: { action: 'restart' as const, target: key, order: [key] },
      subject: { key, host: state.host, container: state.container, project: state.project },
      confidence: 1,
      history: real,
      real,
      fleet,
      switches: NO_SWITCHES,
      ownIds: [],
      now,
    };
    return { cooldown: cooldown(facts), breaker: circuitBreaker(facts), policy: facts.policy };
  }

  private policyOf(state: ContainerState): EffectivePolicy {
    const key = `${state.project}\u0000${JSON.stringify(state.labels)}`;
    const known = this.policies.get(key) ?? resolvePolicy(this.source, { container: state.container, project: state.project, labels: state.labels });
    if (this.policies.size > 20_000) {
      this.policies.clear();
    }
    this.policies.set(key, known);
    return known;
  }
}
