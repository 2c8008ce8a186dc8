import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import type { IncidentDetailAnswer } from '../../contract/api';
import { absoluteTime, clockText, durationText } from '../../contract/story/time';
import { useTimeRange } from '../../hooks/useTimeRange';
import { offsetMs } from './Incident.utils';

const offsetText = (ms: number | undefined): string => (ms === undefined ? '' : ms < 0 ? `-${durationText(-ms)}` : `+${durationText(ms)}`);

/** The story as lines of text: when, how long after the first sign, and what. */
export function StoryLines({ events }: Pick<IncidentDetailAnswer, 'events'>) {
  const styles = useStyles2(getStyles);
  const { timeZone } = useTimeRange();
  const first = events[0]?.event.time;
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('incident.lines', 'Every step')}>
      <table className={styles.table} data-testid={testIds.incident.lines}>
        <thead>
          <tr>
            <th scope="col">{t('incident.time', 'Time')}</th>
            <th scope="col">{t('incident.after', 'After')}</th>
            <th scope="col">{t('incident.what', 'What')}</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ event, text, stream_id: place }) => (
            <tr key={place}>
              <td className={styles.time} title={absoluteTime(event.time, timeZone)}>
                {clockText(event.time, timeZone, true)}
              </td>
              <td className={styles.time}>{offsetText(offsetMs(first, event.time))}</td>
              <td className={styles.text}>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflow: 'auto', maxHeight: theme.spacing(60) }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    '& th, & td': { padding: theme.spacing(0.25, 1), textAlign: 'left', verticalAlign: 'top' },
    '& th': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
  }),
  time: css({ fontFamily: theme.typography.fontFamilyMonospace, whiteSpace: 'nowrap', color: theme.colors.text.secondary }),
  text: css({ overflowWrap: 'anywhere', minWidth: theme.spacing(25) }),
});
