/** Makes the median absolute deviation of normally distributed values their standard deviation: 1 / Φ⁻¹(3/4). */
const MAD_TO_SIGMA = 1.4826;

export const isKnown = (value: number): boolean => !Number.isNaN(value);

/** The known values, ascending. */
export function sorted(values: ArrayLike<number>): Float64Array {
  const known = new Float64Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    if (isKnown(value)) {
      known[count] = value;
      count += 1;
    }
  }
  // A typed array sorts by number, and several times as fast.
  return known.subarray(0, count).sort();
}

/** Quantile of ascending values, between two of them on the straight line; NaN where there is none. @param share 0..1 */
export function quantileOf(ordered: ArrayLike<number>, share: number): number {
  const place = (ordered.length - 1) * Math.min(1, Math.max(0, share));
  const below = ordered[Math.floor(place)] ?? Number.NaN;
  const above = ordered[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Quantile of the known values; NaN where there is none. @param share 0..1 */
export const quantile = (values: ArrayLike<number>, share: number): number => quantileOf(sorted(values), share);

/** Median of the known values; NaN where there is none. */
export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation by the median absolute deviation; 0 where half of the values are equal. */
export function sigmaOf(values: readonly number[], centre = median(values)): number {
  const sigma = MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - centre)));
  return isKnown(sigma) ? sigma : 0;
}

/** Where a value belongs in an ascending list. */
function placeIn(ordered: readonly number[], value: number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle] ?? 0) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Median of the known values within `half` steps of each step; the window is cut at the ends. */
export function slidingMedian(values: readonly number[], half: number): number[] {
  const window: number[] = [];
  const enter = (value: number | undefined) => value !== undefined && isKnown(value) && window.splice(placeIn(window, value), 0, value);
  const leave = (value: number | undefined) => value !== undefined && isKnown(value) && window.splice(placeIn(window, value), 1);
  values.slice(0, half).forEach(enter);
  return values.map((_, at) => {
    enter(values[at + half]);
    leave(values[at - half - 1]);
    return window.length === 0 ? Number.NaN : quantileOf(window, 0.5);
  });
}

/** One value for every `size` steps by `join`; NaN where none of them is known. */
export function blocks(values: readonly number[], size: number, join: (known: number[]) => number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, block) => {
    const known = values.slice(block * size, (block + 1) * size).filter(isKnown);
    return known.length === 0 ? Number.NaN : join(known);
  });
}

/** Straight lines over what is unknown; the ends are held. All NaN stays so. */
export function filled(values: readonly number[], longest = Infinity): number[] {
  const out = [...values];
  let last = -1;
  values.forEach((value, at) => {
    if (!isKnown(value)) {
      return;
    }
    const before = last < 0 ? value : (values[last] ?? value);
    const missing = at - last - 1;
    for (let step = 1; missing <= longest && step <= missing; step += 1) {
      out[last + step] = before + ((value - before) * step) / (missing + 1);
    }
    last = at;
  });
  if (last >= 0 && values.length - last - 1 <= longest) {
    out.fill(values[last] ?? Number.NaN, last + 1);
  }
  return out;
}

/** Correlation of a series with itself `lag` steps later, over the pairs of which both are known; 0 where there are too few. */
export function autocorrelation(values: readonly number[], lag: number): number {
  const centre = mean(values.filter(isKnown));
  let [together, all, pairs, count] = [0, 0, 0, 0];
  values.forEach((value, at) => {
    if (!isKnown(value)) {
      return;
    }
    all += (value - centre) ** 2;
    count += 1;
    const later = values[at + lag];
    if (later !== undefined && isKnown(later)) {
      together += (value - centre) * (later - centre);
      pairs += 1;
    }
  });
  return pairs < 3 || all === 0 ? 0 : Math.max(-1, Math.min(1, (together / pairs) / (all / count)));
}
