import { LoadingState, type DataQueryResponse } from '@grafana/data';
import { catchError, concat, EMPTY, exhaustMap, filter, last, map, merge, of, switchMap, throttleTime, timer, type Observable } from 'rxjs';
import type { Signal } from './feed';
import { troubleOf } from './trouble';

/** At most one answer in this time, however many events there are. */
const THROTTLE_MS = 1000;
/** By then no answer of before the event is given again (R063). */
const SETTLED_MS = 6000;

/**
 * An answer that is asked for again when something was appended: for tables and graphs, whose rows change.
 * The last answer stays while the next one is under way, and when it fails.
 * @param ask with the time range as it is then
 */
export function followAnswers(refId: string, signals: Observable<Signal>, ask: () => Observable<DataQueryResponse>): Observable<DataQueryResponse> {
  const shown = (response: DataQueryResponse): DataQueryResponse => ({ ...response, key: `live-${refId}`, state: LoadingState.Streaming });
  const later = signals.pipe(
    filter(({ kind }) => kind !== 'lost'),
    throttleTime(THROTTLE_MS, undefined, { leading: false, trailing: true }),
    switchMap(() => merge(of(0), timer(SETTLED_MS))),
    exhaustMap(() => ask().pipe(last(), catchError(() => EMPTY))),
    filter((response) => troubleOf(response) === ''),
    map(shown)
  );
  return concat(ask().pipe(map(shown)), later);
}
