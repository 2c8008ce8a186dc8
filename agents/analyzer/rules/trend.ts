import type { History } from './types';

export type Direction = 'rising' | 'falling' | 'stable' | 'unknown';
export interface Trend {
  direction: Direction;
  /** Mean change from one alert to the next, in the unit of the figure. */
  step: number;
  /** Values that it was read from, oldest first. */
  values: number[];
}

/** Alerts that a trend is read from, at most. */
const WINDOW = 5;
/** Percent points a step. */
const STEADY = 5;

/** The original's rule: the mean difference over the last five alerts, over 5 points rising, under -5 falling. */
export function trendOf(history: History, figure: 'cpu_percent' | 'memory_percent'): Trend {
  const values = history
    .slice(0, WINDOW)
    .map((past) => past.metrics[figure])
    .filter((value) => value !== undefined)
    .reverse();
  if (values.length < 2) {
    return { direction: 'unknown', step: 0, values };
  }
  const step = ((values.at(-1) ?? 0) - (values[0] ?? 0)) / (values.length - 1);
  const direction = step > STEADY ? 'rising' : step < -STEADY ? 'falling' : 'stable';
  return { direction, step, values };
}

/** "rising, +7.5 points an alert (60, 67.5, 75)" */
export function trendText(trend: Trend): string {
  if (trend.direction === 'unknown') {
    return 'unknown, fewer than two earlier alerts';
  }
  const round = (value: number) => Math.round(value * 10) / 10;
  return `${trend.direction}, ${trend.step >= 0 ? '+' : ''}${round(trend.step)} points an alert (${trend.values.map(round).join(', ')})`;
}
