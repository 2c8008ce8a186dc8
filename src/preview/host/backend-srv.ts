import { AppEvents } from '@grafana/data';
import { getAppEvents, type BackendSrv, type BackendSrvRequest, type FetchError, type FetchResponse } from '@grafana/runtime';
import { lastValueFrom, Observable } from 'rxjs';

/** Whoever asked has this long to say that it shows an error itself. */
const HANDLED_MS = 50;

type Word = string | number | boolean | null | undefined;

/** A request that failed, in the form that callers look for. */
class HostFetchError extends Error implements FetchError {
  isHandled = false;

  constructor(
    readonly status: number,
    readonly statusText: string,
    readonly data: unknown,
    readonly config: BackendSrvRequest,
    readonly cancelled = false
  ) {
    super(messageOf(data) || statusText);
  }
}

function addressOf({ url, params }: BackendSrvRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((params ?? {}) as Record<string, Word | Word[]>)) {
    [value].flat().forEach((one) => one !== undefined && one !== null && search.append(name, String(one)));
  }
  const query = search.toString();
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function bodyOf({ data }: BackendSrvRequest): BodyInit | undefined {
  return data === undefined || data === null ? undefined : typeof data === 'string' ? data : JSON.stringify(data);
}

async function read(response: Response, type: BackendSrvRequest['responseType']): Promise<unknown> {
  if (type === 'blob') {
    return response.blob();
  }
  if (type === 'arraybuffer') {
    return response.arrayBuffer();
  }
  const text = await response.text();
  if (type === 'text') {
    return text;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text === '' ? {} : text;
  }
}

const messageOf = (data: unknown): string => (typeof data === 'object' && data !== null && 'message' in data ? String(data.message) : '');

function tellSuccess(config: BackendSrvRequest, data: unknown): void {
  const wanted = config.showSuccessAlert ?? (config.method ?? 'GET') !== 'GET';
  // Queries are posted too, and say nothing that a person should hear of.
  if (wanted && messageOf(data) !== '' && !config.url.includes('/ds/query')) {
    getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: [messageOf(data)] });
  }
}

function tellFailure(failure: FetchError): void {
  setTimeout(() => {
    if (!failure.isHandled && !failure.cancelled && failure.config.showErrorAlert !== false) {
      getAppEvents().publish({ type: AppEvents.alertError.name, payload: [messageOf(failure.data) || failure.statusText || 'The request failed.'] });
    }
  }, HANDLED_MS);
}

/** Grafana's way to ask its server: over `fetch`, with its answers, errors and messages. */
export class HostBackendSrv implements BackendSrv {
  private readonly underWay = new Map<string, AbortController>();

  fetch<T>(config: BackendSrvRequest): Observable<FetchResponse<T>> {
    return new Observable((subscriber) => {
      const { requestId } = config;
      const abort = new AbortController();
      if (requestId) {
        // The newer request of the same id is the one that is wanted.
        this.underWay.get(requestId)?.abort();
        this.underWay.set(requestId, abort);
      }
      const given = () => abort.abort();
      config.abortSignal?.addEventListener('abort', given);
      this.ask<T>(config, abort.signal).then(
        (response) => {
          tellSuccess(config, response.data);
          subscriber.next(response);
          subscriber.complete();
        },
        (cause: unknown) => {
          const failure = abort.signal.aborted ? new HostFetchError(-1, 'Request was aborted', null, config, true) : (cause as FetchError);
          tellFailure(failure);
          subscriber.error(failure);
        }
      );
      return () => {
        config.abortSignal?.removeEventListener('abort', given);
        if (requestId && this.underWay.get(requestId) === abort) {
          this.underWay.delete(requestId);
        }
        abort.abort();
      };
    });
  }

  private async ask<T>(config: BackendSrvRequest, signal: AbortSignal): Promise<FetchResponse<T>> {
    const body = bodyOf(config);
    const headers = { accept: 'application/json, text/plain, */*', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(config.headers as Record<string, string> | undefined) };
    let response: Response;
    try {
      response = await fetch(addressOf(config), { method: config.method ?? 'GET', headers, signal, ...(body === undefined ? {} : { body }) });
    } catch {
      throw new HostFetchError(0, 'The server does not answer.', { message: 'The server does not answer.' }, config);
    }
    const data = await read(response, config.responseType);
    const { ok, status, statusText, headers: answered, redirected, type, url } = response;
    if (!ok) {
      throw new HostFetchError(status, statusText, data, config);
    }
    return { data: data as T, ok, status, statusText, headers: answered, redirected, type, url, config };
  }

  chunked(): Observable<FetchResponse<Uint8Array | undefined>> {
    return new Observable((subscriber) => subscriber.error(new Error('The preview has no chunked answers.')));
  }

  async datasourceRequest<T>(options: BackendSrvRequest): Promise<FetchResponse<T>> {
    return lastValueFrom(this.fetch<T>(options));
  }

  async request<T>(options: BackendSrvRequest): Promise<T> {
    return (await this.datasourceRequest<T>(options)).data;
  }

  async get<T>(url: string, params?: BackendSrvRequest['params'], requestId?: string, options: Partial<BackendSrvRequest> = {}): Promise<T> {
    return this.request({ ...options, method: 'GET', url, ...(params ? { params } : {}), ...(requestId ? { requestId } : {}) });
  }

  async delete<T>(url: string, data?: unknown, options: Partial<BackendSrvRequest> = {}): Promise<T> {
    return this.request({ ...options, method: 'DELETE', url, data });
  }

  async post<T>(url: string, data?: unknown, options: Partial<BackendSrvRequest> = {}): Promise<T> {
    return this.request({ ...options, method: 'POST', url, data });
  }

  async patch<T>(url: string, data?: unknown, options: Partial<BackendSrvRequest> = {}): Promise<T> {
    return this.request({ ...options, method: 'PATCH', url, data });
  }

  async put<T>(url: string, data?: unknown, options: Partial<BackendSrvRequest> = {}): Promise<T> {
    return this.request({ ...options, method: 'PUT', url, data });
  }
}
