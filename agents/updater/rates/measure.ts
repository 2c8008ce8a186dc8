import type { PrometheusClient, PrometheusSeries } from '../prometheus/client';
import type { OwnFigures } from '../own/figures';
import { isOwnRate, type PrometheusRateConfig, type RateConfig } from '../config/schema';
import type { Measurement } from './episode';

/** A part of the failures, by its labels. */
export interface Failing {
  labels: Record<string, string>;
  /** Its share of all failures, 0..1. */
  share: number;
}

export interface Measured {
  measurement: Measurement;
  /** The largest first. */
  failing: Failing[];
}

const MAX_FAILING = 5;
const lastOf = (one: PrometheusSeries) => one.values.at(-1) ?? Number.NaN;

/** The sum over all series; undefined when there is none, or none that is a number. */
function sumOf(series: readonly PrometheusSeries[]): number | undefined {
  const values = series.map(lastOf).filter((value) => Number.isFinite(value));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

function failingOf(series: readonly PrometheusSeries[]): Failing[] {
  const all = sumOf(series) ?? 0;
  return series
    .map((one) => ({ labels: one.labels, share: all > 0 ? lastOf(one) / all : 0 }))
    .filter(({ share, labels }) => share > 0 && Object.keys(labels).length > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, MAX_FAILING);
}

/** Of several ratios the worst one counts: an average would hide it behind the healthy ones. */
function worstOf(series: readonly PrometheusSeries[]): PrometheusSeries | undefined {
  return series.filter((one) => Number.isFinite(lastOf(one))).sort((a, b) => lastOf(b) - lastOf(a))[0];
}

async function ofRatio(client: PrometheusClient, rate: PrometheusRateConfig, ratio: string, at: number, signal: AbortSignal): Promise<Measured> {
  const [series, requests] = await Promise.all([client.query(ratio, signal), rate.requests === undefined ? undefined : client.query(rate.requests, signal)]);
  const worst = worstOf(series);
  const number = requests && (sumOf(requests) ?? 0);
  return {
    measurement: { at, ...(worst ? { value: lastOf(worst) } : {}), ...(number === undefined ? {} : { requests: number }) },
    failing: worst && Object.keys(worst.labels).length > 0 ? [{ labels: worst.labels, share: 1 }] : [],
  };
}

async function ofPair(client: PrometheusClient, rate: PrometheusRateConfig, at: number, signal: AbortSignal): Promise<Measured> {
  const [errors, total, requests] = await Promise.all([
    client.query(rate.errors ?? '', signal),
    client.query(rate.total ?? '', signal),
    rate.requests === undefined ? undefined : client.query(rate.requests, signal),
  ]);
  const all = sumOf(total) ?? 0;
  // A counter that was never raised is not there: no errors.
  const failed = sumOf(errors) ?? 0;
  const counted = rate.counts === 'per_second' ? all * rate.window_seconds : all;
  return { measurement: { at, ...(all > 0 ? { value: failed / all } : {}), requests: requests ? (sumOf(requests) ?? 0) : counted }, failing: failingOf(errors) };
}

/** Measures a rate now. @throws PrometheusError, or the reason of the signal */
export async function measure(sources: { prometheus: PrometheusClient; own: OwnFigures }, rate: RateConfig, at: number, signal: AbortSignal): Promise<Measured> {
  if (isOwnRate(rate)) {
    const { failed, total } = await sources.own.share(rate.figure, at - rate.window_seconds * 1000, at);
    return { measurement: { at, requests: total, ...(total > 0 ? { value: failed / total } : {}) }, failing: [] };
  }
  return rate.ratio === undefined ? ofPair(sources.prometheus, rate, at, signal) : ofRatio(sources.prometheus, rate, rate.ratio, at, signal);
}
