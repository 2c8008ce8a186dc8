import type { z } from 'zod';
import type { ModelCall } from '../../src/contract/events';
import { HemostatError } from '../runtime/errors';
import { current, type StepSpan } from '../runtime/telemetry';
import { ModelError, type Model, type ModelRequest, type ModelSettings } from './model';
import { answerAttributes, requestAttributes } from './span';
import { estimateTokens, type TokenBudget } from './tokens';
import { cleanText } from '../runtime/untrusted';

/** What one question may be about, and what is known of its answer. */
export interface Question<T> {
  system: string;
  user: string;
  /** SHA-256, hex: equal questions have equal hashes. */
  hash: string;
  /** The form that is asked for, and its name. */
  schema: z.ZodType;
  schemaName: string;
  read: (text: string) => ReadReply<T>;
  /** Why a well-formed answer may not stand; undefined when it may. */
  refuse: (answer: T) => string | undefined;
}

export type ReadReply<T> =
  | { kind: 'ok'; answer: T }
  /** Not of the wanted form: asking again may help. */
  | { kind: 'invalid'; error: string }
  /** Of the form, but asking for what is not allowed: asking again would only invite it. */
  | { kind: 'refused'; error: string };

/** What came of asking the model: an answer, or why it is done without. */
export interface Advice<T> {
  answer?: T;
  fallback?: string;
  calls: ModelCall[];
}

export interface TalkOptions {
  model: Model;
  settings: ModelSettings;
  budget: TokenBudget;
  /** Closing: what is under way is given up. */
  signal: AbortSignal;
  now: () => number;
  /** Tokens of the answer, at most. */
  answerTokens: number;
  /** What this subject has used before, and may use at all. */
  usedBefore: number;
  subjectLimit: number;
  /** The subject in words, for the message: `this incident`. */
  subject: string;
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
export class Talk<T> {
  readonly calls: ModelCall[] = [];
  tokens = 0;
  private reserved = 0;
  private readonly day: string;
  private readonly deadline: AbortSignal;

  constructor(
    private readonly options: TalkOptions,
    private readonly question: Question<T>
  ) {
    this.day = new Date(options.now()).toISOString().slice(0, 10);
    this.deadline = AbortSignal.any([options.signal, AbortSignal.timeout(options.settings.aiTimeoutMs)]);
  }

  /** Takes what a call may use at most out of the budgets. @throws BudgetError */
  async reserve(said: string = this.question.user): Promise<void> {
    const { settings, budget, usedBefore, answerTokens, subjectLimit, subject } = this.options;
    const tokens = estimateTokens(this.question.system) + estimateTokens(said) + answerTokens;
    if (usedBefore + this.tokens + tokens > subjectLimit) {
      throw new BudgetError(`the token budget of ${subject} is used up (${usedBefore + this.tokens} of ${subjectLimit})`);
    }
    if (!(await budget.reserveTokens(this.day, tokens, settings.aiTokensPerDay))) {
      throw new BudgetError(`the token budget of today is used up (${settings.aiTokensPerDay})`);
    }
    this.reserved = tokens;
  }

  /** Asks; `reserve` must have been called. @throws BudgetError, ConsultationError, or the reason of the signal */
  async hold(): Promise<Advice<T>> {
    const question = { role: 'user', content: this.question.user } as const;
    const { text, read } = await this.exchange([question]);
    if (read.kind !== 'invalid') {
      return this.judged(read);
    }
    const bad = cleanText(text, MAX_ANSWER_KEPT);
    const repair = `Your answer cannot be used: ${read.error}. Answer again with the one JSON object that was asked for, and nothing else.`;
    try {
      await this.reserve(this.question.user + bad + repair);
    } catch (cause) {
      if (cause instanceof BudgetError) {
        return { fallback: `the model gave no usable answer (${read.error}), and ${cause.message}`, calls: this.calls };
      }
      throw cause;
    }
    const { read: second } = await this.exchange([question, { role: 'assistant', content: bad || '(nothing)' }, { role: 'user', content: repair }]);
    if (second.kind === 'invalid') {
      throw new ConsultationError(new ModelError('bad_reply', `The model ${this.options.model.name} gave no usable answer twice: ${second.error}.`), this.calls);
    }
    return this.judged(second);
  }

  private judged(read: Exclude<ReadReply<T>, { kind: 'invalid' }>): Advice<T> {
    return read.kind === 'refused' ? { fallback: read.error, calls: this.calls } : { answer: read.answer, calls: this.calls };
  }

  /** One call and what its answer is worth, as one span. Neither the question nor the answer stands in it. */
  private exchange(messages: ModelRequest['messages']): Promise<{ text: string; read: ReadReply<T> }> {
    const { model, settings, answerTokens } = this.options;
    const attributes = requestAttributes(model, { maxTokens: answerTokens, temperature: settings.aiTemperature, promptHash: this.question.hash });
    return current().step(
      `chat ${model.name}`,
      attributes,
      async (span) => {
        const text = await this.call(messages, span);
        const read = this.weighed(this.question.read(text));
        if (read.kind !== 'ok') {
          this.mark(read.error, read.kind);
          span.fail(read.kind === 'refused' ? 'The answer may not stand.' : 'The answer is not of the wanted form.', `answer_${read.kind}`);
        }
        span.set({ 'hemostat.outcome': read.kind });
        return { text, read };
      },
      { kind: 'client' }
    );
  }

  /** A well-formed answer may still be one that may not stand. */
  private weighed(read: ReadReply<T>): ReadReply<T> {
    const refusal = read.kind === 'ok' ? this.question.refuse(read.answer) : undefined;
    return refusal === undefined ? read : { kind: 'refused', error: refusal };
  }

  /** The last call gave nothing of use. */
  private mark(error: string, outcome: ModelCall['outcome']): void {
    const last = this.calls.pop();
    if (last) {
      this.calls.push({ ...last, outcome, error: cleanText(error, MAX_ERROR_KEPT) });
    }
  }

  private async call(messages: ModelRequest['messages'], span: StepSpan): Promise<string> {
    const { model, settings, budget, now, signal, answerTokens } = this.options;
    const { system, hash, schema, schemaName } = this.question;
    const startedAt = now();
    const began = performance.now();
    const said = messages.map((message) => message.content).join('');
    const record = (part: Pick<ModelCall, 'outcome' | 'finish_reason' | 'input_tokens' | 'output_tokens'> & Partial<ModelCall>) =>
      this.calls.push({ model: model.name, provider: model.provider, started_at: new Date(startedAt).toISOString(), duration_seconds: seconds(began), prompt_hash: hash, ...part });
    try {
      const reply = await model.complete({ system, schema, schemaName, messages, maxOutputTokens: answerTokens, temperature: settings.aiTemperature }, this.deadline);
      const input = reply.inputTokens ?? estimateTokens(system + said);
      const output = reply.outputTokens ?? estimateTokens(reply.text);
      const cost = costOf(settings, input, output);
      record({ outcome: 'ok', finish_reason: reply.finishReason, input_tokens: input, output_tokens: output, answer: cleanText(reply.text, MAX_ANSWER_KEPT), ...cost });
      span.set(answerAttributes(reply, { input, output, costUsd: cost.cost_usd }));
      current().tokens({ model: model.name, provider: model.provider, operation: 'chat', input, output, ...(cost.cost_usd === undefined ? {} : { costUsd: cost.cost_usd }) });
      this.tokens += input + output;
      await budget.settleTokens(this.day, input + output - this.reserved);
      return reply.text;
    } catch (cause) {
      signal.throwIfAborted();
      if (!(cause instanceof ModelError)) {
        throw cause;
      }
      span.set({ 'hemostat.outcome': cause.kind === 'timeout' ? 'timeout' : 'error' });
      span.fail(cause.message, cause.code);
      record({ outcome: cause.kind === 'timeout' ? 'timeout' : 'error', finish_reason: '', input_tokens: 0, output_tokens: 0, error: cleanText(cause.message, MAX_ERROR_KEPT) });
      // A call that ended in time may have used what it was given; one that the server refused has not.
      await budget.settleTokens(this.day, cause.kind === 'timeout' ? 0 : -this.reserved);
      throw new ConsultationError(cause, this.calls);
    }
  }
}

function seconds(began: number): number {
  return Math.round(performance.now() - began) / 1000;
}

function costOf(settings: ModelSettings, input: number, output: number): { cost_usd?: number } {
  const { aiPriceInput, aiPriceOutput } = settings;
  return aiPriceInput === undefined || aiPriceOutput === undefined ? {} : { cost_usd: (input * aiPriceInput + output * aiPriceOutput) / 1_000_000 };
}
