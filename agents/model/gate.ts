import { BrokenCircuitError, BulkheadRejectedError, CircuitState, ConsecutiveBreaker, ExponentialBackoff, bulkhead, circuitBreaker, handleType } from 'cockatiel';
import type { ModelCall } from '../../src/contract/events';
import type { TroubleBoard } from '../runtime/trouble';
import type { Model, ModelSettings } from './model';
import { bound } from '../runtime/telemetry/scope';
import { GateFigures } from './gate-figures';
import { BudgetError, ConsultationError, type Advice } from './talk';

/** The longest that the breaker keeps a failing model alone, as a multiple of its first pause. */
const BREAKER_GROWTH = 20;

const STATES = { [CircuitState.Closed]: 'closed', [CircuitState.Open]: 'open', [CircuitState.Isolated]: 'open', [CircuitState.HalfOpen]: 'half_open' } as const;

export interface GateOptions {
  model: Model;
  settings: ModelSettings;
  trouble: TroubleBoard;
  signal: AbortSignal;
  now: () => number;
  /** What stands in for the model meanwhile: `The rules decide until it is back.` */
  meanwhile: string;
}

/** Keeps talks within their limits: few side by side, and none while the model is broken. */
export class ModelGate {
  readonly counts = { refused: 0 };
  private readonly figures: GateFigures;
  private readonly places;
  private readonly breaker;

  constructor(private readonly options: GateOptions) {
    const { settings, trouble, meanwhile } = options;
    this.figures = new GateFigures(options.now);
    this.places = bulkhead(settings.aiConcurrency, settings.aiConcurrency);
    this.breaker = circuitBreaker(handleType(ConsultationError), {
      breaker: new ConsecutiveBreaker(settings.aiBreakerFailures),
      halfOpenAfter: this.figures.pauses(new ExponentialBackoff({ initialDelay: settings.aiBreakerMs, maxDelay: settings.aiBreakerMs * BREAKER_GROWTH })),
    });
    this.breaker.onBreak((reason) => {
      const failure = 'error' in reason && reason.error instanceof ConsultationError ? reason.error.failure : undefined;
      trouble.report('model', `${failure?.message ?? 'The model fails.'} ${meanwhile}`, failure?.mend ?? 'See the log of the model server.');
    });
    this.breaker.onReset(() => trouble.clear('model'));
  }

  /** True while the model is left alone. */
  get open(): boolean {
    return this.breaker.state === CircuitState.Open || this.breaker.state === CircuitState.Isolated;
  }

  /** For the state of the agent: how the breaker stands and how the model does. */
  state(): Record<string, string | number> {
    return this.figures.state(STATES[this.breaker.state]);
  }

  /** @throws when the agent is closing, or what `consult` throws beyond the model's own failures */
  async ask<T>(consult: () => Promise<Advice<T>>): Promise<Advice<T>> {
    try {
      // What waits for a place is started by whoever leaves one; it still belongs to the trace of its own alert.
      return await this.places.execute(bound(() => this.breaker.execute(() => this.figures.measure(consult))));
    } catch (cause) {
      this.options.signal.throwIfAborted();
      if (cause instanceof ConsultationError) {
        return { fallback: cause.message, calls: cause.calls };
      }
      const refusal = refusalOf(cause);
      if (refusal === undefined) {
        throw cause;
      }
      this.counts.refused += 1;
      return { fallback: refusal, calls: [this.refusedCall(refusal)] };
    }
  }

  private refusedCall(reason: string): ModelCall {
    const { model, now } = this.options;
    return { model: model.name, provider: model.provider, started_at: new Date(now()).toISOString(), duration_seconds: 0, input_tokens: 0, output_tokens: 0, prompt_hash: '', finish_reason: '', outcome: 'refused', error: reason };
  }
}

/** Why the model was not even asked; undefined for every other error. */
function refusalOf(cause: unknown): string | undefined {
  if (cause instanceof BudgetError) {
    return cause.message;
  }
  if (cause instanceof BulkheadRejectedError) {
    return 'the model is busy with other questions';
  }
  return cause instanceof BrokenCircuitError ? 'the model failed several times in a row and is left alone for a while' : undefined;
}
