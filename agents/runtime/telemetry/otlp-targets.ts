import type { CommonSettings } from '../logger';

export type Signal = 'traces' | 'logs' | 'metrics';

/** Where one kind of telemetry is sent by OTLP over HTTP. */
export interface OtlpTarget {
  signal: Signal;
  /** Without name and password. */
  url: string;
  headers: Record<string, string>;
  /** As it may be shown. */
  shown: string;
  /** The variable that names it. */
  setting: string;
}

type Sources = Pick<CommonSettings, 'otlpEndpoint' | 'otlpHeaders' | 'logStoreUrl' | 'traceStoreUrl'>;

/** `name=value` pairs, comma-separated and percent-encoded, as OpenTelemetry defines them. */
export function headersOf(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair): Array<[string, string]> => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())]] : [];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Name and password of an address become a header, so that the address can be shown. */
function withoutUser(address: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(address);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  const user = `${decoded(username)}:${decoded(password)}`;
  return { url, headers: username || password ? { Authorization: `Basic ${Buffer.from(user).toString('base64')}` } : {} };
}

function target(signal: Signal, setting: string, address: string, path: string, headers: Record<string, string>): OtlpTarget {
  const { url, headers: own } = withoutUser(address);
  const text = `${url.href.replace(/\/+$/, '')}${path}`;
  return { signal, setting, url: text, shown: text, headers: { ...headers, ...own } };
}

/** Traces are taken at the port of OTLP, not where they are asked for. */
function takenAt(address: string): string {
  const url = new URL(address);
  const user = url.username || url.password ? `${url.username}:${url.password}@` : '';
  return `http://${user}${url.hostname}:4318`;
}

/** Every address that is set. */
export function otlpTargets({ otlpEndpoint, otlpHeaders, logStoreUrl, traceStoreUrl }: Sources): OtlpTarget[] {
  const headers = headersOf(otlpHeaders);
  // The library adds the headers of its own variable to every address; those are for the collector alone.
  const emptied = Object.fromEntries(Object.keys(headers).map((name) => [name, '']));
  const signals: Signal[] = ['traces', 'logs', 'metrics'];
  return [
    ...(otlpEndpoint ? signals.map((signal) => target(signal, 'OTEL_EXPORTER_OTLP_ENDPOINT', otlpEndpoint, `/v1/${signal}`, headers)) : []),
    ...(logStoreUrl ? [target('logs', 'LOG_STORE_URL', logStoreUrl, '/otlp/v1/logs', emptied)] : []),
    ...(traceStoreUrl ? [target('traces', 'TRACE_STORE_URL', takenAt(traceStoreUrl), '/v1/traces', emptied)] : []),
  ];
}
