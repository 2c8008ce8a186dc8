import { z } from 'zod';
import { plainText } from '../../../src/contract/story/plain-text';
import { parseJson } from '../../runtime/queries';
import { HemostatError } from '../../runtime/errors';
import { ask, splitLogin, type Answer } from '../../runtime/http';

export type PrometheusErrorCode = 'not_set' | 'unreachable' | 'timeout' | 'bad_query' | 'refused' | 'server_error' | 'bad_reply' | 'too_many';

const MENDS: Record<PrometheusErrorCode, string> = {
  not_set: 'Set HEMOSTAT_PROMETHEUS_URL to its address.',
  unreachable: 'Start Prometheus, or set HEMOSTAT_PROMETHEUS_URL to where it is.',
  timeout: 'Ask for less (time_range, a recording rule), or raise HEMOSTAT_PROMETHEUS_TIMEOUT_SECONDS.',
  bad_query: 'Mend the metric or the expression in the configuration; try it in the page of Prometheus.',
  refused: 'Give HEMOSTAT_PROMETHEUS_URL a user and password that may read: https://user:password@prometheus.example.',
  server_error: 'See the log of Prometheus.',
  bad_reply: 'Check that HEMOSTAT_PROMETHEUS_URL is the address of a Prometheus, and nothing else.',
  too_many: 'Ask for fewer series: sum(...) or a label matcher.',
};

export class PrometheusError extends HemostatError {
  constructor(
    readonly kind: PrometheusErrorCode,
    message: string
  ) {
    super(`prometheus_${kind}`, message, { retryable: kind !== 'bad_query' && kind !== 'not_set' });
  }

  get mend(): string {
    return MENDS[this.kind];
  }
}

/** One series: its labels (with `__name__`) and its points in time order. */
export interface PrometheusSeries {
  labels: Record<string, string>;
  /** Milliseconds. */
  times: number[];
  values: number[];
}

export interface PrometheusOptions {
  /** May hold user and password; empty when there is none. */
  url: string;
  timeoutMs: number;
}

/** Prometheus refuses more than 11,000 points a series. */
export const MAX_POINTS = 2000;
const MAX_SERIES = 50;

const pair = z.tuple([z.number(), z.string()]);
const series = { metric: z.record(z.string(), z.string()) };
const dataSchema = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ ...series, value: pair.optional() })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ ...series, values: z.array(pair).default([]) })) }),
  z.object({ resultType: z.literal('scalar'), result: pair }),
  z.object({ resultType: z.literal('string'), result: pair }),
]);
const answerSchema = z.union([
  z.object({ status: z.literal('success'), data: dataSchema }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);
type Data = z.infer<typeof dataSchema>;

/** Prometheus writes NaN, +Inf and -Inf as words. */
const numberOf = (word: string) => ({ '+Inf': Infinity, '-Inf': -Infinity }[word] ?? Number(word));

function seriesOf(data: Data): PrometheusSeries[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.flatMap(({ metric, value }) => (value ? [{ labels: metric, times: [value[0] * 1000], values: [numberOf(value[1])] }] : []));
    case 'matrix':
      return data.result.map(({ metric, values }) => ({ labels: metric, times: values.map(([time]) => Math.round(time * 1000)), values: values.map(([, word]) => numberOf(word)) }));
    case 'scalar':
      return [{ labels: {}, times: [data.result[0] * 1000], values: [numberOf(data.result[1])] }];
    case 'string':
      throw new PrometheusError('bad_query', 'The expression gives a text, not a number.');
  }
}

const STATUS_KINDS: Readonly<Record<number, PrometheusErrorCode>> = { 400: 'bad_query', 422: 'bad_query', 401: 'refused', 403: 'refused', 404: 'bad_reply', 503: 'timeout' };

/** Asks Prometheus; every failure is a PrometheusError with what to do. */
export class PrometheusClient {
  private readonly base: string;
  private readonly headers: Record<string, string>;

  constructor(private readonly options: PrometheusOptions) {
    const { base, headers } = options.url ? splitLogin(options.url) : { base: '', headers: {} };
    this.base = base;
    this.headers = headers;
  }

  get isSet(): boolean {
    return this.base !== '';
  }

  /** The values now. @throws PrometheusError, or the reason of the signal */
  async query(expression: string, signal: AbortSignal): Promise<PrometheusSeries[]> {
    return this.get('query', { query: expression }, expression, signal);
  }

  /**
   * The values over time, at most MAX_POINTS a series.
   * @param from and @param to milliseconds
   * @throws PrometheusError, or the reason of the signal
   */
  async queryRange(expression: string, { from, to }: { from: number; to: number }, signal: AbortSignal): Promise<PrometheusSeries[]> {
    const step = stepMs(to - from) / 1000;
    return this.get('query_range', { query: expression, start: String(from / 1000), end: String(to / 1000), step: String(step) }, expression, signal);
  }

  private async get(what: string, parameters: Record<string, string>, expression: string, signal: AbortSignal): Promise<PrometheusSeries[]> {
    if (!this.isSet) {
      throw new PrometheusError('not_set', 'No Prometheus is set.');
    }
    const { timeoutMs } = this.options;
    const timeout = `${Math.max(1, Math.ceil(timeoutMs / 1000))}s`;
    const address = `${this.base}/api/v1/${what}?${new URLSearchParams({ ...parameters, timeout }).toString()}`;
    const series = this.read(await ask(address, { headers: this.headers, timeoutMs, signal }), expression);
    if (series.length > MAX_SERIES) {
      throw new PrometheusError('too_many', `"${plainText(expression, 120)}" gives ${series.length} series; ${MAX_SERIES} are looked at.`);
    }
    return series;
  }

  private read(answer: Answer, expression: string): PrometheusSeries[] {
    const asked = `"${plainText(expression, 120)}"`;
    if (answer.kind === 'unreachable') {
      throw new PrometheusError('unreachable', `Prometheus at ${this.base} cannot be reached (${plainText(answer.why, 100)}).`);
    }
    if (answer.kind !== 'answered') {
      throw answer.kind === 'timeout'
        ? new PrometheusError('timeout', `Prometheus did not answer ${asked} within ${this.options.timeoutMs / 1000} s.`)
        : new PrometheusError('too_many', `The answer of Prometheus to ${asked} is too long.`);
    }
    const parsed = answerSchema.safeParse(parseJson(answer.text));
    const { status } = answer;
    if (parsed.success && parsed.data.status === 'success') {
      return seriesOf(parsed.data.data);
    }
    const said = parsed.success && parsed.data.status === 'error' ? `: ${plainText(parsed.data.error, 200)}` : '';
    const kind = STATUS_KINDS[status] ?? (status >= 500 ? 'server_error' : 'bad_reply');
    throw new PrometheusError(kind, kind === 'bad_query' ? `Prometheus cannot evaluate ${asked}${said}.` : `Prometheus at ${this.base} answers ${status}${said}.`);
  }
}

const STEPS_MS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map((seconds) => seconds * 1000);
/** Enough to see seasons and outliers; a week is a point every 10 minutes. */
const WANTED_POINTS = 1100;

/** The distance of points over a span, milliseconds. */
export function stepMs(spanMs: number): number {
  return STEPS_MS.find((step) => spanMs / step <= WANTED_POINTS) ?? 86_400_000;
}

/** What a series is called: its name with the labels that matter. */
export function seriesName(expression: string, labels: Readonly<Record<string, string>>): string {
  const { __name__: name = expression, ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}="${value}"`);
  return plainText(pairs.length > 0 ? `${name}{${pairs.join(', ')}}` : name, 200);
}
