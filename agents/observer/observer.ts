import { isEvent, type HemostatEvent } from '../../src/contract/events';
import type { FigureRow } from '../../src/contract/observability/aggregate';
import { defaultRules } from '../../src/contract/observability/rules';
import type { Observed, Range } from '../../src/contract/observability/schemas';
import { overallStatus } from '../../src/contract/observability/status';
import type { AgentContext, AgentParts } from '../runtime/agent';
import { makeCollectors, type Aggregator } from '../runtime/collect';
import { errorText, FencedError } from '../runtime/errors';
import type { Fence } from '../runtime/log';
import { redisTrouble } from '../runtime/redis-errors';
import { telemetryBytes } from '../runtime/telemetry';
import { unlessAborted, waitMs } from '../runtime/wait';
import { AlertEngine } from './alerts/engine';
import { RuleBook } from './alerts/rule-book';
import { AlertStore } from './alerts/store';
import { Bell } from './bell';
import { addHistoryPoint } from './history';
import { limitsOf, Look, type ObserverSettings } from './look';

/** How often resolved alerts whose time is over are removed. */
const TIDY_MS = 60_000;
/** After a failure it is tried again so soon, at least. */
const RETRY_MS = 1000;

/** Watches HemoStat itself: how every part is, its history, and alerts about it. One copy does so, the others stand by. */
export class Observer implements AgentParts {
  readonly leader = true;
  private readonly engine: AlertEngine;
  private readonly figures: Aggregator;
  private readonly evaluateSoon = new Bell();
  private observed: Observed | undefined;
  private looker: Look | undefined;
  private looks = 0;
  private lookMs = 0;

  constructor(
    private readonly context: AgentContext,
    private readonly settings: ObserverSettings
  ) {
    const { log, logger, trouble, now } = context;
    // The figures of the last minutes are always in Redis; what a store behind it has may be late.
    this.figures = makeCollectors(log, { logStoreUrl: '', traceStoreUrl: '', metricsStoreUrl: '' }, { now }).aggregator;
    const rules = new RuleBook({ log, trouble, logger, defaults: defaultRules(limitsOf(settings)) });
    this.engine = new AlertEngine({ rules, logger, now, figures: async (range) => this.rows(range) });
  }

  async lead(fenceOf: (partition: number) => Fence): Promise<void> {
    await this.engine.lead(new AlertStore(this.context.log, fenceOf(0)));
  }

  /** Commands are done one after the other, in the order in which they were given. */
  keyOf(): string {
    return 'alerts';
  }

  async handle(event: HemostatEvent): Promise<readonly HemostatEvent[]> {
    if (isEvent(event, 'command') && event.data.command.startsWith('alert_')) {
      await this.engine.command(event);
      this.evaluateSoon.ring();
    }
    return [];
  }

  async run(signal: AbortSignal): Promise<void> {
    const { context, settings } = this;
    const look = new Look({ context, settings, telemetryBytes, figures: async (range) => this.rows(range) });
    this.observed = undefined;
    this.looker = look;
    await Promise.all([
      this.again('look', settings.lookMs, signal, async () => this.look(look, signal)),
      this.again('history', settings.refreshMs, signal, async () => this.remember(signal)),
      this.evaluateForever(signal),
      this.again('tidy', TIDY_MS, signal, async () => this.engine.forgetOld()),
    ]);
  }

  state(): Record<string, string | number | boolean> {
    const { components = [] } = this.observed ?? {};
    return {
      overall_status: overallStatus(components),
      components: components.length,
      not_healthy: components.filter(({ status }) => status !== 'healthy').length,
      alerts: this.engine.active.length,
      looks: this.looks,
      look_ms: Math.round(this.lookMs),
    };
  }

  private async look(look: Look, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const before = this.observed;
    const observed = await this.measured('look', async () => look.once(signal)).catch((cause: unknown) => {
      // What cannot be seen now must not be judged by how it was.
      this.observed = undefined;
      throw cause;
    });
    this.observed = observed;
    this.looks += 1;
    this.lookMs = performance.now() - began;
    if (stateOf(observed) !== stateOf(before)) {
      this.evaluateSoon.ring();
    }
  }

  private async remember(signal: AbortSignal): Promise<void> {
    while (!this.observed && !signal.aborted) {
      await waitMs(100, signal);
    }
    if (this.observed) {
      await addHistoryPoint(this.context.log, this.observed);
    }
  }

  /** Every HEMOSTAT_OBSERVER_ALERT_SECONDS (R350), and at once when a part changed or a person asked for something. */
  private async evaluateForever(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.evaluateSoon.wait(this.settings.alertPollMs, signal);
      const observed = this.observed && this.looker?.settled(this.observed);
      if (observed && !signal.aborted) {
        await this.tried('rules', signal, async () => this.measured('rules', async () => this.engine.evaluate(observed)));
      }
    }
  }

  /** Counted as requests of the observer; a span for each would hide all others. */
  private async measured<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.context.telemetry.step(name, {}, work, { request: true, span: false });
  }

  private async rows(range: Range): Promise<readonly FigureRow[] | undefined> {
    const { data, states } = await this.figures.collect(range, { metrics: {} }, this.context.signal);
    return states.every(({ ok }) => ok) ? data.metrics : undefined;
  }

  private async again(what: string, everyMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      const well = await this.tried(what, signal, work);
      await waitMs(well ? Math.max(0, everyMs - (performance.now() - began)) : Math.min(everyMs, RETRY_MS), signal);
    }
  }

  /** A failure is told and stops nothing. Redis being away is told by whoever writes into the log. */
  private async tried(what: string, signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
    const { trouble, logger, log } = this.context;
    try {
      await unlessAborted(work(), signal);
      trouble.clear(`observer:${what}`);
      return true;
    } catch (cause) {
      if (signal.aborted || cause instanceof FencedError || redisTrouble(cause, log.options.address)) {
        logger.debug({ what, error: errorText(cause) }, 'the observer tries again');
      } else {
        trouble.report(`observer:${what}`, `The observer cannot do its ${what}: ${errorText(cause)}`, 'It is tried again.');
      }
      return false;
    }
  }
}

/** What rules are most about: which part is how. */
function stateOf(observed: Observed | undefined): string {
  return (observed?.components ?? []).map(({ name, status }) => `${name}=${status}`).join(' ');
}
