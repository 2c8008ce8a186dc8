import {
  dateTime,
  FieldType,
  LogRowContextQueryDirection,
  SupplementaryQueryType,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type Field,
  type LogRowContextOptions,
  type LogRowModel,
  type TimeRange,
} from '@grafana/data';
import { isNarrowed, typeOf } from './query-model';
import type { HemostatDataQuery } from './types';

/** How far around a line its context is looked for. */
const CONTEXT_MS = 2 * 3_600_000;
const VOLUME_PREFIX = 'log-volume-';

export function rangeOf(from: number, to: number): TimeRange {
  const ends = { from: dateTime(from), to: dateTime(to) };
  return { ...ends, raw: ends };
}

/** What happened to the same container, or else at all, around one line. */
export function contextQuery(row: LogRowModel, options: LogRowContextOptions = {}): { query: HemostatDataQuery; range: TimeRange } {
  const { container, host } = row.labels;
  const forward = options.direction === LogRowContextQueryDirection.Forward;
  const query: HemostatDataQuery = {
    refId: `log-context-${row.uid}`,
    queryType: 'events',
    format: 'logs',
    // One line more, for the line itself.
    limit: (options.limit ?? 10) + 1,
    direction: forward ? 'forward' : 'backward',
    filters: { ...(container ? { containers: [container] } : {}), ...(container && host ? { hosts: [host] } : {}) },
  };
  const window = options.timeWindowMs ?? CONTEXT_MS;
  const at = row.timeEpochMs;
  return { query, range: forward ? rangeOf(at, at + window) : rangeOf(at - window, at) };
}

const valuesOf = (frame: DataFrame | undefined, name: string): unknown[] => frame?.fields.find((field) => field.name === name)?.values ?? [];

/** The answer without the line that the context is of. */
export function withoutRow(response: DataQueryResponse, row: LogRowModel): DataQueryResponse {
  const own = valuesOf(row.dataFrame, 'id')[row.rowIndex];
  const data = (response.data as DataFrame[]).map((frame) => {
    const ids = valuesOf(frame, 'id');
    const fields = frame.fields.map((field): Field => ({ ...field, values: field.values.filter((_, index) => ids[index] !== own) }));
    return { ...frame, fields, length: fields[0]?.values.length ?? 0 };
  });
  return { ...response, data };
}

/** Counts are kept by type alone: only what is narrowed by nothing else has a histogram over its whole range. */
function hasVolume(query: HemostatDataQuery): boolean {
  return typeOf(query) === 'events' && query.format !== 'table' && !isNarrowed(query, 'types');
}

export function supportedSupplements(targets: readonly HemostatDataQuery[] | undefined): SupplementaryQueryType[] {
  return !targets || targets.every(hasVolume) ? [SupplementaryQueryType.LogsVolume] : [];
}

export function volumeQuery(type: SupplementaryQueryType, query: HemostatDataQuery): HemostatDataQuery | undefined {
  if (type !== SupplementaryQueryType.LogsVolume || query.hide || !hasVolume(query)) {
    return undefined;
  }
  return { ...query, refId: `${VOLUME_PREFIX}${query.refId}`, queryType: 'frequency', live: false, cursor: undefined };
}

export function volumeRequest(type: SupplementaryQueryType, request: DataQueryRequest<HemostatDataQuery>): DataQueryRequest<HemostatDataQuery> | undefined {
  const targets = request.targets.flatMap((query) => volumeQuery(type, query) ?? []);
  return targets.length > 0 ? { ...request, targets, liveStreaming: false } : undefined;
}

function total(frame: DataFrame): DataFrame {
  const [time, ...counts] = [...frame.fields].sort((left, right) => Number(right.type === FieldType.time) - Number(left.type === FieldType.time));
  if (!time) {
    return frame;
  }
  const values = time.values.map((_, index) => counts.reduce((sum, field) => sum + Number(field.values[index] ?? 0), 0));
  return { ...frame, fields: [time, { name: 'Value', type: FieldType.number, config: { unit: 'short' }, values }] };
}

/** Grafana draws one count a frame as histogram of the logs. */
export function volumeResponse(response: DataQueryResponse): DataQueryResponse {
  return { ...response, data: (response.data as DataFrame[]).map((frame) => (frame.refId?.startsWith(VOLUME_PREFIX) ? total(frame) : frame)) };
}
