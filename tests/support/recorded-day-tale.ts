import { digestOf } from '../../agents/responder/case';
import { derivedId, sha256 } from '../../agents/runtime/ids';
import { containerKey, ENVELOPE_VERSION, type EventData, type EventOf, type EventType, type GuardVerdict, type HemostatEvent, type ModelCall } from '../../src/contract/events';
import { GUARDS, type GuardName } from '../../src/contract/guards';
import { figuresOf, idOf, wellOf, type Condition, type Member } from './recorded-day-fleet';
import { ILLNESSES, type Illness, type IllnessName } from './recorded-day-illnesses';

/** How a container was between two moments, milliseconds. */
export interface Span {
  from: number;
  to: number;
  condition: Condition;
}

export interface Refusal {
  guard: GuardName;
  reason: string;
  limit?: string;
  measured?: string;
  /** Milliseconds after the refusal. */
  freeInMs?: number;
}

const allowed = (guard: string): GuardVerdict => ({ guard, allowed: true, reason: 'Nothing speaks against it.' });
const iso = (ms: number) => new Date(ms).toISOString();
export const POLICY = 'f81c2d90a4b7';
export const MODEL = { model: 'qwen3:8b', provider: 'openai-compatible' };

/** All verdicts of one decision, at most one of them a refusal. */
function verdicts(refusal: Refusal | undefined, atMs: number): GuardVerdict[] {
  return Object.keys(GUARDS).map((guard) => {
    if (guard !== refusal?.guard) {
      return allowed(guard);
    }
    const { freeInMs, ...words } = refusal;
    return { ...words, allowed: false, ...(freeInMs === undefined ? {} : { free_at: iso(atMs + freeInMs) }) };
  });
}

/** One incident, told event by event. Times are milliseconds after its beginning; what is told is in their order. */
export class Tale {
  readonly events: HemostatEvent[] = [];
  readonly spans: Span[] = [];
  /** When its container was started anew. */
  readonly starts: number[] = [];
  readonly incident: string;
  readonly illness: Illness;
  private cause = '';
  private alerts = 0;

  constructor(
    readonly name: string,
    readonly member: Member,
    readonly began: number,
    illness: IllnessName
  ) {
    this.incident = derivedId('recorded day', name);
    this.illness = ILLNESSES[illness];
  }

  get key(): string {
    return containerKey(this.member);
  }

  get alertCount(): number {
    return this.alerts;
  }

  say<T extends EventType>(after: number, agent: string, type: T, data: EventData<T>): EventOf<T> {
    const event = {
      v: ENVELOPE_VERSION,
      id: derivedId('recorded day', this.name, this.events.length),
      time: iso(this.began + after),
      agent,
      host: this.member.host,
      container: this.member.container,
      incident_id: this.incident,
      cause_id: this.cause,
      trace_id: this.incident,
      policy_version: agent === 'responder' ? POLICY : '',
      type,
      data,
    } as EventOf<T>;
    this.events.push(event as HemostatEvent);
    this.cause = event.id;
    return event;
  }

  /** It falls ill (or is still ill), and what was seen of it is saved. */
  alert(after = 0): this {
    const { member, illness } = this;
    const condition = illness.condition(member);
    this.alerts += 1;
    this.say(after, 'monitor', 'health_alert', {
      container_id: idOf(member).slice(0, 12),
      image: member.image,
      status: condition.status,
      health_status: condition.health,
      exit_code: condition.exitCode ?? 0,
      ...(condition.oomKilled ? { oom_killed: true } : {}),
      restart_count: illness.rule === 'restart_loop' ? 6 : 0,
      metrics: figuresOf(member, condition, this.began + after, 3_600_000),
      anomalies: illness.anomalies(member),
      ill_since: iso(this.began - 40),
      episode: this.incident,
      ...(this.alerts > 1 ? { repeat: true } : { forensics_pending: true }),
      ...(member.project ? { project: member.project, service: member.service } : {}),
    });
    return this.alerts > 1 ? this : this.saved(after + 120);
  }

  private saved(after: number): this {
    const { member, illness } = this;
    const condition = illness.condition(member);
    const running = condition.status === 'running';
    this.say(after, 'monitor', 'forensics_captured', {
      container_id: idOf(member).slice(0, 12),
      logs: [...Array.from({ length: 8 }, (_, index) => `${iso(this.began - (9 - index) * 1500)} request ${4180 + index} done in ${12 + ((index * 7) % 30)} ms`), 'connecting with password=[redacted]', ...illness.logs],
      logs_truncated: false,
      inspect: { State: { Status: condition.status, ExitCode: condition.exitCode ?? 0, OOMKilled: condition.oomKilled ?? false }, HostConfig: { Memory: member.memoryMb * 1_048_576, RestartPolicy: { Name: 'unless-stopped' } }, Config: { Image: member.image } },
      ...(running ? { top: { titles: ['PID', 'USER', '%CPU', '%MEM', 'COMMAND'], processes: [['1', 'app', '3.1', '41.0', `/app/${member.service || member.container}`], ['27', 'app', '0.4', '6.2', 'worker']] } } : {}),
      missing: running ? [] : [{ part: 'top', reason: 'the container does not run' }],
      duration_seconds: 0.08,
      redactions: 1,
    });
    return this;
  }

  /** The model is asked; gives its call for the verdict. */
  asks(after: number, seconds = 2.4, outcome: ModelCall['outcome'] = 'ok'): ModelCall {
    this.say(after, 'analyzer', 'analysis_started', MODEL);
    const tokens = 1400 + (Number.parseInt(this.incident.slice(0, 3), 16) % 900);
    return {
      ...MODEL,
      started_at: iso(this.began + after),
      duration_seconds: seconds,
      input_tokens: tokens,
      output_tokens: outcome === 'ok' ? 164 : 0,
      cost_usd: Math.round((tokens * 0.15 + 164 * 0.6) / 10) / 100_000,
      prompt_hash: sha256(`prompt of ${this.name}`),
      finish_reason: outcome === 'ok' ? 'stop' : outcome,
      outcome,
      ...(outcome === 'ok' ? { answer: JSON.stringify({ action: this.illness.action, confidence: this.illness.confidence, root_cause: this.illness.cause }) } : { error: 'The model did not answer within 20 s.' }),
    };
  }

  /** The verdict that something is to be done. */
  needs(after: number, own: Partial<EventData<'remediation_needed'>> = {}): this {
    const { illness, member } = this;
    this.say(after, 'analyzer', 'remediation_needed', {
      action: illness.action,
      reason: illness.reason,
      root_cause: illness.cause,
      confidence: illness.confidence,
      analysis_method: own.model_calls?.some(({ outcome }) => outcome === 'ok') ? 'ai' : 'rule_based',
      ...(own.model_calls?.some(({ outcome }) => outcome === 'ok') ? {} : { rule: illness.rule }),
      evidence: [...illness.evidence],
      model_calls: [],
      duration_seconds: own.model_calls?.[0]?.duration_seconds ?? 0.002,
      metrics: figuresOf(member, illness.condition(member), this.began, 3_600_000),
      alerted_at: iso(this.began),
      ...(member.project ? { project: member.project } : {}),
      ...own,
    });
    return this;
  }

  falseAlarm(after: number, own: Partial<EventData<'false_alarm'>> = {}): this {
    const { reason, confidence, rule, evidence } = this.illness;
    this.say(after, 'analyzer', 'false_alarm', { reason, confidence, analysis_method: 'rule_based', rule, evidence: [...evidence], model_calls: [], duration_seconds: 0.002, ...(this.member.project ? { project: this.member.project } : {}), ...own });
    this.illUntil(after + 60_000);
    return this;
  }

  /** What a decision holds. @param order more containers that are touched, after the target */
  decision(after: number, order: readonly string[] = [], refusal?: Refusal) {
    const plan = { action: this.illness.action, target: this.key, container_id: idOf(this.member), order: [this.key, ...order] };
    const { project } = this.member;
    return {
      plan,
      digest: digestOf(plan, this.incident),
      mode: 'auto' as const,
      dry_run: false,
      guards: verdicts(refusal, this.began + after),
      reason: this.illness.reason,
      confidence: this.illness.confidence,
      ...(project ? { project } : {}),
    };
  }

  /** Marks how long it was ill; after that it is well. */
  illUntil(after: number): void {
    this.spans.push({ from: this.began - 40, to: this.began + after, condition: this.illness.condition(this.member) });
  }

  /** It was restarted: counters begin anew. */
  restarted(after: number): void {
    this.starts.push(this.began + after);
  }

  /** One side of the proof. */
  side(from: number, to: number, condition: Condition = wellOf(this.member)): EventData<'remediation_verified'>['before'] {
    return { from: iso(this.began + from), to: iso(this.began + to), samples: Math.max(1, Math.round((to - from) / 5000)), status: condition.status, health_status: condition.health, metrics: figuresOf(this.member, condition, this.began + to, 60_000) };
  }

  notice(after: number, kind: string, own: { channel?: string; error?: string } = {}): this {
    const shape = { channel: own.channel ?? 'slack', kind, key: `${kind}:${this.key}` };
    if (own.error) {
      this.say(after, 'notifier', 'notification_failed', { ...shape, attempts: 5, error: own.error, status_code: 503 });
    } else {
      this.say(after, 'notifier', 'notification_sent', { ...shape, attempts: 1, duration_seconds: 0.21, thread: '1790000000.000100' });
    }
    return this;
  }

  command(after: number, data: EventData<'command'>): this {
    this.say(after, 'operator', 'command', data);
    return this;
  }
}
