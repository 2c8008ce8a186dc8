import { plainText } from '../../../src/contract/story/plain-text';
import { HemostatError } from '../../runtime/errors';

export type GrafanaErrorCode = 'unreachable' | 'timeout' | 'unauthorized' | 'forbidden' | 'not_found' | 'conflict' | 'provisioned' | 'too_many_requests' | 'bad_request' | 'server_error' | 'bad_reply';

const MENDS: Record<GrafanaErrorCode, string> = {
  unreachable: 'Start Grafana, or set HEMOSTAT_GRAFANA_URL to where it is.',
  timeout: 'See why Grafana is slow, or raise HEMOSTAT_GRAFANA_TIMEOUT_SECONDS.',
  unauthorized: 'Make a token of a service account (Administration, Users and access, Service accounts) and put it into HEMOSTAT_GRAFANA_TOKEN.',
  forbidden: 'Give the service account the role Editor, or the permissions annotations:read, annotations:create, annotations:write and dashboards:read (dashboards:write to rewrite a panel).',
  not_found: 'Check panel_url, dashboard_uid and panel_id in the configuration: the dashboard was perhaps deleted or moved to another organisation.',
  conflict: 'Somebody else saved the dashboard meanwhile, several times; it is tried again at the next update.',
  provisioned: 'A provisioned dashboard cannot be saved. Take out push, and look at the insights through the data source; annotations work all the same. Or change the file that it comes from.',
  too_many_requests: 'Grafana asks for fewer requests; it is tried again after the time that it named.',
  bad_request: 'Grafana refuses what was sent; see its log.',
  server_error: 'See the log of Grafana.',
  bad_reply: 'Check that HEMOSTAT_GRAFANA_URL is the address of a Grafana, with its sub-path where it has one.',
};

const RETRYABLE: readonly GrafanaErrorCode[] = ['unreachable', 'timeout', 'conflict', 'too_many_requests', 'server_error'];

export class GrafanaError extends HemostatError {
  /** HTTP status; null when none was reached. */
  readonly status: number | null;
  /** Milliseconds that Grafana asks us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly kind: GrafanaErrorCode,
    message: string,
    options: { status?: number; retryAfterMs?: number } = {}
  ) {
    super(`grafana_${kind}`, message, { retryable: RETRYABLE.includes(kind) });
    this.status = options.status ?? null;
    this.retryAfterMs = options.retryAfterMs;
  }

  get mend(): string {
    return MENDS[this.kind];
  }
}

const KINDS: Readonly<Record<number, GrafanaErrorCode>> = { 400: 'bad_request', 401: 'unauthorized', 403: 'forbidden', 404: 'not_found', 409: 'conflict', 412: 'conflict', 422: 'bad_request', 429: 'too_many_requests' };

const SENTENCES: Partial<Record<GrafanaErrorCode, string>> = {
  unauthorized: 'Grafana does not know the token',
  forbidden: 'Grafana does not allow it to this token',
  not_found: 'Grafana has no such thing',
  conflict: 'The dashboard was changed by somebody else',
  too_many_requests: 'Grafana was asked too often',
  bad_request: 'Grafana cannot use the request',
  server_error: 'Grafana failed',
};

const MAX_WAIT_MS = 600_000;

/** Retry-After, as seconds or as a date, in milliseconds. */
function waitOf(header: string | null, now: number): number | undefined {
  if (!header) {
    return undefined;
  }
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), MAX_WAIT_MS);
}

/** What an answer other than 2xx means. @param what that was asked: `PATCH /api/annotations/7` */
export function errorOf(what: string, status: number, headers: Headers, said: string): GrafanaError {
  const kind = KINDS[status] ?? (status >= 500 ? 'server_error' : 'bad_reply');
  const retryAfterMs = waitOf(headers.get('retry-after'), Date.now());
  const sentence = SENTENCES[kind] ?? 'Grafana answers something unexpected';
  const words = plainText(said, 200);
  return new GrafanaError(kind, `${sentence} (${what}: ${status}${words ? `, ${words}` : ''}).`, { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
