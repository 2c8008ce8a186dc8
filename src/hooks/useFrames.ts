import { LoadingState, type DataFrame, type PanelData } from '@grafana/data';
import { SceneQueryRunner, SceneTimeRange } from '@grafana/scenes';
import { useEffect, useMemo, useState } from 'react';
import { usePage } from '../components/Page/context';
import { DATASOURCE_TYPE } from '../constants';
import type { HemostatDataQuery } from '../datasource/types';
import type { Failure } from './failure';

const NONE: DataFrame[] = [];

export interface Frames {
  /** The last answer; kept while a newer one is read. */
  frames: DataFrame[];
  loading: boolean;
  failure: Failure | undefined;
  /** What the data source says of its answer: truncated, partly unreadable. */
  notices: string[];
  /** To draw the same answer in a panel as well. */
  runner: SceneQueryRunner;
}

function failureIn({ errors }: PanelData): Failure | undefined {
  const error = errors?.[0];
  return error && { kind: error.status === 403 ? 'denied' : 'other', message: error.message ?? error.data?.message ?? error.statusText ?? '' };
}

const noticesOf = ({ meta }: DataFrame): string[] => meta?.notices?.map((notice) => notice.text) ?? [];

/** Milliseconds since 1970. */
export interface Within {
  from: number;
  to: number;
}

/** A range of its own for a query, in place of that of the page. */
const rangeOf = (from: number, to: number): SceneTimeRange => new SceneTimeRange({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/**
 * Asks the data source, over the time range of the page, anew with each refresh.
 * @param queries without refIds they get A, B, C
 * @param within another range, which does not refresh: it is asked again when it changes
 */
export function useFrames(queries: ReadonlyArray<Omit<HemostatDataQuery, 'refId'> & { refId?: string }>, within?: Within): Frames {
  const { body, settings } = usePage();
  const text = JSON.stringify(queries.map((query, index) => ({ refId: String.fromCharCode(65 + index), ...query })));
  const uid = settings.datasourceUid;
  const { from, to } = within ?? {};
  const runner = useMemo(
    () => new SceneQueryRunner({ datasource: { uid, type: DATASOURCE_TYPE }, queries: [], ...(from === undefined || to === undefined ? {} : { $timeRange: rangeOf(from, to) }) }),
    [uid, from, to]
  );
  useEffect(() => {
    runner.setState({ queries: JSON.parse(text) as HemostatDataQuery[] });
    if (runner.isActive) {
      runner.runQueries();
    }
  }, [runner, text]);
  useEffect(() => {
    const leave = body.adopt(runner);
    const deactivate = runner.activate();
    return () => {
      deactivate();
      leave();
    };
  }, [body, runner]);
  const { data } = runner.useState();
  const [kept, setKept] = useState<PanelData>();
  if (data && data !== kept && data.state !== LoadingState.Loading && data.state !== LoadingState.Error) {
    setKept(data);
  }
  const failure = data && failureIn(data);
  const frames = kept?.series ?? NONE;
  return { frames, loading: kept === undefined && failure === undefined, failure, notices: frames.flatMap(noticesOf), runner };
}
