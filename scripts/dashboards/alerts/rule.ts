import { DASHBOARDS, HEMOSTAT_UID, PROMETHEUS_UID } from '../parts/sources';
import type { EventType } from '../../../src/contract/events';

/** One step of a rule, in the words of Grafana's provisioning files. */
export interface Step {
  refId: string;
  datasourceUid: string;
  relativeTimeRange: { from: number; to: number };
  model: Record<string, unknown>;
}

/** What a rule looks at: steps of which the last one before the threshold has this refId. */
export interface Measure {
  steps: Step[];
  result: string;
}

const EXPRESSION_UID = '__expr__';
const now = { from: 0, to: 0 };
const expression = (refId: string, model: Record<string, unknown>): Step => ({
  refId,
  datasourceUid: EXPRESSION_UID,
  relativeTimeRange: now,
  model: { refId, datasource: { type: EXPRESSION_UID, uid: EXPRESSION_UID }, ...model },
});

/** The value of a PromQL expression now; each series is an alert of its own. */
export const metric = (expr: string): Measure => ({
  result: 'A',
  steps: [{ refId: 'A', datasourceUid: PROMETHEUS_UID, relativeTimeRange: { from: 600, to: 0 }, model: { refId: 'A', expr, instant: true, range: false } }],
});

/** What was counted in a window, exactly. `increase` would not see the first event of a series, because the series begins with it. */
export const countedMetric = (by: string, counter: string, window: string): string =>
  `sum by (${by}) (${counter}) - (sum by (${by}) (${counter} offset ${window}) or sum by (${by}) (${counter}) * 0) and on () (max(hemostat_build_info offset ${window}))`;

/** How many events of some types there were. @param seconds how far back */
function counted(refId: string, types: readonly EventType[], seconds: number): Step[] {
  const relativeTimeRange = { from: seconds, to: 0 };
  return [
    { refId, datasourceUid: HEMOSTAT_UID, relativeTimeRange, model: { refId, queryType: 'frequency', filters: { types: [...types] } } },
    expression(`${refId}Sum`, { type: 'reduce', expression: refId, reducer: 'sum', settings: { mode: 'dropNN' } }),
  ];
}

export const events = (type: EventType, seconds: number): Measure => ({ result: 'eventsSum', steps: counted('events', [type], seconds) });

/** Events of one type less those of another. */
export const eventsBeyond = (more: EventType, fewer: EventType, seconds: number): Measure => ({
  result: 'difference',
  steps: [
    ...counted('more', [more], seconds),
    ...counted('fewer', [fewer], seconds),
    expression('difference', { type: 'math', expression: '$moreSum - $fewerSum' }),
  ],
});

export interface Rule {
  /** As in monitoring/prometheus/rules where the same is watched there: Alertmanager then tells of both in one notice. */
  title: string;
  /** Page of docs/runbooks; its title when not given. */
  runbook?: string;
  uid: string;
  severity: 'critical' | 'warning' | 'info';
  component: string;
  summary: string;
  description: string;
  measure: Measure;
  fires: { when: 'gt' | 'lt'; value: number; for: string; keepFiringFor?: string };
  /** What it means when there is no data, or the data source fails. */
  silence?: 'OK' | 'Alerting';
  failure?: 'KeepLast' | 'Alerting';
  dashboard: keyof typeof DASHBOARDS;
  panel: number;
}

/** A rule as Grafana's provisioning reads it. */
export function provisioned(rule: Rule): Record<string, unknown> {
  const { measure, fires, silence = 'OK', failure = 'KeepLast' } = rule;
  const uid = DASHBOARDS[rule.dashboard];
  const threshold = expression('fires', { type: 'threshold', expression: measure.result, conditions: [{ evaluator: { type: fires.when, params: [fires.value] } }] });
  return {
    uid: rule.uid,
    title: rule.title,
    condition: 'fires',
    for: fires.for,
    ...(fires.keepFiringFor ? { keepFiringFor: fires.keepFiringFor } : {}),
    noDataState: silence,
    execErrState: failure,
    dashboardUid: uid,
    panelId: rule.panel,
    labels: { severity: rule.severity, component: rule.component, product: 'hemostat' },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      // Grafana puts no environment variables into annotations: a path from the root of the repository.
      runbook_url: `docs/runbooks/${rule.runbook ?? rule.title}.md`,
      __dashboardUid__: uid,
      __panelId__: String(rule.panel),
    },
    data: [...measure.steps, threshold],
  };
}
