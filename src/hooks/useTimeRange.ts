import type { TimeRange } from '@grafana/data';
import { dateTime } from '@grafana/data';
import { sceneGraph } from '@grafana/scenes';
import { useCallback } from 'react';
import { usePage } from '../components/Page/context';

export interface PageTime {
  /** A new object with every refresh, also when its bounds are relative. */
  range: TimeRange;
  /** IANA zone, never `browser`. */
  timeZone: string;
  /** Reads everything on the page anew. */
  refresh: () => void;
  /** Zooms the page. @param from @param to milliseconds since 1970 */
  zoom: (from: number, to: number) => void;
}

/** Looked up once: it takes long, and every time on a page is shown in it. */
let ofBrowser: string | undefined;

/** An IANA name for what Grafana calls `browser`, or nothing. */
export function zoneName(zone: string | undefined): string {
  if (!zone || zone === 'browser') {
    ofBrowser ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
    return ofBrowser;
  }
  return zone.toLowerCase() === 'utc' ? 'UTC' : zone;
}

/** Time range, zone and refresh of the page. */
export function useTimeRange(): PageTime {
  const timeRange = sceneGraph.getTimeRange(usePage().body);
  const { value: range } = timeRange.useState();
  const refresh = useCallback(() => timeRange.onRefresh(), [timeRange]);
  const zoom = useCallback(
    (from: number, to: number) => {
      const [start, end] = [dateTime(from), dateTime(to)];
      timeRange.onTimeRangeChange({ from: start, to: end, raw: { from: start, to: end } });
    },
    [timeRange]
  );
  return { range, timeZone: zoneName(timeRange.getTimeZone()), refresh, zoom };
}
