import type { Span, Trace } from '../../../contract/observability/schemas';

/** One call of a language model, as the attributes of its step tell it. */
export interface SpanModelCall {
  id: string;
  model: string;
  provider: string;
  agent: string;
  /** Tokens; undefined when it was not told. */
  input: number | undefined;
  output: number | undefined;
  /** US dollars; undefined where no price is set. */
  cost: number | undefined;
  finish: string;
  /** Milliseconds. */
  duration: number;
  error: string;
}

const textOf = ({ attributes }: Span, ...names: string[]): string => {
  const value = names.map((name) => attributes[name]).find((one) => one !== undefined);
  return value === undefined ? '' : String(value);
};
const numberOf = ({ attributes }: Span, name: string): number | undefined => {
  const value = attributes[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** OpenTelemetry's names for what a language model was asked: `gen_ai.*`. Older versions of them are understood. */
export function modelCallsOf(spans: readonly Span[]): SpanModelCall[] {
  return spans
    .filter((span) => textOf(span, 'gen_ai.request.model', 'gen_ai.response.model') !== '')
    .map((span) => ({
      id: span.span_id,
      model: textOf(span, 'gen_ai.response.model', 'gen_ai.request.model'),
      provider: textOf(span, 'gen_ai.provider.name', 'gen_ai.system'),
      agent: span.service,
      input: numberOf(span, 'gen_ai.usage.input_tokens'),
      output: numberOf(span, 'gen_ai.usage.output_tokens'),
      cost: numberOf(span, 'hemostat.cost_usd'),
      finish: textOf(span, 'gen_ai.response.finish_reasons'),
      duration: span.duration_ms,
      error: span.status === 'error' ? (span.status_message ?? '') : '',
    }));
}

/** Sums of what is known; undefined where nothing is. */
export function totalsOf(calls: readonly SpanModelCall[]): { input: number | undefined; output: number | undefined; cost: number | undefined } {
  const sum = (which: 'input' | 'output' | 'cost') => {
    const known = calls.map((call) => call[which]).filter((value): value is number => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
  };
  return { input: sum('input'), output: sum('output'), cost: sum('cost') };
}

/** What a trace is about, for a person: its container, who took part, and what models were asked. Each only where it is known. */
export interface TraceAbout {
  /** Host and name. */
  container: string;
  agents: string[];
  calls: number;
  /** US dollars; undefined where no price is set. */
  cost: number | undefined;
}

export function aboutOf({ spans }: Pick<Trace, 'spans'>): TraceAbout {
  const named = spans.find((span) => textOf(span, 'hemostat.container') !== '');
  const container = named ? textOf(named, 'hemostat.container') : '';
  const host = named ? textOf(named, 'hemostat.host') : '';
  const calls = modelCallsOf(spans);
  return { container: host && !container.includes('/') ? `${host}/${container}` : container, agents: [...new Set(spans.map(({ service }) => service))], calls: calls.length, cost: totalsOf(calls).cost };
}
