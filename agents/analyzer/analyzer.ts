import type { EventData, EventOf, HemostatEvent } from '../../src/contract/events';
import { derived } from '../runtime/new-event';
import type { Advice, Advisor } from './advisor';
import type { AnalyzerSettings } from '../runtime/settings/analyzer';
import { judgeByRules, type Finding, type History, type RuleInput } from './rules';
import type { AnalyzerStore } from './store';

export interface AnalyzerOptions {
  settings: Pick<AnalyzerSettings, 'confidenceThreshold' | 'aiWhen'>;
  store: AnalyzerStore;
  /** Absent where no model is set. */
  advisor?: Advisor;
}

type Alert = EventOf<'health_alert'>;
type Analysis = EventData<'false_alarm'>;

/** What was concluded, before it is known whether anything shall be done. */
type Conclusion = Pick<Analysis, 'reason' | 'root_cause' | 'confidence' | 'analysis_method' | 'rule' | 'fallback' | 'evidence' | 'model_calls'> & {
  action: Finding['action'];
  falseAlarm: boolean;
};

/** Turns one alert into one verdict: rules first, then the model where one is set, then the rules again. */
export class Analyzer {
  readonly counts = { analysed: 0, by_rules: 0, by_model: 0, fallbacks: 0 };

  constructor(private readonly options: AnalyzerOptions) {}

  /** No promise where none is needed: most alerts are judged without looking anything up. */
  handle(event: HemostatEvent): HemostatEvent[] | Promise<HemostatEvent[]> {
    if (event.type !== 'health_alert') {
      return [];
    }
    const began = performance.now();
    const input: RuleInput = { container: event.container, alert: event.data };
    const finding = judgeByRules(input);
    if (finding && !this.wantsModel(finding)) {
      return [this.verdict(event, fromRules(finding), began)];
    }
    return this.lookCloser(event, input, finding, began);
  }

  private async lookCloser(event: Alert, input: RuleInput, known: Finding | undefined, began: number): Promise<HemostatEvent[]> {
    const history = await this.options.store.history(event);
    const finding = known ?? judgeByRules(input, history);
    if (!finding) {
      throw new Error('The rules gave no verdict.');
    }
    return [this.verdict(event, await this.conclude(event, finding, history), began)];
  }

  private async conclude(event: Alert, finding: Finding, history: History): Promise<Conclusion> {
    const { advisor } = this.options;
    if (!advisor || !this.wantsModel(finding)) {
      return fromRules(finding);
    }
    return fromAdvice(finding, await advisor.ask(event, finding, history));
  }

  private wantsModel(finding: Finding): boolean {
    const { advisor, settings } = this.options;
    return advisor !== undefined && (settings.aiWhen === 'always' || finding.confidence < settings.confidenceThreshold);
  }

  private verdict(event: Alert, conclusion: Conclusion, began: number): HemostatEvent {
    this.count(conclusion);
    const { action, falseAlarm, ...analysis } = conclusion;
    const { confidenceThreshold } = this.options.settings;
    const common = {
      ...analysis,
      duration_seconds: Math.round((performance.now() - began) * 1000) / 1_000_000,
      ...(event.data.project ? { project: event.data.project } : {}),
    };
    // Ill, but nothing that we may do would help: that is no false alarm, it needs a person.
    if (falseAlarm || conclusion.confidence < confidenceThreshold) {
      return derived(event, 'false_alarm', 'analyzer', { ...common, reason: quietReason(conclusion, confidenceThreshold) });
    }
    return derived(event, 'remediation_needed', 'analyzer', {
      ...common,
      action,
      metrics: event.data.metrics,
      alerted_at: event.time,
      ...(event.data.forensics_pending ? { forensics_pending: true } : {}),
    });
  }

  private count(conclusion: Conclusion): void {
    this.counts.analysed += 1;
    this.counts[conclusion.analysis_method === 'ai' ? 'by_model' : 'by_rules'] += 1;
    this.counts.fallbacks += conclusion.fallback === undefined ? 0 : 1;
  }
}

/** Why nothing is done, where the reason itself would speak for acting. */
function quietReason({ reason, action, falseAlarm, confidence }: Conclusion, threshold: number): string {
  return !falseAlarm && action !== 'none' && confidence < threshold ? `Not sure enough to ${action} it: confidence ${confidence} is under ${threshold}. ${reason}` : reason;
}

function fromRules(finding: Finding): Conclusion {
  return {
    action: finding.action,
    falseAlarm: finding.falseAlarm,
    reason: finding.reason,
    root_cause: finding.rootCause,
    confidence: finding.confidence,
    analysis_method: 'rule_based',
    rule: finding.rule,
    evidence: finding.evidence,
    model_calls: [],
  };
}

function fromAdvice(finding: Finding, { answer, fallback, calls }: Advice): Conclusion {
  if (!answer) {
    return { ...fromRules(finding), model_calls: calls, ...(fallback ? { fallback } : {}) };
  }
  return {
    action: answer.action,
    falseAlarm: answer.falseAlarm,
    reason: answer.reason,
    root_cause: answer.rootCause,
    confidence: answer.confidence,
    analysis_method: 'ai',
    // What the rules saw stands beside the model's word.
    evidence: [...finding.evidence, { what: 'rules', value: `${finding.action} (rule ${finding.rule}, confidence ${finding.confidence})`, source: 'rules' }],
    model_calls: calls,
  };
}
