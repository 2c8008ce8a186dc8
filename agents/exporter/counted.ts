import { GUARDS } from '../../src/contract/guards';
import { DEFAULT_RULES } from '../../src/contract/observability/rules';
import { ANALYSIS_RESULTS, EVENT_METRICS, type EventMetricName, type LabelsOf } from '../../src/contract/metrics';
import { EVENT_TYPES, SEVERITIES, VERDICTS } from '../../src/contract/events';
import { ENDED_STATES, SETTLED_STATES } from '../../src/contract/incident';
import type { Book } from './book';
import { boundsOf, emitHistogram } from './histogram';
import { containerLabels, seriesKey } from './names';
import { copyOf, emptySeries, merged, takeOver, type Series } from './series';
import type { Family, Values } from './sheet';
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
    ...DEFAULT_RULES.flatMap(({ name: rule }) => ['fired', 'resolved'].map((change) => zero('hemostat_agent_alert_changes_total', { rule, change }))),
  ];
}

function ofContainer(container: { container_name: string; host: string }): Series[] {
  return [
    zero('hemostat_container_restarts_total', container),
    ...SEVERITIES.map((severity) => zero('hemostat_health_alerts_total', { ...container, severity })),
    ...RESULTS.map((status) => zero('hemostat_remediation_attempts_total', { ...container, action: 'restart', status })),
  ];
}

/** A series that several partitions count, with what each of them has. */
interface Sum {
  total: Series;
  parts: Series[];
}

/**
 * The counted series of all partitions, and those that are 0 until their first event. How they belong together is worked out when
 * series come or go, not at each scrape.
 */
export class Counted {
  private readonly always = knownLabels();
  private containers = new Map<string, readonly Series[]>();
  private versions = '';
  private lists = new Map<string, Series[]>();
  private sums: readonly Sum[] = [];

  /** What was counted until now. Write it at once: the series change with the next entries. */
  values(books: ReadonlyArray<Pick<Book, 'version' | 'committed'>>, present: readonly KnownContainer[]): Values {
    const versions = books.map((book) => book.version).join(' ');
    if (this.know(present) || versions !== this.versions) {
      this.versions = versions;
      this.arrange(books.map((book) => book.committed()));
    }
    this.sums.forEach(({ total, parts }) => parts.reduce((sum, part) => takeOver(total, merged(sum, part))));
    return new Map([...this.lists].map(([name, list]) => [name, familyOf(name, list)]));
  }

  /** @returns true when containers have come or gone */
  private know(present: readonly KnownContainer[]): boolean {
    if (present.length === this.containers.size && present.every(({ key }) => this.containers.has(key))) {
      return false;
    }
    this.containers = new Map(present.map(({ key, state }) => [key, this.containers.get(key) ?? ofContainer(containerLabels(state))]));
    return true;
  }

  private arrange(books: ReadonlyArray<ReadonlyMap<string, Series>>): void {
    const all = new Map<string, Series>();
    const sums = new Map<string, Sum>();
    for (const series of books.flatMap((book) => [...book.values()])) {
      const before = all.get(series.key);
      const sum = sums.get(series.key);
      if (sum) {
        sum.parts.push(series);
      } else if (before) {
        const total = copyOf(before);
        sums.set(series.key, { total, parts: [before, series] });
        all.set(series.key, total);
      } else {
        all.set(series.key, series);
      }
    }
    for (const series of [this.always, ...this.containers.values()].flat()) {
      if (!all.has(series.key)) {
        all.set(series.key, series);
      }
    }
    this.sums = [...sums.values()];
    this.lists = new Map();
    all.forEach((series) => listOf(this.lists, series.name).push(series));
  }
}

function listOf(lists: Map<string, Series[]>, name: string): Series[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

function familyOf(name: string, list: readonly Series[]): Family {
  const bounds = boundsOf(name);
  return (emit) => list.forEach((series) => (bounds ? emitHistogram(emit, series, bounds) : emit(series.labels, series.numbers[0] ?? 0, '', '', series.exemplars?.[0])));
}
