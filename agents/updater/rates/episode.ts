/** One look at a rate. */
export interface Measurement {
  /** Milliseconds. */
  at: number;
  /** Share of failures, 0..1; absent when it cannot be known. */
  value?: number;
  /** Requests in the window; absent where nothing counts them. */
  requests?: number;
}

export interface Limits {
  threshold: number;
  endsBelow: number;
  endsAfterMs: number;
  minimumRequests: number;
}

/** A rate is above its limit. Times are milliseconds. */
export interface Episode {
  began_at: number;
  /** When it was last above where it may end. */
  last_at: number;
  /** When it was last measured. */
  seen_at: number;
  value: number;
  worst: number;
  requests?: number;
  /** Since when it is low enough to end. */
  low_since?: number;
  /** Since when nothing can be known: no data, or too few requests. */
  unknown_since?: number;
}

export type Step =
  | { change: 'none'; episode?: Episode }
  | { change: 'began' | 'goes_on'; episode: Episode }
  | { change: 'ended'; episode: Episode; ended_at: number };

/** Nothing known for this long ends an episode: who asks nothing gets no errors. Milliseconds. */
export const UNKNOWN_ENDS_AFTER_MS = 300_000;

/** What can be judged: a number, of enough requests. */
function judged({ value, requests }: Measurement, { minimumRequests }: Limits): number | undefined {
  const enough = requests === undefined || requests >= minimumRequests;
  return value !== undefined && Number.isFinite(value) && enough ? Math.min(1, Math.max(0, value)) : undefined;
}

function withRequests(episode: Episode, { requests }: Measurement): Episode {
  return requests === undefined ? episode : { ...episode, requests };
}

function unknown(episode: Episode, at: number): Step {
  const since = episode.unknown_since ?? at;
  const { low_since: lowSince, ...rest } = episode;
  const next = { ...rest, unknown_since: since, seen_at: at, ...(lowSince === undefined ? {} : { low_since: lowSince }) };
  return at - since >= UNKNOWN_ENDS_AFTER_MS ? { change: 'ended', episode: next, ended_at: lowSince ?? since } : { change: 'goes_on', episode: next };
}

function low(episode: Episode, measurement: Measurement, value: number, limits: Limits): Step {
  const { unknown_since: _, ...rest } = episode;
  const since = episode.low_since ?? measurement.at;
  const next = withRequests({ ...rest, value, low_since: since, seen_at: measurement.at }, measurement);
  return measurement.at - since >= limits.endsAfterMs ? { change: 'ended', episode: next, ended_at: since } : { change: 'goes_on', episode: next };
}

function high(episode: Episode, measurement: Measurement, value: number): Step {
  const { unknown_since: _, low_since: __, ...rest } = episode;
  return { change: 'goes_on', episode: withRequests({ ...rest, value, worst: Math.max(rest.worst, value), last_at: measurement.at, seen_at: measurement.at }, measurement) };
}

/**
 * The next state of a rate. It begins above the threshold (R339), and ends when it stayed below `endsBelow` for `endsAfterMs`:
 * a rate that trembles about its limit is one episode.
 */
export function step(episode: Episode | undefined, measurement: Measurement, limits: Limits): Step {
  const { at } = measurement;
  if (episode && at <= episode.seen_at) {
    return { change: 'none', episode };
  }
  const value = judged(measurement, limits);
  if (!episode) {
    return value !== undefined && value > limits.threshold
      ? { change: 'began', episode: withRequests({ began_at: at, last_at: at, seen_at: at, value, worst: value }, measurement) }
      : { change: 'none' };
  }
  if (value === undefined) {
    return unknown(episode, at);
  }
  return value < limits.endsBelow ? low(episode, measurement, value, limits) : high(episode, measurement, value);
}
