import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { usePage } from '../../components/Page/context';
import type { HemostatDataQuery } from '../../datasource/types';
import { failureOf, type Failure } from '../../hooks/failure';
import { readPage, type PageMeta } from '../../hooks/readPage';
import { useTimeRange } from '../../hooks/useTimeRange';
import { useUrlState } from '../../hooks/useUrlState';
import { appendPage, mergeHead, remediationsOf, type Loaded, type Remediation } from './remediations';

/** Rows of the first page, of each further one, and altogether. */
const HEAD_ROWS = 100;
const PAGE_ROWS = 500;
export const MOST_ROWS = 50_000;

export type HistoryQuery = Pick<HemostatDataQuery, 'filters' | 'adhoc'>;
export const FILTER_NAMES = ['status', 'verdict', 'action', 'container', 'project'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];
export type Filters = Record<FilterName, string[]>;

/** What narrows the table, from the address. */
export function useFilters() {
  const [url, setUrl] = useUrlState(...FILTER_NAMES, 'open');
  const { status, verdict, action, container, project } = url;
  const query = useMemo(
    (): HistoryQuery => ({
      filters: { statuses: status, actions: action, containers: container, projects: project },
      // The filter on status takes verdicts as well; this one has to hold beside it.
      adhoc: verdict.length > 0 ? [{ key: 'status', operator: '=|', value: verdict[0] ?? '', values: verdict }] : [],
    }),
    [status, verdict, action, container, project]
  );
  return { filters: url, opened: url.open, query, setUrl, narrowed: FILTER_NAMES.some((name) => url[name].length > 0) };
}

async function readLoaded(uid: string, query: HistoryQuery, cursor: string, limit: number, range: { from: number; to: number }): Promise<Loaded & Pick<PageMeta, 'notices'>> {
  const page = await readPage(uid, { queryType: 'remediations', ...query, cursor, limit }, range);
  return { rows: remediationsOf(page.frame), cursor: page.more ? page.cursor : '', notices: page.notices };
}

/** That there are more rows is shown by the table itself. */
const noticesOf = ({ notices, cursor }: Pick<PageMeta, 'notices'> & Loaded): string[] => notices.filter(({ severity, text }) => severity !== 'info' || (cursor === '' && !text.startsWith('Only the'))).map(({ text }) => text);

interface State extends Loaded {
  asked: string;
  known: boolean;
  failure: Failure | undefined;
  notices: string[];
}

export interface History {
  rows: readonly Remediation[];
  loading: boolean;
  failure: Failure | undefined;
  notices: readonly string[];
  /** More rows are there to be read. */
  more: boolean;
  /** The most that is held at once was reached. */
  full: boolean;
  readMore: () => void;
}

/** All remediations of the time range: the newest anew with each refresh, older ones page by page. */
export function useHistory(query: HistoryQuery): History {
  const { settings } = usePage();
  const { range } = useTimeRange();
  const uid = settings.datasourceUid;
  // A range that moves with the clock is the same question.
  const asked = JSON.stringify([uid, query, String(range.raw.from), String(range.raw.to)]);
  const [state, setState] = useState<State>({ asked: '', rows: [], cursor: '', known: false, failure: undefined, notices: [] });
  const latest = useRef(state);
  const busy = useRef(false);
  const keep = useCallback((next: State) => {
    latest.current = next;
    setState(next);
  }, []);

  useEffect(() => {
    let left = false;
    const [source, wanted] = JSON.parse(asked) as [string, HistoryQuery];
    const from = range.from.valueOf();
    const before = (): State => (latest.current.asked === asked ? latest.current : { asked, rows: [], cursor: '', known: false, failure: undefined, notices: [] });
    readLoaded(source, wanted, '', HEAD_ROWS, { from, to: range.to.valueOf() }).then(
      (head) => !left && keep({ ...before(), ...mergeHead(before(), { rows: head.rows, cursor: head.cursor }, from), known: true, failure: undefined, notices: noticesOf(head) }),
      (cause: unknown) => !left && keep({ ...before(), failure: failureOf(cause) })
    );
    return () => {
      left = true;
    };
  }, [asked, range, keep]);

  const readMore = useCallback(() => {
    const { asked: mine, cursor, rows } = latest.current;
    if (busy.current || mine !== asked || cursor === '' || rows.length >= MOST_ROWS) {
      return;
    }
    busy.current = true;
    const [source, wanted] = JSON.parse(asked) as [string, HistoryQuery];
    readLoaded(source, wanted, cursor, PAGE_ROWS, { from: range.from.valueOf(), to: range.to.valueOf() })
      .then(
        // Another question, or another end of what is there: this page no longer fits.
        (page) => latest.current.asked === asked && latest.current.cursor === cursor && keep({ ...latest.current, ...appendPage(latest.current, page), failure: undefined, notices: noticesOf(page) }),
        (cause: unknown) => latest.current.asked === asked && keep({ ...latest.current, failure: failureOf(cause) })
      )
      .finally(() => {
        busy.current = false;
      });
  }, [asked, range, keep]);

  const mine = state.asked === asked;
  return {
    rows: mine ? state.rows : [],
    loading: !mine || (!state.known && state.failure === undefined),
    failure: mine ? state.failure : undefined,
    notices: mine ? state.notices : [],
    more: mine && state.cursor !== '' && state.rows.length < MOST_ROWS,
    full: mine && state.cursor !== '' && state.rows.length >= MOST_ROWS,
    readMore,
  };
}

/** Rows of one page while everything is read for a file. */
const FILE_PAGE = 1000;

/** Everything that fits, for a file. @param progress told how many rows there are so far @throws FetchError */
export async function readEverything(uid: string, query: HistoryQuery, range: { from: number; to: number }, progress: (rows: number) => void): Promise<{ rows: Remediation[]; complete: boolean }> {
  let all: Loaded = { rows: [], cursor: '' };
  do {
    all = appendPage(all, await readLoaded(uid, query, all.cursor, FILE_PAGE, range));
    progress(all.rows.length);
  } while (all.cursor !== '' && all.rows.length < MOST_ROWS);
  return { rows: [...all.rows], complete: all.cursor === '' };
}
