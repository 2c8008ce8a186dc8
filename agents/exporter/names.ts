import type { EventMetricName, LabelsOf } from '../../src/contract/metrics';
import { METRICS } from '../../src/contract/metrics';
import type { HemostatEvent } from '../../src/contract/events';
import { LEGACY_AGENT } from '../../src/contract/streams';

/** Longest label value; names of containers have 255 characters at most, but a label is no place for stories. */
const MAX_LABEL = 128;
/** Separates the parts of a series' key; `cleanLabel` leaves none of it in a value. */
const SEPARATOR = '\t';

const DEFINITIONS = new Map(METRICS.map((metric) => [metric.name, metric]));

/** The definition of a metric. @throws Error when the contract has none of this name: a mistake of the program. */
export function definitionOf(name: string) {
  const found = DEFINITIONS.get(name);
  if (!found) {
    throw new Error(`${name} is no metric of src/contract/metrics.ts.`);
  }
  return found;
}

/** A label value without control characters and broken surrogates, of bounded length: names are chosen by whoever starts containers. */
export function cleanLabel(value: string): string {
  // Nearly every value is harmless, and this is asked for every event.
  if (/^[\x20-\x7e]{0,128}$/.test(value)) {
    return value;
  }
  const printable = value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, MAX_LABEL);
  // UTF-8 has no half characters.
  return Buffer.from(printable).toString();
}

const escapeLabel = (text: string) => (/["\\]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"') : text);

/** Labels as they are written: `host="a",mode="idle"`; the values are cleaned. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(cleanLabel(value))}"`)
    .join(',');
}

/** The key of a series: the metric and its label values in the order of the definition. */
export function seriesKey<N extends EventMetricName>(name: N, labels: LabelsOf<N>): string {
  const named = labels as Record<string, string>;
  return [name, ...definitionOf(name).labels.map((label) => cleanLabel(named[label] ?? ''))].join(SEPARATOR);
}

export function splitKey(key: string): { name: string; labels: Record<string, string> } {
  const [name = '', ...values] = key.split(SEPARATOR);
  const labels = DEFINITIONS.get(name)?.labels ?? [];
  return { name, labels: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])) };
}

/** The name of an agent in labels: the original's where it had one (R203). */
export const agentLabel = (agent: string): string => LEGACY_AGENT[agent] ?? agent;

/** Host and name, which together make up a container. */
export const containerLabels = (event: Pick<HemostatEvent, 'container' | 'host'>) => ({ container_name: event.container, host: event.host });
