import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, ClipboardButton, TextLink, useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { plainName } from '../../components/words';
import { containerPath, eventPath, incidentPath } from '../../constants';
import type { StoredEventAnswer } from '../../contract/api';
import { absoluteTime, clockText, durationText } from '../../contract/story/time';
import { useOnce } from '../../hooks/useOnce';
import { useTimeRange } from '../../hooks/useTimeRange';
import type { EventRow } from './event-rows';

export interface EventDetailProps {
  row: EventRow;
  /** Narrows the list to what is given. */
  narrow: (change: { container?: string[]; incident?: string[] }) => void;
}

const exactly = (ms: number, timeZone: string): string => {
  const iso = new Date(ms).toISOString();
  return `${absoluteTime(iso, timeZone)}, ${clockText(iso, timeZone, true)}`;
};

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

function factsOf(row: EventRow, { event }: StoredEventAnswer, timeZone: string): Array<[string, ReactNode]> {
  const late = row.place.ms - row.happened;
  const cause = word(event.cause_id);
  const facts: Array<[string, ReactNode]> = [
    [t('timeline.detail.happened', 'Happened'), exactly(row.happened, timeZone)],
    [t('timeline.detail.logged', 'In the log since'), `${exactly(row.place.ms, timeZone)}${late > 0 ? t('timeline.detail.late', ' ({{length}} later)', { length: durationText(late) }) : ''}`],
    [t('timeline.detail.type', 'Type'), plainName(row.type)],
    [t('timeline.detail.agent', 'Written by'), row.agent],
    [t('timeline.detail.container', 'Container'), row.container ? <TextLink href={containerPath(row.container)}>{row.container}</TextLink> : ''],
    [t('timeline.detail.incident', 'Incident'), row.incident ? <TextLink href={incidentPath(row.incident)}>{row.incident}</TextLink> : ''],
    [t('timeline.detail.cause', 'Follows from'), cause ? <TextLink href={eventPath(cause)}>{cause}</TextLink> : ''],
    [t('timeline.detail.policy', 'Policy version'), word(event.policy_version)],
  ];
  return facts.filter(([, value]) => value !== '');
}

/** Everything that the log holds of one event (R060). */
export function EventDetail({ row, narrow }: EventDetailProps) {
  const styles = useStyles2(getStyles);
  const { timeZone } = useTimeRange();
  const { value, failure, reload } = useOnce<StoredEventAnswer>('events/detail', { id: row.id });
  if (!value) {
    return <div className={styles.detail}>{failure ? <Failed failure={failure} retry={reload} /> : <Loading />}</div>;
  }
  const raw = JSON.stringify(value.event, undefined, 2);
  return (
    <div className={styles.detail} data-testid={testIds.timeline.detail}>
      <p className={styles.text}>{value.text}</p>
      <dl className={styles.facts}>
        {factsOf(row, value, timeZone).map(([name, fact]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </React.Fragment>
        ))}
      </dl>
      <div className={styles.buttons}>
        {row.incident ? (
          <Button size="sm" variant="secondary" onClick={() => narrow({ incident: [row.incident] })}>
            {t('timeline.detail.only-incident', 'Only this incident')}
          </Button>
        ) : null}
        {row.container ? (
          <Button size="sm" variant="secondary" onClick={() => narrow({ container: [row.container] })}>
            {t('timeline.detail.only-container', 'Only this container')}
          </Button>
        ) : null}
        <ClipboardButton size="sm" variant="secondary" icon="copy" getText={() => raw}>
          {t('timeline.detail.copy', 'Copy the raw event')}
        </ClipboardButton>
      </div>
      {/* It can be scrolled, so it must be reachable by keyboard. */}
      <pre className={styles.raw} tabIndex={0} aria-label={t('timeline.detail.raw', 'Raw event')}>
        {raw}
      </pre>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  detail: css({ padding: theme.spacing(1, 2, 2, 5), display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0, [theme.breakpoints.down('md')]: { paddingLeft: theme.spacing(1) } }),
  text: css({ margin: 0, overflowWrap: 'anywhere' }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    gap: theme.spacing(0.25, 2),
    margin: 0,
    dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    dd: { margin: 0, overflowWrap: 'anywhere' },
  }),
  buttons: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
  raw: css({ maxHeight: 320, margin: 0, fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
});
