import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Section } from '../../components/Section';
import { LogTail } from '../../components/Story/LogTail';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { When } from '../../components/When';
import type { EventOf } from '../../contract/events';

type Saved = EventOf<'forensics_captured'>;

function Top({ top }: { top: NonNullable<Saved['data']['top']> }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('incident.top', 'Processes')}>
      <table className={styles.table}>
        <thead>
          <tr>
            {top.titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {top.processes.map((process, row) => (
            <tr key={row}>
              {process.map((value, column) => (
                <td key={column}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What was seen of the container before anything was changed, secrets blacked out. */
export function Forensics({ saved: { data, time } }: { saved: Saved }) {
  const styles = useStyles2(getStyles);
  return (
    <Section title={t('incident.forensics', 'Saved before anything was changed')} data-testid={testIds.incident.forensics}>
      <p className={styles.quiet}>
        <When at={time} /> · {t('incident.saved', '{{count}} log lines, {{secrets}} secrets blacked out', { count: data.logs.length, secrets: data.redactions })}
        {data.logs_truncated ? ` · ${t('incident.truncated', 'earlier lines were left out')}` : ''}
        {data.missing.map(({ part, reason }) => ` · ${t('incident.missing-part', '{{part}} is missing: {{reason}}', { part, reason })}`).join('')}
      </p>
      <h3 className={styles.head}>{t('incident.log', 'Log')}</h3>
      <LogTail lines={data.logs} />
      {data.top ? (
        <>
          <h3 className={styles.head}>{t('incident.top', 'Processes')}</h3>
          <Top top={data.top} />
        </>
      ) : null}
      <h3 className={styles.head}>{t('incident.inspect', 'Inspect')}</h3>
      <pre className={styles.scroll} tabIndex={0} aria-label={t('incident.inspect', 'Inspect')}>
        {JSON.stringify(data.inspect, null, 2)}
      </pre>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  quiet: css({ color: theme.colors.text.secondary, margin: 0, overflowWrap: 'anywhere' }),
  head: css({ fontSize: theme.typography.h6.fontSize, margin: theme.spacing(1, 0, 0) }),
  scroll: css({ overflow: 'auto', maxHeight: theme.spacing(40), margin: 0, fontSize: theme.typography.bodySmall.fontSize }),
  table: css({ width: '100%', '& th, & td': { padding: theme.spacing(0, 1), textAlign: 'left', whiteSpace: 'nowrap' }, '& th': { color: theme.colors.text.secondary } }),
});
