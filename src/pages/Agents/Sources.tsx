import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, useStyles2 } from '@grafana/ui';
import React from 'react';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import type { SourceName, SourceState } from '../../contract/observability/schemas';
import { plainText } from '../../contract/story/plain-text';

const sourceWords = (source: SourceName): string =>
  ({
    logs: t('agents.source-logs', 'Logs'),
    traces: t('agents.source-traces', 'Traces'),
    metrics: t('agents.source-metrics', 'Figures'),
    errors: t('agents.source-errors', 'Errors'),
    alerts: t('agents.source-alerts', 'Alerts'),
  })[source];

/** Sources that did not answer, beside what the others gave (R368). */
export function FailedSources({ sources }: { sources: readonly SourceState[] }) {
  const failed = sources.filter(({ ok }) => !ok);
  return failed.length === 0 ? null : (
    <div data-testid={testIds.agents.sources}>
      {failed.map(({ source, from, error, mend }) => (
        <Alert key={source} severity="warning" title={t('agents.source-failed', '{{source}} cannot be read from {{from}}', { source: sourceWords(source), from })}>
          {plainText(error ?? '', 300)} {plainText(mend ?? '', 300)}
        </Alert>
      ))}
    </div>
  );
}

/** What the answers leave out, such as what retention has removed. */
export function SourceNotices({ sources }: { sources: readonly SourceState[] }) {
  const styles = useStyles2(getStyles);
  const notices = sources.flatMap(({ source, notices: told }) => told.map((notice) => `${sourceWords(source)}: ${plainText(notice, 300)}`));
  return (
    <>
      {notices.map((notice) => (
        <div key={notice} className={styles.notice}>
          {notice}
        </div>
      ))}
    </>
  );
}

/** In place of "none": it is not known. */
export const Unread = ({ state }: { state: SourceState }) => <p>{t('agents.unread', 'Not known: {{source}} cannot be read from {{from}}.', { source: sourceWords(state.source), from: state.from })}</p>;

const getStyles = (theme: GrafanaTheme2) => ({
  notice: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
