import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React from 'react';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { clockOrDate } from '../../contract/story/time';
import { useTimeRange } from '../../hooks/useTimeRange';
import type { TimelineLog } from './EventTimeline.hooks';

export interface PositionProps {
  timeline: TimelineLog;
  sight: readonly [number, number];
  total: number | undefined;
  live: boolean;
  setLive: (live: boolean) => void;
  endsNow: boolean;
  following: boolean;
  showNewest: () => void;
}

const shown = (count: number): string => count.toLocaleString('en-US');

/** `Events 1 to 24 of about 11,042, at 14:03:07` */
function placeWords({ timeline: { log, ended }, sight: [first, last], total }: PositionProps, timeZone: string): string {
  const row = log.row(first);
  if (!row) {
    return '';
  }
  const numbers = { first: shown(first + 1), last: shown(Math.min(log.count, last + 1)) };
  const at = clockOrDate(new Date(row.happened).toISOString(), new Date().toISOString(), timeZone);
  if (ended) {
    return t('timeline.position.all', 'Events {{first}} to {{last}} of {{count}}, at {{at}}', { ...numbers, count: shown(log.count), at });
  }
  return total === undefined || total < log.count
    ? t('timeline.position.open', 'Events {{first}} to {{last}}, at {{at}}', { ...numbers, at })
    : t('timeline.position.about', 'Events {{first}} to {{last}} of about {{total}}, at {{at}}', { ...numbers, total: shown(total), at });
}

function waitingWords({ count, more }: TimelineLog['waiting']): string {
  return more ? t('timeline.waiting-more', 'Show the newest: {{count}} or more wait', { count }) : t('timeline.waiting', 'Show the newest: {{count}} wait', { count });
}

/** Where in the log the list stands, whether it follows, and what waits while it does not. */
export function Position(props: PositionProps) {
  const styles = useStyles2(getStyles);
  const { timeZone } = useTimeRange();
  const { timeline, live, setLive, endsNow, following, showNewest } = props;
  const { waiting, log } = timeline;
  return (
    <div className={styles.bar}>
      <span className={styles.place} data-testid={testIds.timeline.position}>
        {placeWords(props, timeZone)}
      </span>
      {waiting.count > 0 && log.count > 0 ? (
        <Button size="sm" variant="primary" fill="outline" icon="arrow-up" onClick={showNewest} data-testid={testIds.timeline.waiting}>
          {waitingWords(waiting)}
        </Button>
      ) : null}
      {endsNow ? (
        <Button
          size="sm"
          variant={live ? 'primary' : 'secondary'}
          icon={live ? 'pause' : 'play'}
          aria-pressed={live}
          onClick={() => setLive(!live)}
          data-testid={testIds.timeline.live}
          tooltip={live ? t('timeline.live.pause', 'New events come in at the top. Click to pause.') : t('timeline.live.resume', 'New events wait. Click to let them in as they come.')}
        >
          {live ? (following ? t('timeline.live.on', 'Live') : t('timeline.live.held', 'Live, held while you read')) : t('timeline.live.off', 'Paused')}
        </Button>
      ) : (
        <span className={styles.place}>{t('timeline.live.past', 'A time range in the past: nothing new comes in')}</span>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1), minHeight: theme.spacing(4) }),
  place: css({ flex: '1 1 auto', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, fontVariantNumeric: 'tabular-nums' }),
});
