import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../../components/Mark';
import { Section } from '../../../components/Section';
import { Empty } from '../../../components/State/Empty';
import { Failed } from '../../../components/State/Failed';
import { Loading } from '../../../components/State/Loading';
import { t } from '../../../components/text';
import { statusTone, verdictTone } from '../../../components/tone';
import { When } from '../../../components/When';
import { plainName, resultWords, verdictWords } from '../../../components/words';
import { eventPath, incidentPath, pagePath } from '../../../constants';
import { percentText } from '../../../contract/story/time';
import { frameOf, rowsOf, type Row } from '../../../hooks/rows';
import { useFrames } from '../../../hooks/useFrames';
import { useTimeRange } from '../../../hooks/useTimeRange';

const SHOWN = 15;

/** What was done to a container and what was said of it last, within the time range. @param name its key */
export function Happenings({ name }: { name: string }) {
  const styles = useStyles2(getStyles);
  const filters = { containers: [name] };
  const { frames, loading, failure } = useFrames([
    { refId: 'remediations', queryType: 'remediations', filters, limit: SHOWN },
    { refId: 'events', queryType: 'events', format: 'logs', filters, limit: SHOWN },
  ]);
  const { refresh } = useTimeRange();
  const remediations = rowsOf(frameOf(frames, 'remediations'));
  const events = rowsOf(frameOf(frames, 'events'));
  const parameters = `?container=${encodeURIComponent(name)}`;
  return (
    <>
      {failure ? <Failed failure={failure} retry={refresh} stale={frames.length > 0} /> : null}
      {loading ? <Loading /> : null}
      {loading || (failure && frames.length === 0) ? null : (
        <div className={styles.two}>
          <Section title={t('containers.remediations', 'What was done')} actions={<All href={`${pagePath('history')}${parameters}`} />}>
            {remediations.length === 0 ? <Empty title={t('containers.no-remediations', 'Nothing in this time range')} /> : null}
            <ul className={styles.list}>
              {remediations.map((row) => (
                <Action key={row.text('id')} row={row} />
              ))}
            </ul>
          </Section>
          <Section title={t('containers.events', 'Latest events')} actions={<All href={`${pagePath('timeline')}${parameters}`} />}>
            {events.length === 0 ? <Empty title={t('containers.no-events', 'None in this time range')} /> : null}
            <ul className={styles.list}>
              {events.map((row) => (
                <li key={row.text('id')} className={styles.item}>
                  <TextLink href={eventPath(row.text('id'))} inline={false} color="primary" className={styles.words}>
                    {row.text('body')}
                  </TextLink>{' '}
                  <When at={row.number('timestamp') ?? null} className={styles.second} />
                </li>
              ))}
            </ul>
          </Section>
        </div>
      )}
    </>
  );
}

const All = ({ href }: { href: string }) => (
  <TextLink href={href} inline={false}>
    {t('containers.see-all', 'See all')}
  </TextLink>
);

/** `CPU 97 % -> 4 %, memory 71 % -> 30 %`; empty when it was not measured. */
function effectWords(row: Row): string {
  const change = (name: string, column: string) => {
    const [before, after] = [row.number(`${column}_before`), row.number(`${column}_after`)];
    return before === undefined || after === undefined ? [] : [`${name} ${percentText(before)} -> ${percentText(after)}`];
  };
  return [...change(t('containers.cpu', 'CPU'), 'cpu'), ...change(t('containers.column-memory', 'Memory'), 'memory')].join(', ');
}

function Action({ row }: { row: Row }) {
  const styles = useStyles2(getStyles);
  const [status, verdict, guard] = [row.text('status'), row.text('verdict'), row.text('guard')];
  const why = guard ? `${plainName(guard)}: ${row.text('guard_reason')}` : row.text('outcome') || row.text('reason');
  return (
    <li className={styles.item}>
      <TextLink href={incidentPath(row.text('incident'))} inline={false} color="primary">
        {row.text('action')}
      </TextLink>{' '}
      <Mark tone={statusTone(status)}>{resultWords(status)}</Mark> {verdict ? <Mark tone={verdictTone(verdict)}>{verdictWords(verdict)}</Mark> : null} <When at={row.number('time') ?? null} className={styles.second} />
      <div className={styles.second}>{[why, effectWords(row)].filter(Boolean).join(' · ')}</div>
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  two: css({ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(360px, 100%), 1fr))', gap: theme.spacing(3) }),
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  item: css({ padding: theme.spacing(0.5, 0), borderBottom: `1px solid ${theme.colors.border.weak}`, overflowWrap: 'anywhere' }),
  words: css({ display: 'inline', whiteSpace: 'normal' }),
  second: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
