import { GUARDS } from '../../src/contract/guards';
import { ANALYSIS_RESULTS, EVENT_METRICS, type EventMetricName, type LabelsOf } from '../../src/contract/metrics';
import { EVENT_TYPES, SEVERITIES, VERDICTS } from '../../src/contract/events';
import { ENDED_STATES, SETTLED_STATES } from '../../src/contract/incident';
import { containerLabels, seriesKey } from './names';
import { emptySeries, isHistogram, merged, type Series } from './series';
import { addValue, type Labels, type Value, type Values } from './sheet';
import type { KnownContainer } from './state/containers';

const RESULTS = ['success', 'failed'];
const CHANNELS = ['slack', 'webhook', 'alertmanager'];

/** A series that is 0 until its first event, so that rates and ratios exist from the start. */
const zero = <N extends EventMetricName>(name: N, labels: LabelsOf<N>): Series => emptySeries(seriesKey(name, labels));

function knownLabels(): Series[] {
  return [
    ...EVENT_METRICS.filter((metric) => metric.labels.length === 0).map((metric) => emptySeries(metric.name)),
    ...EVENT_TYPES.map((type) => zero('hemostat_log_entries_total', { type })),
    ...ANALYSIS_RESULTS.flatMap((result) => [
      zero('hemostat_analysis_requests_total', { result_type: result, analysis_method: 'rule_based' }),
      zero('hemostat_analysis_requests_total', { result_type: result, analysis_method: 'ai' }),
      zero('hemostat_analysis_confidence', { result_type: result }),
    ]),
    zero('hemostat_remediation_duration_seconds', { action: 'restart' }),
    ...VERDICTS.map((verdict) => zero('hemostat_remediation_verdicts_total', { action: 'restart', verdict })),
    ...Object.keys(GUARDS).map((guard) => zero('hemostat_guard_refusals_total', { guard })),
    ...['approved', 'rejected', 'expired', 'void'].map((decision) => zero('hemostat_approvals_total', { decision })),
    ...ENDED_STATES.map((state) => zero('hemostat_incidents_ended_total', { state })),
    ...SETTLED_STATES.map((state) => zero('hemostat_incidents_settled_total', { state })),
    ...CHANNELS.flatMap((channel) => RESULTS.map((status) => zero('hemostat_alerts_sent_total', { channel, status }))),
    ...['analyzer', 'responder', 'notifier', 'bridge'].map((group) => zero('hemostat_dead_letters_total', { group })),
  ];
}

function ofContainer(container: { container_name: string; host: string }): Series[] {
  return [
    zero('hemostat_container_restarts_total', container),
    ...SEVERITIES.map((severity) => zero('hemostat_health_alerts_total', { ...container, severity })),
    ...RESULTS.map((status) => zero('hemostat_remediation_attempts_total', { ...container, action: 'restart', status })),
  ];
}

/** With the keys that counted ones have. */
function seedsOf(state: KnownContainer['state']): ReadonlyArray<[string, Series]> {
  return ofContainer(containerLabels(state)).map((series) => [keyOf(series), series]);
}

const keyOf = (series: Series) => seriesKey(series.name as EventMetricName, series.labels as LabelsOf<EventMetricName>);

/** Series of which every one is 0. */
export class Seeds {
  private readonly always = new Map(knownLabels().map((series) => [keyOf(series), series]));
  private containers = new Map<string, ReadonlyArray<[string, Series]>>();
  private known: readonly KnownContainer[] = [];

  /** Tells which containers there are. */
  know(present: readonly KnownContainer[]): void {
    if (present === this.known) {
      return;
    }
    this.known = present;
    this.containers = new Map(present.map(({ key, state }) => [key, this.containers.get(key) ?? seedsOf(state)]));
  }

  *missingFrom(counted: ReadonlyMap<string, Series>): Generator<Series> {
    for (const [key, series] of this.always) {
      if (!counted.has(key)) {
        yield series;
      }
    }
    for (const list of this.containers.values()) {
      for (const [key, series] of list) {
        if (!counted.has(key)) {
          yield series;
        }
      }
    }
  }
}

/** The partitions together. */
export function mergedBooks(books: ReadonlyArray<ReadonlyMap<string, Series>>): ReadonlyMap<string, Series> {
  const [first = new Map<string, Series>(), ...rest] = books;
  if (rest.length === 0) {
    return first;
  }
  const all = new Map(first);
  for (const [key, series] of rest.flatMap((book) => [...book])) {
    const before = all.get(key);
    all.set(key, before ? merged(before, series) : series);
  }
  return all;
}

/** Bounds as labels, written once. */
const LE = new Map<string, readonly Labels[]>(
  EVENT_METRICS.flatMap((metric): Array<[string, readonly Labels[]]> => (metric.buckets ? [[metric.name, [...metric.buckets.map((bound) => ({ le: String(bound) })), { le: '+Inf' }]]] : []))
);

function histogramValues({ name, labels: sharedLabels, numbers, exemplars }: Series): Value[] {
  let total = 0;
  const buckets = (LE.get(name) ?? []).map((labels, index): Value => {
    total += numbers[index + 1] ?? 0;
    const exemplar = exemplars?.get(index + 1);
    return { metricName: `${name}_bucket`, labels, ...shared(sharedLabels), value: total, ...(exemplar ? { exemplar } : {}) };
  });
  return [...buckets, { metricName: `${name}_sum`, ...shared(sharedLabels), value: numbers[0] ?? 0 }, { metricName: `${name}_count`, ...shared(sharedLabels), value: total }];
}

const shared = (labels: Labels) => (Object.keys(labels).length > 0 ? { sharedLabels: labels } : {});

function counterValues({ labels, numbers, exemplars }: Series): Value[] {
  const exemplar = exemplars?.get(0);
  return [{ ...shared(labels), value: numbers[0] ?? 0, ...(exemplar ? { exemplar } : {}) }];
}

/** What was counted, as it is written. */
export function countedValues(counted: ReadonlyMap<string, Series>, seeds: Seeds): Values {
  const values: Values = new Map();
  const add = (series: Series) => {
    series.values ??= isHistogram(series) ? histogramValues(series) : counterValues(series);
    series.values.forEach((value) => addValue(values, series.name, value));
  };
  counted.forEach(add);
  for (const series of seeds.missingFrom(counted)) {
    add(series);
  }
  return values;
}
