import { DataTopic, getDefaultTimeRange, LoadingState, rangeUtil, toDataFrame, type DataFrame, type DataQueryRequest, type DataQueryResponse, type DataSourceApi, type PanelData } from '@grafana/data';
import { toDataQueryError } from '@grafana/runtime';
import { catchError, from, isObservable, map, merge, of, scan, share, takeUntil, timer, type Observable } from 'rxjs';

/** A quick answer is shown without a word of loading in between. */
const LOADING_AFTER_MS = 200;

type Query = DataSourceApi['query'];
const NOTHING: DataQueryResponse = { data: [] };
type Packets = ReadonlyMap<string, DataQueryResponse>;

function stateOf(packet: DataQueryResponse, failed: boolean): LoadingState {
  return failed ? LoadingState.Error : (packet.state ?? LoadingState.Done);
}

/** A relative range moves on while answers stream in. */
function rangeOf({ range, rangeRaw }: DataQueryRequest, state: LoadingState): PanelData['timeRange'] {
  if (state !== LoadingState.Streaming || !rangeRaw || !rangeUtil.isRelativeTimeRange(rangeRaw)) {
    return range ?? getDefaultTimeRange();
  }
  return rangeUtil.convertRawToRange(rangeRaw);
}

function together(request: DataQueryRequest, packets: Packets, latest: DataQueryResponse): PanelData {
  const frames = [...packets.values()].flatMap(({ data }) => data as unknown[]).map((one): DataFrame => toDataFrame(one));
  const errors = [...packets.values()].flatMap((packet) => packet.errors ?? (packet.error ? [packet.error] : []));
  const state = stateOf(latest, errors.length > 0 || latest.state === LoadingState.Error);
  return {
    state,
    series: frames.filter(({ meta }) => meta?.dataTopic !== DataTopic.Annotations),
    annotations: frames.filter(({ meta }) => meta?.dataTopic === DataTopic.Annotations),
    timeRange: rangeOf(request, state),
    request,
    ...(errors.length > 0 ? { errors, error: errors[0] } : {}),
  };
}

/** Runs the queries of a panel and gives what it shows: all answers together, each time that one of them changes. */
export function runRequest(datasource: DataSourceApi, request: DataQueryRequest, queryFunction?: Query): Observable<PanelData> {
  const begun: PanelData = { state: LoadingState.Loading, series: [], timeRange: request.range ?? getDefaultTimeRange(), request };
  if (request.targets.length === 0) {
    return of({ ...begun, state: LoadingState.Done });
  }
  const asked = queryFunction ? queryFunction(request) : datasource.query(request);
  const answers = isObservable(asked) ? asked : from(asked);
  const data = answers.pipe(
    scan(
      ({ packets }, packet) => ({ packets: new Map([...packets, [packet.key ?? 'A', packet]]), latest: packet }),
      { packets: new Map<string, DataQueryResponse>(), latest: NOTHING }
    ),
    map(({ packets, latest }) => together(request, packets, latest)),
    catchError((cause: unknown) => {
      const error = toDataQueryError(cause);
      return of<PanelData>({ ...begun, state: LoadingState.Error, error, errors: [error] });
    }),
    share()
  );
  return merge(timer(LOADING_AFTER_MS).pipe(map(() => begun), takeUntil(data)), data);
}
