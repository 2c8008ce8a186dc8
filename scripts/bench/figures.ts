/** One measured figure with what it is held against. */
export interface Figure {
  group: string;
  name: string;
  /** Undefined when it could not be measured; `note` says why. */
  value: number | undefined;
  unit: string;
  /** In words: `under 2 ms`. */
  target?: string;
  reached?: boolean;
  note?: string;
}

/** The value at position floor(n * p / 100), at most the last one (R394). */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 50);

export function under(group: string, name: string, value: number | undefined, unit: string, limit: number, note?: string): Figure {
  return { group, name, value, unit, target: `under ${limit} ${unit}`, ...(value === undefined ? {} : { reached: value < limit }), ...(note ? { note } : {}) };
}

export function atLeast(group: string, name: string, value: number | undefined, unit: string, limit: number, note?: string): Figure {
  return { group, name, value, unit, target: `at least ${shown(limit)} ${unit}`, ...(value === undefined ? {} : { reached: value >= limit }), ...(note ? { note } : {}) };
}

export function plain(group: string, name: string, value: number | undefined, unit: string, note?: string): Figure {
  return { group, name, value, unit, ...(note ? { note } : {}) };
}

export function shown(value: number): string {
  if (Math.abs(value) >= 1000) {
    return Math.round(value).toLocaleString('en-US');
  }
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A table for a terminal, one line a figure. */
export function table(figures: readonly Figure[]): string {
  const lines: string[] = [];
  let group = '';
  for (const figure of figures) {
    if (figure.group !== group) {
      group = figure.group;
      lines.push('', group);
    }
    const value = figure.value === undefined ? 'not measured' : `${shown(figure.value)} ${figure.unit}`;
    const mark = figure.reached === undefined ? '' : figure.reached ? 'reached' : 'MISSED';
    lines.push(`  ${figure.name.padEnd(58)} ${value.padStart(16)}  ${(figure.target ?? '').padEnd(24)} ${mark}${figure.note ? `  (${figure.note})` : ''}`);
  }
  return lines.join('\n');
}
