import { OTHER, type HostMetricName, type LabelsOf, type StateMetricName } from '../../src/contract/metrics';
import { boundsOf, emitHistogram } from './histogram';
import { labelText } from './names';
import type { Exemplar, Series } from './series';

/**
 * Takes one series.
 * @param labels as they are written
 * @param more further labels
 * @param ending what the parts of a histogram add to the metric's name
 */
export type Emit = (labels: string, value: number, more?: string, ending?: string, exemplar?: Exemplar) => void;

/** Gives the series of one metric one by one: they are thousands, and an object for each would live only to be thrown away. */
export type Family = (emit: Emit) => void;

/** Series of many metrics, by name. Given as they are at the moment of asking. */
export type Values = ReadonlyMap<string, Family>;

interface Point {
  labels: string;
  value: number;
}

/** Collects the figures of one moment. A figure that is not a finite number is left out: unknown is absent, never 0. */
export class Sheet {
  private readonly families = new Map<string, Family>();
  private readonly points = new Map<string, Point[]>();

  get values(): Values {
    return this.families;
  }

  /** One series. */
  set<N extends StateMetricName | HostMetricName>(name: N, labels: LabelsOf<N>, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) {
      return;
    }
    const point = { labels: labelText(labels), value };
    const known = this.points.get(name);
    if (known) {
      known.push(point);
      return;
    }
    const points = [point];
    this.points.set(name, points);
    this.families.set(name, (emit) => points.forEach((one) => emit(one.labels, one.value)));
  }

  /**
   * One series for each row, read when it is written; the rows do not change any more.
   * @param labels as they are written
   * @param more further ones
   */
  rows<T>(name: StateMetricName, rows: readonly T[], labels: (row: T) => string, value: (row: T) => number | undefined, more?: (row: T) => string): void {
    this.families.set(name, (emit) => {
      for (const row of rows) {
        const figure = value(row);
        if (figure !== undefined && Number.isFinite(figure)) {
          emit(labels(row), figure, more?.(row));
        }
      }
    });
  }

  /** One histogram for each row, as of that moment. */
  histograms(name: StateMetricName, rows: ReadonlyArray<Pick<Series, 'labels' | 'numbers'>>): void {
    const bounds = boundsOf(name) ?? [];
    this.families.set(name, (emit) => rows.forEach((row) => emitHistogram(emit, row, bounds)));
  }
}

/** The word, or `other` where it is none of those that are known. */
export const oneOf = (known: readonly string[], word: string): string => (known.includes(word) ? word : OTHER);

/** Seconds since 1970 of an ISO time; undefined when it cannot be read. */
export function timestamp(iso: string | undefined): number | undefined {
  const ms = Date.parse(iso ?? '');
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
