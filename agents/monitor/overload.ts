import type { Moment } from './moment';

/** Whether a figure is too high, with waiting time on the way up and distance and waiting time on the way down. */
export interface Overload {
  hot: boolean;
  /** When it came over the threshold; set while hot. */
  since?: number;
  /** When it went to the other side; it has not stayed there long enough yet. */
  crossing?: Moment;
  /** Percent, the last one read. */
  value?: number;
}

export interface OverloadRule {
  threshold: number;
  confirmMs: number;
  recoverMs: number;
}

export const COOL: Overload = { hot: false };
/** A figure is well again below this part of its threshold. */
const WELL_PART = 0.9;

/** The next state after a reading. Pure; no reading (undefined) changes nothing. */
export function stepOverload(state: Overload, value: number | undefined, at: Moment, rule: OverloadRule): Overload {
  if (value === undefined) {
    return state;
  }
  const other = state.hot ? value < rule.threshold * WELL_PART : value > rule.threshold;
  if (!other) {
    return { hot: state.hot, value, ...(state.hot && state.since !== undefined ? { since: state.since } : {}) };
  }
  const crossing = state.crossing ?? at;
  if (at.mono - crossing.mono < (state.hot ? rule.recoverMs : rule.confirmMs)) {
    return { ...state, crossing, value };
  }
  return state.hot ? { hot: false, value } : { hot: true, since: crossing.wall, value };
}
