import type { EventOf, HemostatEvent } from '../../src/contract/events';
import { ModelGate } from '../model/gate';
import type { Model } from '../model/model';
import { Talk, type Advice as AdviceOf } from '../model/talk';
import { CHARACTERS_A_TOKEN, type TokenBudget } from '../model/tokens';
import { derived } from '../runtime/new-event';
import type { AnalyzerSettings } from '../runtime/settings/analyzer';
import type { TroubleBoard } from '../runtime/trouble';
import { contradiction, readAnswer, wantedAnswerSchema, type Answer } from './answer';
import { buildPrompt } from './prompt';
import type { Finding, History } from './rules';
import type { AnalyzerStore } from './store';

type Alert = EventOf<'health_alert'>;
/** What came of asking the model: an answer, or why the rules decide. */
export type Advice = AdviceOf<Answer>;

export interface AdvisorOptions {
  model: Model;
  settings: AnalyzerSettings;
  store: AnalyzerStore;
  budget: TokenBudget;
  trouble: TroubleBoard;
  /** Appends an event before the call is made. */
  announce: (event: HemostatEvent) => Promise<void>;
  /** Closing: what is under way is given up and judged anew by another copy. */
  signal: AbortSignal;
  now: () => number;
}

/** Longest wait for the forensics of the alert. */
const FORENSICS_WAIT_MS = 2000;

/** Asks the model within its limits: side by side, in time, within the token budgets, and not at all while it is broken. */
export class Advisor {
  private readonly gate: ModelGate;
  private readonly counts = { asked: 0, answered: 0, tokens: 0 };

  constructor(private readonly options: AdvisorOptions) {
    this.gate = new ModelGate({ ...options, meanwhile: 'The rules decide until it is back.' });
  }

  /** @throws when the agent is closing, or Redis is away: then the alert is judged anew later. */
  async ask(alert: Alert, finding: Finding, history: History): Promise<Advice> {
    return this.gate.ask(async () => this.consult(alert, finding, history));
  }

  state(): Record<string, string | number> {
    const { model } = this.options;
    return { model: `${model.name} (${model.provider})`, model_state: this.gate.open ? 'left alone' : 'in use', model_asked: this.counts.asked, model_answered: this.counts.answered, model_refused: this.gate.counts.refused, model_tokens: this.counts.tokens, ...this.gate.state() };
  }

  private async consult(alert: Alert, finding: Finding, history: History): Promise<Advice> {
    const { settings, store, model, announce } = this.options;
    const soFar = await store.incident(alert, alert.data.forensics_pending ? FORENSICS_WAIT_MS : 0, this.options.signal);
    const state = await store.container(alert);
    this.options.signal.throwIfAborted();
    const answerTokens = Math.min(settings.aiOutputTokens, Math.floor(settings.aiTokensPerCall / 2));
    const { system, user, hash } = buildPrompt({
      alert,
      finding,
      history,
      ...(state ? { state } : {}),
      ...(soFar.forensics ? { forensics: soFar.forensics } : {}),
      maxLogLines: settings.aiLogLines,
      maxLength: (settings.aiTokensPerCall - answerTokens) * CHARACTERS_A_TOKEN,
    });
    const talk = new Talk<Answer>(
      { ...this.options, answerTokens, usedBefore: soFar.tokens, subjectLimit: settings.aiTokensPerIncident, subject: 'this incident' },
      { system, user, hash, schema: wantedAnswerSchema, schemaName: 'verdict', read: readAnswer, refuse: (answer) => contradiction(finding, answer, settings.confidenceThreshold) }
    );
    await talk.reserve();
    await announce(derived(alert, 'analysis_started', 'analyzer', { model: model.name, provider: model.provider }));
    this.counts.asked += 1;
    const advice = await talk.hold();
    this.counts.answered += advice.answer ? 1 : 0;
    this.counts.tokens += talk.tokens;
    return advice;
  }
}
