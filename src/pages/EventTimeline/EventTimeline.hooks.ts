import type { DataFrame } from '@grafana/data';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { usePage } from '../../components/Page/context';
import type { StoredEventAnswer } from '../../contract/api';
import { readPlace } from '../../contract/log-place';
import { failureOf, type Failure } from '../../hooks/failure';
import { pageMeta, readPage } from '../../hooks/readPage';
import { findSource } from '../../hooks/source';
import { useFrames } from '../../hooks/useFrames';
import { useTimeRange } from '../../hooks/useTimeRange';
import type { QueryFilters } from '../../datasource/types';
import { eventRows } from './event-rows';
import { LogWindow, type Wanted } from './log-window';
import { noticesOf } from './notices';

export type TimelineFilters = Pick<QueryFilters, 'types' | 'severities' | 'containers' | 'incidents' | 'text'>;

export interface TimelineLog {
  /** Changes whenever what `log` holds has changed. */
  version: number;
  log: LogWindow;
  /** True until the first answer. */
  loading: boolean;
  failure: Failure | undefined;
  /** Why the event that the address names is not shown. */
  anchorFailure: Failure | undefined;
  /** Of the last older page. */
  olderFailure: Failure | undefined;
  readingOlder: boolean;
  /** The end of the time range, or of the log, was reached. */
  ended: boolean;
  /** New events that are not shown yet; `more` when there may be further ones. */
  waiting: { count: number; more: boolean };
  notices: string[];
  /** Entries that could not be read. */
  unreadable: number;
  /** Which rows are in sight: what is missing around them is read. */
  look: (first: number, last: number) => void;
  /** Shows what waits. */
  showWaiting: () => void;
  retryOlder: () => void;
}

const HOUR_MS = 3_600_000;

const query = (filters: TimelineFilters, limit: number) => ({ queryType: 'events' as const, format: 'logs' as const, filters, limit });

/** Reads older pages as somebody comes near to them, one at a time. */
function useOlder(log: LogWindow, filters: TimelineFilters) {
  const { settings } = usePage();
  const { range } = useTimeRange();
  const [reading, setReading] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [told, setTold] = useState<{ unreadable: number; notices: string[] }>({ unreadable: 0, notices: [] });
  const busy = useRef(false);
  const sight = useRef<[number, number]>([0, 0]);
  const latest = useRef({ filters, range, uid: settings.datasourceUid });
  useEffect(() => {
    latest.current = { filters, range, uid: settings.datasourceUid };
  });

  const readOne = useCallback(
    async (wanted: Wanted) => {
      const { filters: asked, range: at, uid } = latest.current;
      const { epoch } = log;
      const to = Math.max(at.to.valueOf(), log.newest?.place.ms ?? 0);
      const page = await readPage(uid, { ...query(asked, wanted.limit), cursor: wanted.cursor }, { from: at.from.valueOf(), to });
      if (epoch !== log.epoch) {
        return;
      }
      log.take(wanted, eventRows(page.frame), page.more ? page.cursor : '');
      setTold((before) => ({ unreadable: before.unreadable + page.unreadable, notices: noticesOf(page.notices, page.more) }));
    },
    [log]
  );
  const readOn = useCallback(async () => {
    if (busy.current) {
      return;
    }
    busy.current = true;
    setReading(true);
    try {
      for (let wanted = log.wanted(...sight.current); wanted; wanted = log.wanted(...sight.current)) {
        await readOne(wanted);
      }
      setFailure(undefined);
    } catch (cause) {
      setFailure(failureOf(cause));
    } finally {
      busy.current = false;
      setReading(false);
    }
  }, [log, readOne]);
  const look = useCallback(
    (first: number, last: number) => {
      sight.current = [first, last];
      log.forgetFarFrom(first, last);
      if (log.wanted(first, last)) {
        void readOn();
      }
    },
    [log, readOn]
  );
  return { reading, failure, ...told, look, retry: () => void readOn() };
}

/** Rows that are newer than an event to which somebody was sent, to show it in its surroundings. */
const NEWER_ROWS = 20;

/**
 * Begins the list at an event that is not among the newest.
 * @param wanted undefined when there is none, or it is among the newest
 * @param known false until the newest are there
 */
function useAnchor(log: LogWindow, filters: TimelineFilters, wanted: string | undefined, known: boolean) {
  const { settings } = usePage();
  const { range, zoom } = useTimeRange();
  const [done, setDone] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const first = useRef({ filters, range, zoom });
  const id = log.epoch > 0 && !done ? undefined : wanted;
  useEffect(() => {
    if (id === undefined || !known || done) {
      return;
    }
    let left = false;
    const begin = async () => {
      const uid = settings.datasourceUid;
      const source = await findSource(uid);
      const { stream_id: place } = await source.readResource<StoredEventAnswer>('events/detail', { id });
      const ms = readPlace(place)?.ms ?? 0;
      const around = await readPage(uid, { ...query(first.current.filters, NEWER_ROWS), direction: 'forward' }, { from: ms, to: Date.now() + HOUR_MS });
      if (left) {
        return;
      }
      const { from, to } = first.current.range;
      if (ms < from.valueOf() || ms > to.valueOf()) {
        first.current.zoom(ms - HOUR_MS / 2, ms + HOUR_MS / 2);
      }
      log.start(eventRows(around.frame));
    };
    begin()
      .catch((cause: unknown) => !left && setFailure(failureOf(cause)))
      .finally(() => !left && setDone(true));
    return () => {
      left = true;
    };
  }, [id, known, done, log, settings.datasourceUid]);
  return { waiting: !known || (id !== undefined && !done), failure };
}

function headOf(frame: DataFrame | undefined) {
  const { cursor, more, unreadable, notices } = pageMeta(frame);
  return { rows: eventRows(frame), cursor, unreadable, notices: noticesOf(notices, more) };
}

/**
 * The log behind the timeline: its newest events live, older ones as somebody scrolls to them.
 * @param following new events are shown as they come
 * @param anchor id of an event at which the list is to begin, as it was when the list was first drawn
 */
export function useTimelineLog(filters: TimelineFilters, following: boolean, anchor: string | undefined): TimelineLog {
  const { settings } = usePage();
  const [log] = useState(() => new LogWindow());
  const version = useSyncExternalStore(log.subscribe, () => log.version);
  const head = useFrames([{ ...query(filters, settings.maxEvents), live: true }]);
  const [frame] = head.frames;
  const newest = useMemo(() => headOf(frame), [frame]);
  const older = useOlder(log, filters);
  const near = anchor !== undefined && newest.rows.some(({ id }) => id === anchor);
  const anchored = useAnchor(log, filters, near ? undefined : anchor, !head.loading);

  const show = useCallback(() => {
    const { rows, linked } = log.fresh(newest.rows);
    if (log.count === 0 || !linked) {
      log.start(newest.rows, newest.cursor);
    } else {
      log.prepend(rows);
    }
  }, [log, newest]);

  const ready = !anchored.waiting;
  const fresh = ready ? log.fresh(newest.rows) : { rows: [], linked: true };
  const due = ready && (log.epoch === 0 || (following && fresh.rows.length > 0));
  useEffect(() => {
    if (due) {
      show();
    }
  }, [due, show]);

  return {
    version,
    log,
    loading: log.epoch === 0 && head.failure === undefined,
    failure: head.failure,
    anchorFailure: anchored.failure,
    olderFailure: older.failure,
    readingOlder: older.reading,
    ended: log.epoch > 0 && log.next === '',
    waiting: { count: due ? 0 : fresh.rows.length, more: !fresh.linked },
    notices: [...new Set([...newest.notices, ...older.notices])],
    unreadable: newest.unreadable + older.unreadable,
    look: older.look,
    showWaiting: show,
    retryOlder: older.retry,
  };
}
