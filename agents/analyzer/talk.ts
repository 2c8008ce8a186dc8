import type { HemostatEvent, ModelCall } from '../../src/contract/events';
import { HemostatError } from '../runtime/errors';
import type { TroubleBoard } from '../runtime/trouble';
import { contradiction, readAnswer, type Answer } from './answer';
import { ModelError, type AnalyzerSettings, type Model, type ModelRequest } from './model';
import { estimateTokens, type Prompt } from './prompt';
import type { Finding } from './rules';
import type { AnalyzerStore } from './store';
import { cleanText } from './untrusted';

/** What came of asking the model: an answer, or why the rules decide. */
export interface Advice {
  answer?: Answer;
  fallback?: string;
  calls: ModelCall[];
}

export interface AdvisorOptions {
  model: Model;
  settings: AnalyzerSettings;
  store: AnalyzerStore;
  trouble: TroubleBoard;
  /** Appends an event before the call is made. */
  announce: (event: HemostatEvent) => Promise<void>;
  /** Closing: what is under way is given up and judged anew by another copy. */
  signal: AbortSignal;
  now: () => number;
}

const MAX_ANSWER_KEPT = 2000;
const MAX_ERROR_KEPT = 300;

/** A budget is used up: no fault of the model, so the breaker does not count it. */
export class BudgetError extends HemostatError {
  constructor(message: string) {
    super('budget', message);
  }
}

/** The call failed, with the record of every call that was made. */
export class ConsultationError extends HemostatError {
  constructor(
    readonly failure: ModelError,
    readonly calls: ModelCall[]
  ) {
    super('consultation', failure.message, { cause: failure });
  }
}

/** One question to the model, with at most one repair of its answer. */
export class Talk {
  readonly calls: ModelCall[] = [];
  tokens = 0;
  private reserved = 0;
  private readonly day: string;
  private readonly deadline: AbortSignal;

  constructor(
    private readonly options: AdvisorOptions,
    private readonly prompt: Prompt,
    private readonly answerTokens: number,
    private readonly usedBefore: number
  ) {
    this.day = new Date(options.now()).toISOString().slice(0, 10);
    this.deadline = AbortSignal.any([options.signal, AbortSignal.timeout(options.settings.aiTimeoutMs)]);
  }

  /** Takes what a call may use at most out of the budgets. @throws BudgetError */
  async reserve(said: string): Promise<void> {
    const { settings, store } = this.options;
    const tokens = estimateTokens(this.prompt.system) + estimateTokens(said) + this.answerTokens;
    if (this.usedBefore + this.tokens + tokens > settings.aiTokensPerIncident) {
      throw new BudgetError(`the token budget of this incident is used up (${this.usedBefore + this.tokens} of ${settings.aiTokensPerIncident})`);
    }
    if (!(await store.reserveTokens(this.day, tokens, settings.aiTokensPerDay))) {
      throw new BudgetError(`the token budget of today is used up (${settings.aiTokensPerDay})`);
    }
    this.reserved = tokens;
  }

  async hold(finding: Finding): Promise<Advice> {
    const question = { role: 'user', content: this.prompt.user } as const;
    const first = await this.call([question]);
    const read = readAnswer(first);
    if (read.kind !== 'invalid') {
      return this.judged(finding, read);
    }
    this.mark(read.error);
    const bad = cleanText(first, MAX_ANSWER_KEPT);
    const repair = `Your answer cannot be used: ${read.error}. Answer again with the one JSON object that was asked for, and nothing else.`;
    try {
      await this.reserve(this.prompt.user + bad + repair);
    } catch (cause) {
      if (cause instanceof BudgetError) {
        return { fallback: `the model gave no usable answer (${read.error}), and ${cause.message}`, calls: this.calls };
      }
      throw cause;
    }
    const second = readAnswer(await this.call([question, { role: 'assistant', content: bad || '(nothing)' }, { role: 'user', content: repair }]));
    if (second.kind === 'invalid') {
      this.mark(second.error);
      throw new ConsultationError(new ModelError('bad_reply', `The model ${this.options.model.name} gave no usable answer twice: ${second.error}.`), this.calls);
    }
    return this.judged(finding, second);
  }

  private judged(finding: Finding, read: Exclude<ReturnType<typeof readAnswer>, { kind: 'invalid' }>): Advice {
    const refusal = read.kind === 'refused' ? read.error : contradiction(finding, read.answer, this.options.settings.confidenceThreshold);
    if (read.kind === 'refused' || refusal !== undefined) {
      this.mark(refusal ?? '', 'refused');
      return { fallback: refusal ?? '', calls: this.calls };
    }
    return { answer: read.answer, calls: this.calls };
  }

  /** The last call gave nothing of use. */
  private mark(error: string, outcome: ModelCall['outcome'] = 'invalid'): void {
    const last = this.calls.pop();
    if (last) {
      this.calls.push({ ...last, outcome, error: cleanText(error, MAX_ERROR_KEPT) });
    }
  }

  private async call(messages: ModelRequest['messages']): Promise<string> {
    const { model, settings, store, now, signal } = this.options;
    const startedAt = now();
    const began = performance.now();
    const said = messages.map((message) => message.content).join('');
    const record = (part: Pick<ModelCall, 'outcome' | 'finish_reason' | 'input_tokens' | 'output_tokens'> & Partial<ModelCall>) =>
      this.calls.push({ model: model.name, provider: model.provider, started_at: new Date(startedAt).toISOString(), duration_seconds: seconds(began), prompt_hash: this.prompt.hash, ...part });
    try {
      const reply = await model.complete({ system: this.prompt.system, messages, maxOutputTokens: this.answerTokens, temperature: settings.aiTemperature }, this.deadline);
      const input = reply.inputTokens ?? estimateTokens(this.prompt.system + said);
      const output = reply.outputTokens ?? estimateTokens(reply.text);
      record({ outcome: 'ok', finish_reason: reply.finishReason, input_tokens: input, output_tokens: output, answer: cleanText(reply.text, MAX_ANSWER_KEPT), ...costOf(settings, input, output) });
      this.tokens += input + output;
      await store.settleTokens(this.day, input + output - this.reserved);
      return reply.text;
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof ModelError)) {
        throw cause;
      }
      record({ outcome: cause.kind === 'timeout' ? 'timeout' : 'error', finish_reason: '', input_tokens: 0, output_tokens: 0, error: cleanText(cause.message, MAX_ERROR_KEPT) });
      // A call that ended in time may have used what it was given; one that the server refused has not.
      await store.settleTokens(this.day, cause.kind === 'timeout' ? 0 : -this.reserved);
      throw new ConsultationError(cause, this.calls);
    }
  }
}

function seconds(began: number): number {
  return Math.round(performance.now() - began) / 1000;
}

function costOf(settings: AnalyzerSettings, input: number, output: number): { cost_usd?: number } {
  const { aiPriceInput, aiPriceOutput } = settings;
  return aiPriceInput === undefined || aiPriceOutput === undefined ? {} : { cost_usd: (input * aiPriceInput + output * aiPriceOutput) / 1_000_000 };
}
