import { BrokenCircuitError, BulkheadRejectedError, CircuitState, ConsecutiveBreaker, ExponentialBackoff, bulkhead, circuitBreaker, handleType } from 'cockatiel';
import type { EventOf, ModelCall } from '../../src/contract/events';
import { derived } from '../runtime/new-event';
import { CHARACTERS_A_TOKEN, buildPrompt } from './prompt';
import type { Finding, History } from './rules';
import { BudgetError, ConsultationError, Talk, type Advice, type AdvisorOptions } from './talk';

export type { Advice, AdvisorOptions };

type Alert = EventOf<'health_alert'>;

/** Longest wait for the forensics of the alert. */
const FORENSICS_WAIT_MS = 2000;
/** The longest that the breaker keeps a failing model alone, as a multiple of its first pause. */
const BREAKER_GROWTH = 20;

/** Asks the model within its limits: side by side, in time, within the token budgets, and not at all while it is broken. */
export class Advisor {
  private readonly places;
  private readonly breaker;
  private readonly counts = { asked: 0, answered: 0, refused: 0, tokens: 0 };

  constructor(private readonly options: AdvisorOptions) {
    const { settings, trouble } = options;
    this.places = bulkhead(settings.aiConcurrency, settings.aiConcurrency);
    this.breaker = circuitBreaker(handleType(ConsultationError), {
      breaker: new ConsecutiveBreaker(settings.aiBreakerFailures),
      halfOpenAfter: new ExponentialBackoff({ initialDelay: settings.aiBreakerMs, maxDelay: settings.aiBreakerMs * BREAKER_GROWTH }),
    });
    this.breaker.onBreak((reason) => {
      const failure = 'error' in reason && reason.error instanceof ConsultationError ? reason.error.failure : undefined;
      trouble.report('model', `${failure?.message ?? 'The model fails.'} The rules decide until it is back.`, failure?.mend ?? 'See the log of the model server.');
    });
    this.breaker.onReset(() => trouble.clear('model'));
  }

  /** @throws when the agent is closing, or Redis is away: then the alert is judged anew later. */
  async ask(alert: Alert, finding: Finding, history: History): Promise<Advice> {
    try {
      return await this.places.execute(() => this.breaker.execute(() => this.consult(alert, finding, history)));
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

  state(): Record<string, string | number> {
    const { model } = this.options;
    const open = this.breaker.state === CircuitState.Open || this.breaker.state === CircuitState.Isolated;
    return { model: `${model.name} (${model.provider})`, model_state: open ? 'left alone' : 'in use', model_asked: this.counts.asked, model_answered: this.counts.answered, model_refused: this.counts.refused, model_tokens: this.counts.tokens };
  }

  private async consult(alert: Alert, finding: Finding, history: History): Promise<Advice> {
    const { settings, store, model, announce } = this.options;
    const soFar = await store.incident(alert, alert.data.forensics_pending ? FORENSICS_WAIT_MS : 0, this.options.signal);
    const state = await store.container(alert);
    this.options.signal.throwIfAborted();
    const answerTokens = Math.min(settings.aiOutputTokens, Math.floor(settings.aiTokensPerCall / 2));
    const prompt = buildPrompt({
      alert,
      finding,
      history,
      ...(state ? { state } : {}),
      ...(soFar.forensics ? { forensics: soFar.forensics } : {}),
      maxLogLines: settings.aiLogLines,
      maxLength: (settings.aiTokensPerCall - answerTokens) * CHARACTERS_A_TOKEN,
    });
    const talk = new Talk(this.options, prompt, answerTokens, soFar.tokens);
    await talk.reserve(prompt.user);
    await announce(derived(alert, 'analysis_started', 'analyzer', { model: model.name, provider: model.provider }));
    this.counts.asked += 1;
    const advice = await talk.hold(finding);
    this.counts.answered += advice.answer ? 1 : 0;
    this.counts.tokens += talk.tokens;
    return advice;
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
    return 'the model is busy with other containers';
  }
  return cause instanceof BrokenCircuitError ? 'the model failed several times in a row and is left alone for a while' : undefined;
}
