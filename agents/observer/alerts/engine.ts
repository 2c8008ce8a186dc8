import { randomUUID } from 'node:crypto';
import type { AgentAlert, EventOf } from '../../../src/contract/events';
import type { FigureRow } from '../../../src/contract/observability/aggregate';
import { conditionKey, endSilence, fire, resolve, step, type AlertFacts, type AlertStep, type AlertTransition } from '../../../src/contract/observability/alert-state';
import type { AlertRule, Observed, Range } from '../../../src/contract/observability/schemas';
import type { Logger } from '../../runtime/logger';
import { render, type CompiledRule } from '../../runtime/rules';
import { transitionOf } from './commands';
import type { RuleBook } from './rule-book';
import type { AlertsNow, AlertStore, AlertWrite } from './store';
import { subjectsOf, usesFigures, windowOf, type Subject } from './subjects';

export interface EngineOptions {
  rules: RuleBook;
  logger: Logger;
  now: () => number;
  /** Figures of the agents; undefined when they cannot be read. */
  figures: (range: Range) => Promise<readonly FigureRow[] | undefined>;
}

/** What is known of one condition at this moment. */
interface Judged {
  rule: AlertRule;
  condition: string;
  /** Undefined is unknown. */
  holds: boolean | undefined;
  vanished: boolean;
  facts?: AlertFacts;
}

/** Somebody else changed an alert, which only happens when another copy leads or has just led. */
class StaleError extends Error {}

function factsOf({ rule, measured }: CompiledRule, { item, values }: Subject): AlertFacts {
  const texts = { ...values, threshold: rule.threshold ?? null };
  const value = measured(values);
  return {
    condition: conditionKey(rule.name, item),
    rule: rule.name,
    name: render(rule.title, texts),
    type: rule.type,
    severity: rule.severity,
    message: render(rule.message_template, texts),
    labels: item === '' ? rule.labels : { ...rule.labels, [rule.scope]: item },
    ...(value === undefined ? {} : { value }),
    ...(rule.threshold === undefined ? {} : { threshold: rule.threshold }),
    notify: rule.notify,
  };
}

/** Fires, silences and resolves alerts about HemoStat itself. One change at a time; what is written is in Redis before anybody hears of it. */
export class AlertEngine {
  private store: AlertStore | undefined;
  private alerts: AlertsNow = { active: new Map(), fired: new Map() };
  /** Condition -> since when it has held without an alert. */
  private readonly pending = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();
  /** True when what is known here may differ from what is written. */
  private unsure = true;

  constructor(private readonly options: EngineOptions) {}

  get active(): readonly AgentAlert[] {
    return [...this.alerts.active.values()];
  }

  /** Goes on from what the copy before this one wrote; what it could not tell any more is told now. */
  async lead(store: AlertStore): Promise<void> {
    this.store = store;
    this.unsure = true;
    this.pending.clear();
    await this.inTurn(async () => store.flush());
  }

  /** @throws FencedError when another copy leads now */
  async evaluate(observed: Observed): Promise<void> {
    await this.inTurn(async (store) => {
      const rules = await this.options.rules.read();
      const rows = await this.rowsOf(rules.flatMap(({ rule, compiled }) => (rule.enabled && compiled.ok ? [rule] : [])));
      const judged = rules.flatMap(({ rule, compiled }): Judged[] => {
        if (!rule.enabled) {
          return [];
        }
        return compiled.ok ? this.judge(compiled, observed, rows.get(rule.window_minutes)) : this.unknown(rule);
      });
      for (const one of [...judged, ...this.vanished(judged)]) {
        await this.apply(store, one);
      }
      this.forgetPending(judged);
      await store.flush();
    });
  }

  /** What a person asks for. Doing it twice does nothing more. */
  async command(event: EventOf<'command'>): Promise<void> {
    const { data } = event;
    switch (data.command) {
      case 'alert_rule': {
        const problem = await this.options.rules.set(data.rule);
        this.options.logger[problem ? 'warn' : 'info']({ rule: String(data.rule.name), user: data.user, problem }, problem ? 'an alert rule is refused' : 'an alert rule is set');
        return;
      }
      case 'alert_rule_remove': {
        const was = await this.options.rules.remove(data.rule);
        this.options.logger.info({ rule: data.rule, user: data.user }, was ? 'an alert rule is removed' : 'an alert rule that is not there is not removed');
        return;
      }
      case 'alert_acknowledge':
      case 'alert_silence':
      case 'alert_resolve':
        await this.inTurn(async (store) => this.change(store, event, data.alert));
        return;
      default:
        // About an incident: the responder's.
    }
  }

  async forgetOld(): Promise<void> {
    await this.inTurn(async (store) => store.forgetOld(this.options.now()));
  }

  private async change(store: AlertStore, event: EventOf<'command'>, id: string): Promise<void> {
    const { logger, now } = this.options;
    const alert = this.active.find((one) => one.alert_id === id);
    const transition = alert && !(await store.wasDone(event.id, id)) ? transitionOf(alert, event.data, { asked: Date.parse(event.time) || now(), now: now() }) : undefined;
    if (!transition?.ok) {
      logger.info({ alert: id, command: event.data.command, reason: transition?.message }, 'a command about an alert changes nothing');
      await store.flush();
      return;
    }
    const at = now();
    // A condition that still holds must not fire again in the next moment.
    const cooldown = transition.change === 'resolved' ? { cooldownFrom: at } : {};
    await this.write(store, { ...transition, user: event.data.user, causeId: event.id, now: at, ...cooldown });
    await store.flush();
  }

  /** Figures of each window that a rule wants, read once. */
  private async rowsOf(rules: readonly AlertRule[]): Promise<Map<number, { range: Range; rows: readonly FigureRow[] | undefined }>> {
    const now = this.options.now();
    const windows = new Map(rules.map((rule) => [rule.window_minutes, windowOf(rule, now)]));
    const wanted = new Set(rules.filter(usesFigures).map((rule) => rule.window_minutes));
    const read = [...windows].map(async ([minutes, range]): Promise<[number, { range: Range; rows: readonly FigureRow[] | undefined }]> => [minutes, { range, rows: wanted.has(minutes) ? await this.options.figures(range) : undefined }]);
    return new Map(await Promise.all(read));
  }

  private judge(compiled: CompiledRule, observed: Observed, window: { range: Range; rows: readonly FigureRow[] | undefined } | undefined): Judged[] {
    const { rule } = compiled;
    const { subjects, complete } = subjectsOf(rule, { observed, rows: window?.rows, range: window?.range ?? windowOf(rule, this.options.now()) });
    const judged = subjects.map((subject): Judged => {
      const facts = factsOf(compiled, subject);
      return { rule, condition: facts.condition, holds: compiled.evaluate(subject.values), vanished: false, facts };
    });
    const known = new Set(judged.map(({ condition }) => condition));
    return complete ? judged : [...judged, ...this.unknown(rule).filter(({ condition }) => !known.has(condition))];
  }

  /** The alerts of a rule of which nothing can be said now: they stay as they are. */
  private unknown(rule: AlertRule): Judged[] {
    return this.active.filter((alert) => alert.rule === rule.name).map(({ condition }) => ({ rule, condition, holds: undefined, vanished: false }));
  }

  /** Alerts whose rule or thing is gone. */
  private vanished(judged: readonly Judged[]): Judged[] {
    const known = new Set(judged.map(({ condition }) => condition));
    return this.active.filter(({ condition }) => !known.has(condition)).map(({ condition }) => ({ rule: GONE_RULE, condition, holds: false, vanished: true }));
  }

  private async apply(store: AlertStore, judged: Judged): Promise<void> {
    const { condition, holds, vanished, rule, facts } = judged;
    const now = this.options.now();
    const alert = this.alerts.active.get(condition);
    const lastFired = this.alerts.fired.get(condition);
    const pendingSince = this.pending.get(condition);
    const next = step(alert, {
      holds,
      vanished,
      now,
      cooldownMs: rule.cooldown_minutes * 60_000,
      forMs: rule.for_seconds * 1000,
      ...(lastFired === undefined ? {} : { lastFired }),
      ...(pendingSince === undefined ? {} : { pendingSince }),
    });
    if (next.pendingSince === undefined) {
      this.pending.delete(condition);
    } else {
      this.pending.set(condition, next.pendingSince);
    }
    const transition = changeOf(next, alert, facts, now);
    if (transition?.ok) {
      await this.write(store, { ...transition, now, ...(transition.change === 'fired' ? { cooldownFrom: now } : {}) });
    }
  }

  private forgetPending(judged: readonly Judged[]): void {
    const known = new Set(judged.map(({ condition }) => condition));
    [...this.pending.keys()].filter((condition) => !known.has(condition)).forEach((condition) => this.pending.delete(condition));
  }

  private async write(store: AlertStore, write: AlertWrite): Promise<void> {
    const { alert, change, cooldownFrom } = write;
    if (!(await store.write(write))) {
      throw new StaleError(alert.condition);
    }
    if (alert.status === 'resolved') {
      this.alerts.active.delete(alert.condition);
    } else {
      this.alerts.active.set(alert.condition, alert);
    }
    if (cooldownFrom !== undefined) {
      this.alerts.fired.set(alert.condition, cooldownFrom);
    }
    this.options.logger.info({ alert: alert.alert_id, rule: alert.rule, severity: alert.severity, change }, `alert "${alert.name}" ${change.replaceAll('_', ' ')}`);
  }

  private async inTurn(work: (store: AlertStore) => Promise<void>): Promise<void> {
    const mine = this.turn.then(async () => this.withStore(work));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** After any failure what is known here may differ from what is written: it is read anew the next time. */
  private async withStore(work: (store: AlertStore) => Promise<void>): Promise<void> {
    const { store } = this;
    if (!store) {
      return;
    }
    try {
      if (this.unsure) {
        this.alerts = await store.load();
        this.unsure = false;
      }
      await work(store);
    } catch (cause) {
      this.unsure = true;
      if (!(cause instanceof StaleError)) {
        throw cause;
      }
      this.options.logger.debug({ condition: cause.message }, 'an alert was changed by another copy; it is looked at again');
    }
  }
}

/** Stands for a rule that is gone: nothing of it holds. */
const GONE_RULE = { cooldown_minutes: 0, for_seconds: 0 } as AlertRule;

function changeOf(next: AlertStep, alert: AgentAlert | undefined, facts: AlertFacts | undefined, now: number): AlertTransition | undefined {
  switch (next.do) {
    case 'fire':
      return facts && fire(facts, randomUUID(), now);
    case 'resolve':
      return alert && resolve(alert, undefined, now);
    case 'end_silence':
      return alert && endSilence({ ...alert, ...(facts ? { message: facts.message, ...(facts.value === undefined ? {} : { value: facts.value }) } : {}) });
    case 'nothing':
      return undefined;
  }
}
