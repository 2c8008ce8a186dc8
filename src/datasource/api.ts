import type { DataQueryRequest, DataQueryResponse, TestDataSourceResponse } from '@grafana/data';
import { getBackendSrv, toDataQueryResponse, type BackendDataSourceResponse, type FetchError } from '@grafana/runtime';
import { catchError, lastValueFrom, map, of, type Observable } from 'rxjs';
import type { HemostatDataQuery } from './types';

/** What `/ready` of the HTTP API answers. */
interface Readiness {
  message?: string;
  checks?: Array<{ name: string; ok: boolean; message: string; mend?: string }>;
}

/**
 * The HemoStat API through Grafana's data source proxy, for Grafanas that cannot run the process. The proxy adds the token:
 * it never reaches the browser.
 */
export class HemostatApi {
  /** @param url of the proxy for this data source, as its settings give it */
  constructor(private readonly url: string) {}

  /** Answers in the form of Grafana's own queries. @returns errors within the response, each with its refId. */
  query(request: DataQueryRequest<HemostatDataQuery>): Observable<DataQueryResponse> {
    const { range, intervalMs, maxDataPoints, requestId } = request;
    const queries = request.targets.map((query) => ({ ...query, intervalMs, maxDataPoints }));
    const data = { queries, range: { from: range.from.valueOf(), to: range.to.valueOf() }, intervalMs, maxDataPoints };
    return getBackendSrv()
      .fetch<BackendDataSourceResponse>({ method: 'POST', url: `${this.url}/api/query`, data, requestId, showErrorAlert: false })
      .pipe(
        map((response) => toDataQueryResponse(response, queries)),
        catchError((cause: FetchError) => of(toDataQueryResponse(cause)))
      );
  }

  async resource<T>(path: string, params?: Record<string, unknown>): Promise<T> {
    const response = await lastValueFrom(getBackendSrv().fetch<T>({ method: 'GET', url: `${this.url}/api/resources/${path}`, params, showErrorAlert: false }));
    return response.data;
  }

  /** Tries the API with its token, then what stands behind it. @throws what is wrong, in words. */
  async test(): Promise<TestDataSourceResponse> {
    try {
      await this.resource('variables', { kind: 'types' });
    } catch (cause) {
      throw new Error(reason(cause as FetchError<{ message?: string }>));
    }
    const ready = await lastValueFrom(
      getBackendSrv()
        .fetch<Readiness>({ method: 'GET', url: `${this.url}/ready`, showErrorAlert: false })
        .pipe(
          map(({ data }) => ({ ok: true, data })),
          catchError(({ data }: FetchError<Readiness>) => of({ ok: false, data }))
        )
    );
    const failed = ready.data?.checks?.filter(({ ok }) => !ok).map(({ message, mend = '' }) => `${message} ${mend}`.trim()) ?? [];
    const message = failed.length > 0 ? failed.join(' ') : (ready.data?.message ?? 'The HemoStat API answers.');
    return { status: ready.ok ? 'success' : 'error', message };
  }
}

/** Why the API did not answer, and what to do. */
function reason({ status, data, statusText }: FetchError<{ message?: string }>): string {
  switch (status) {
    // Grafana's proxy tells a refused login so, lest it be taken for its own.
    case 400:
    case 401:
    case 403:
      return 'The HemoStat API refuses the token. Set the one that the API was started with.';
    case 404:
      return 'At this URL there is no HemoStat API. Give its address without a path, for example http://hemostat:8080.';
    case 502:
    case 504:
      return 'Grafana cannot reach the HemoStat API. Check the URL, and that the API runs.';
    default:
      return data?.message ?? statusText ?? 'The HemoStat API does not answer.';
  }
}
