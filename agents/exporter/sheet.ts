import { OTHER, type HostMetricName, type LabelsOf, type StateMetricName } from '../../src/contract/metrics';
import { cleanLabel } from './names';
import type { Exemplar } from './series';

export type Labels = Readonly<Record<string, string>>;

/** One series as it is written. */
export interface Value {
  value: number;
  labels?: Labels;
  /** The same object from scrape to scrape: the text that is made of it is kept. */
  sharedLabels?: Labels;
  /** Where it differs from the metric's name: the parts of a histogram. */
  metricName?: string;
  exemplar?: Exemplar;
}

/** Values of many metrics, by name. */
export type Values = Map<string, Value[]>;

export function addValue(values: Values, name: string, value: Value): void {
  const known = values.get(name);
  if (known) {
    known.push(value);
  } else {
    values.set(name, [value]);
  }
}

/** Collects the figures of one moment. */
export class Sheet {
  readonly values: Values = new Map();

  /** A figure that is not a finite number is left out: unknown is absent, never 0. */
  set<N extends StateMetricName | HostMetricName>(name: N, labels: LabelsOf<N>, value: number | undefined): void {
    if (value !== undefined && Number.isFinite(value)) {
      addValue(this.values, name, { value, labels: clean(labels) });
    }
  }

  /** As `set`, for many metrics with the same labels; `shared` was cleaned by the caller. */
  share(name: StateMetricName, shared: Labels, value: number | undefined, more?: Labels): void {
    if (value !== undefined && Number.isFinite(value)) {
      addValue(this.values, name, { value, sharedLabels: shared, ...(more ? { labels: clean(more) } : {}) });
    }
  }
}

export function clean(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, cleanLabel(value)]));
}

/** The word, or `other` where it is none of those that are known. */
export const oneOf = (known: readonly string[], word: string): string => (known.includes(word) ? word : OTHER);

/** Seconds since 1970 of an ISO time; undefined when it cannot be read. */
export function timestamp(iso: string | undefined): number | undefined {
  const ms = Date.parse(iso ?? '');
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
