import { LoadingState, type DataQueryError, type DataQueryResponse } from '@grafana/data';

function firstError(response: DataQueryResponse | undefined): DataQueryError | undefined {
  const { error, errors = [] } = (response ?? {}) as { error?: DataQueryError; errors?: DataQueryError[] };
  return errors[0] ?? error ?? (response?.state === LoadingState.Error ? {} : undefined);
}

/**
 * Why an answer cannot be used, in words; empty when it can. Every query of ours is answered with at least one frame:
 * where there is none, the request did not reach the server, which Grafana tells as an empty success.
 */
export function troubleOf(response: DataQueryResponse | undefined): string {
  const error = firstError(response);
  if (error) {
    return error.message ?? error.data?.message ?? 'The query failed.';
  }
  return response?.data.length ? '' : 'Grafana does not answer.';
}
