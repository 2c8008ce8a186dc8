import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Empty } from '../../components/State/Empty';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { VirtualList, type VirtualListHandle } from '../../components/VirtualList/VirtualList';
import { useTimeRange } from '../../hooks/useTimeRange';
import { EventDetail, type EventDetailProps } from './EventDetail';
import { EventLine, LINE_HEIGHT, PendingLine } from './EventLine';
import { useTimelineLog, type TimelineFilters, type TimelineLog } from './EventTimeline.hooks';
import { lanePartsOf, spansOf } from './lanes';
import { Position } from './Position';

export interface EventListProps {
  filters: TimelineFilters;
  /** Ids of the opened events. */
  opened: readonly string[];
  setOpened: (ids: string[]) => void;
  /** False while the live tail is paused. */
  live: boolean;
  setLive: (live: boolean) => void;
  /** The time range ends now. */
  endsNow: boolean;
  narrow: EventDetailProps['narrow'];
  /** Takes the filters away; undefined when there are none. */
  clear: (() => void) | undefined;
  /** Events in the time range, about; undefined when it is not known. */
  total: number | undefined;
}

/** Rows around those in sight whose incidents are joined by lines. */
const AROUND = 60;

function useLines({ log, version }: Pick<TimelineLog, 'log' | 'version'>, [first, last]: readonly [number, number]) {
  return useMemo(() => {
    const from = Math.max(0, first - AROUND);
    const rows = Array.from({ length: Math.max(0, Math.min(log.count, last + AROUND) - from) }, (_, offset) => log.row(from + offset));
    return { spans: spansOf(rows, from), version };
  }, [log, version, first, last]);
}

function NoEvents({ clear }: Pick<EventListProps, 'clear'>) {
  return clear ? (
    <Empty title={t('timeline.no-fit', 'No event in this time range fits the filters')}>
      <Button variant="secondary" size="sm" onClick={clear}>
        {t('timeline.clear', 'Clear the filters')}
      </Button>
    </Empty>
  ) : (
    <Empty title={t('timeline.empty', 'Nothing happened in this time range')}>
      {t('timeline.empty-how', 'Choose a longer range. Events come from the agents: npx hemostat agent all runs them, and npx hemostat doctor says what stands in their way.')}
    </Empty>
  );
}

function ListEnd({ log }: { log: TimelineLog }) {
  const styles = useStyles2(getStyles);
  if (log.olderFailure) {
    return <Failed failure={log.olderFailure} retry={log.retryOlder} stale />;
  }
  return (
    <div className={styles.end} role="status">
      {log.ended ? t('timeline.end', 'The time range begins here.') : log.readingOlder ? t('timeline.reading', 'Reading older events …') : ''}
    </div>
  );
}

function Failures({ timeline: { failure, anchorFailure, log } }: { timeline: TimelineLog }) {
  const { refresh } = useTimeRange();
  return (
    <>
      {failure ? <Failed failure={failure} retry={refresh} stale={log.count > 0} /> : null}
      {anchorFailure ? <Failed failure={anchorFailure} stale /> : null}
    </>
  );
}

/** What could not be read (R070), what retention has removed, and whether live updates are interrupted. */
function Notices({ timeline: { unreadable, notices } }: { timeline: TimelineLog }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {unreadable > 0 ? (
        <div className={styles.notice} data-testid={testIds.timeline.unreadable}>
          {t('timeline.unreadable', '{{count}} entries of the log could not be read and are left out.', { count: unreadable })}
        </div>
      ) : null}
      {notices.map((notice) => (
        <div key={notice} className={styles.notice}>
          {notice}
        </div>
      ))}
    </>
  );
}

/** The list: new events at its top as they come, older ones as somebody scrolls. */
export function EventList({ filters, opened, setOpened, live, setLive, endsNow, narrow, clear, total }: EventListProps) {
  const styles = useStyles2(getStyles);
  const list = useRef<VirtualListHandle>(null);
  const [anchor] = useState(opened[0]);
  const [atTop, setAtTop] = useState(true);
  const [lit, setLit] = useState('');
  const [sight, setSight] = useState<readonly [number, number]>([0, 0]);
  // What somebody reads must not slide away.
  const following = live && endsNow && atTop && opened.length === 0;
  const timeline = useTimelineLog(filters, following, anchor);
  const { log, look, version } = timeline;
  const { spans } = useLines(timeline, sight);
  const count = log.count;
  const bare = count === 0 && (timeline.ended || timeline.failure !== undefined);

  const seen = useCallback(
    (first: number, last: number) => {
      setSight((before) => (before[0] === first && before[1] === last ? before : [first, last]));
      look(first, last);
    },
    [look]
  );
  const { epoch } = log;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- another function when the log has begun anew: then all keys are others
  const keyOf = useCallback((index: number) => log.keyOf(index), [log, epoch]);
  const sent = useRef(anchor);
  useEffect(() => {
    const at = sent.current === undefined ? -1 : log.find(sent.current);
    if (at >= 0) {
      sent.current = undefined;
      list.current?.scrollTo(at, 'center');
    }
  }, [log, version]);

  const latest = useRef({ opened, setOpened });
  useEffect(() => {
    latest.current = { opened, setOpened };
  });
  const toggle = useCallback((id: string) => {
    const { opened: before, setOpened: set } = latest.current;
    set(before.includes(id) ? before.filter((one) => one !== id) : [...before, id]);
  }, []);

  if (timeline.loading) {
    return <Loading />;
  }
  const showNewest = () => {
    timeline.showWaiting();
    list.current?.toTop();
    setAtTop(true);
  };
  return (
    <div className={styles.list}>
      <Failures timeline={timeline} />
      <Position timeline={timeline} sight={sight} total={total} live={live} setLive={setLive} endsNow={endsNow} following={following} showNewest={showNewest} />
      {bare ? timeline.failure ? null : <NoEvents clear={clear} /> : (
        <VirtualList
          handle={list}
          count={count}
          itemKey={keyOf}
          rowHeight={LINE_HEIGHT}
          boxProps={{ role: 'region', 'aria-label': t('timeline.box', 'List of events'), 'data-testid': testIds.timeline.list } as React.HTMLAttributes<HTMLDivElement>}
          bodyProps={{ role: 'feed', 'aria-label': t('timeline.list', 'Events, newest first'), 'aria-busy': timeline.readingOlder }}
          rowProps={(index) => ({ role: 'article', 'aria-posinset': index + 1, 'aria-setsize': -1, 'aria-label': log.row(index)?.text ?? '' })}
          onVisible={seen}
          onTop={setAtTop}
          footer={<ListEnd log={timeline} />}
        >
          {(index) => {
            const row = log.row(index);
            if (!row) {
              return <PendingLine />;
            }
            const open = opened.includes(row.id);
            return (
              <>
                <EventLine row={row} open={open} parts={lanePartsOf(index, row.incident, spans)} lit={lit} toggle={toggle} light={setLit} />
                {open ? <EventDetail row={row} narrow={narrow} /> : null}
              </>
            );
          }}
        </VirtualList>
      )}
      <Notices timeline={timeline} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0 }),
  end: css({ minHeight: theme.spacing(4), padding: theme.spacing(1), textAlign: 'center', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  notice: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
