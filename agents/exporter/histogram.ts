import { METRICS } from '../../src/contract/metrics';
import { labelText } from './names';
import type { Series } from './series';
import type { Emit } from './sheet';

/** Bounds as labels, written once. */
const LE = new Map<string, readonly string[]>(METRICS.flatMap(({ name, buckets }): Array<[string, readonly string[]]> => (buckets ? [[name, [...buckets, '+Inf'].map((bound) => labelText({ le: String(bound) }))]] : [])));

/** The label of each bucket, +Inf last; undefined for what is no histogram. */
export const boundsOf = (name: string): readonly string[] | undefined => LE.get(name);

/** One histogram as Prometheus wants it: each bucket holds those below it as well. */
export function emitHistogram(emit: Emit, { labels, numbers, exemplars }: Pick<Series, 'labels' | 'numbers'> & Partial<Pick<Series, 'exemplars'>>, bounds: readonly string[]): void {
  let total = 0;
  bounds.forEach((bound, index) => {
    total += numbers[index + 1] ?? 0;
    emit(labels, total, bound, '_bucket', exemplars?.[index + 1]);
  });
  emit(labels, numbers[0] ?? 0, '', '_sum');
  emit(labels, total, '', '_count');
}
