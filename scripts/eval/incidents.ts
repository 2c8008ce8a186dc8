import { Advisor } from '../../agents/analyzer/advisor';
import { Analyzer } from '../../agents/analyzer/analyzer';
import type { AnalyzerStore } from '../../agents/analyzer/store';
import { analyzerSettings } from '../../agents/runtime/settings/analyzer';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import type { TokenBudget } from '../../agents/model/tokens';
import type { Action, EventData, HemostatEvent } from '../../src/contract/events';
import type { RecordedIncident } from '../../tests/eval/incidents';
import { testAlert } from '../../tests/support/events';
import { modelFor } from './model';

export interface IncidentVerdict {
  name: string;
  action: Action;
  right: boolean;
  /** The root cause names what was wrong. */
  explained: boolean;
  /** Something would have been done where nothing helps: the costlier of both mistakes. */
  rash: boolean;
  by: 'rules' | 'model';
  /** Why the model did not judge, where one is set. */
  fallback?: string;
}

const HOUR_MS = 3_600_000;

function storeOf({ history = [], logs }: RecordedIncident): AnalyzerStore {
  const forensics: EventData<'forensics_captured'> = { container_id: 'x', logs, logs_truncated: false, inspect: {}, missing: [], duration_seconds: 0, redactions: 0 };
  const past = history.map((metrics, at) => ({ id: `past-${at}`, time: new Date(Date.now() - ((at + 1) * HOUR_MS) / 8).toISOString(), metrics }));
  return { history: () => Promise.resolve(past), incident: () => Promise.resolve({ forensics, tokens: 0 }), container: () => Promise.resolve(undefined) };
}

function verdictOf(incident: RecordedIncident, event: HemostatEvent | undefined): IncidentVerdict {
  if (event?.type !== 'remediation_needed' && event?.type !== 'false_alarm') {
    throw new Error(`The analyzer gave no verdict on "${incident.name}".`);
  }
  const action = event.type === 'remediation_needed' ? event.data.action : 'none';
  const right = incident.right.includes(action);
  const { fallback, analysis_method: method, root_cause: cause } = event.data;
  return { name: incident.name, action, right, explained: incident.cause.test(cause ?? ''), rash: !right && action !== 'none', by: method === 'ai' ? 'model' : 'rules', ...(fallback === undefined ? {} : { fallback }) };
}

/**
 * Runs one incident through the analyzer as it runs in the agent.
 * @param environment names the model, or none
 */
export async function judgeIncident(incident: RecordedIncident, environment: Environment, budget: TokenBudget): Promise<IncidentVerdict> {
  const settings = readSettings(analyzerSettings, environment);
  const store = storeOf(incident);
  const open = modelFor(settings, budget);
  const advisor = open && new Advisor({ ...open, settings, store, announce: () => Promise.resolve() });
  const analyzer = new Analyzer({ settings, store, ...(advisor ? { advisor } : {}) });
  const [event] = await analyzer.handle(testAlert('web-1', incident.alert));
  return verdictOf(incident, event);
}
