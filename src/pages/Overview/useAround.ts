import { CoreApp, dateTime, type DataFrame, type DataQueryResponse, type TimeRange } from '@grafana/data';
import { useEffect, useState } from 'react';
import { from, lastValueFrom } from 'rxjs';
import { usePage } from '../../components/Page/context';
import { DATASOURCE_TYPE } from '../../constants';
import type { HemostatDataQuery } from '../../datasource/types';
import { findSource } from '../../hooks/source';

/** How far the figures reach to each side of an action, milliseconds. */
export const AROUND_MS = 120_000;
/** Wanted points: the picture is some 80 pixels wide. */
const POINTS = 80;

export interface Point {
  /** Milliseconds since the action; negative before it. */
  at: number;
  value: number;
}

function pointsOf(frame: DataFrame | undefined, at: number, figure: string): Point[] {
  const times = (frame?.fields.find(({ name }) => name === 'time')?.values ?? []) as number[];
  const values = (frame?.fields.find(({ name }) => name === figure)?.values ?? []) as Array<number | null>;
  return times.flatMap((time, index) => {
    const value = values[index];
    return typeof value === 'number' ? [{ at: time - at, value }] : [];
  });
}

async function read(uid: string, key: string, at: number, figure: string): Promise<Point[]> {
  const source = await findSource(uid);
  const [start, end] = [dateTime(at - AROUND_MS), dateTime(at + AROUND_MS)];
  const range: TimeRange = { from: start, to: end, raw: { from: start, to: end } };
  const query: HemostatDataQuery = { refId: 'A', queryType: 'container_metrics', target: key, metrics: [figure], datasource: { uid, type: DATASOURCE_TYPE } };
  const asked = source.query({ requestId: '', interval: '1s', intervalMs: 1000, maxDataPoints: POINTS, range, scopedVars: {}, targets: [query], timezone: 'UTC', app: CoreApp.Unknown, startTime: Date.now() });
  const answer: DataQueryResponse = await lastValueFrom(from(asked), { defaultValue: { data: [] } });
  return pointsOf((answer.data as DataFrame[])[0], at, figure);
}

/**
 * A figure of a container around one moment. Read once when all of it has happened, and again every half minute before that.
 * @param at milliseconds since 1970
 * @param figure such as `cpu_percent`
 * @returns undefined until it is read; nothing in it when the samples are gone
 */
export function useAround(key: string, at: number, figure: string): Point[] | undefined {
  const uid = usePage().settings.datasourceUid;
  const [points, setPoints] = useState<Point[]>();
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      read(uid, key, at, figure)
        // A picture beside the words: without it the words are still true.
        .catch((): Point[] => [])
        .then((found) => {
          if (!left) {
            setPoints(found);
            timer = Date.now() < at + AROUND_MS ? setTimeout(look, 30_000) : undefined;
          }
        })
        .catch(() => undefined);
    };
    look();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [uid, key, at, figure]);
  return points;
}
