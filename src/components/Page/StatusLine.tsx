import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '../text';
import { Alert, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { StatusAnswer } from '../../contract/api';
import type { Resource } from '../../hooks/useResource';
import { PauseButton } from '../PauseButton/PauseButton';
import { Failed } from '../State/Failed';
import { testIds } from '../testIds';
import { toneColor } from '../tone';
import { When } from '../When';
import { statusWords } from './status-words';

/** The first thing that a person reads: who is ill, what waits, what the healer may do, and how it is itself (R009, R010). */
export function StatusLine({ status: { value, failure, reload } }: { status: Resource<StatusAnswer> }) {
  const styles = useStyles2(getStyles);
  if (value === undefined) {
    return failure ? <Failed failure={failure} retry={reload} /> : <div className={styles.line} aria-hidden />;
  }
  const well = value.ok && !failure;
  return (
    <>
      <div className={styles.bar}>
        <div className={styles.line} data-testid={testIds.page.status} role="status">
          <span className={well ? styles.well : styles.ill} aria-hidden>
            ●
          </span>
          <span>{statusWords(value)}</span>
        </div>
        <PauseButton paused={value.paused} />
      </div>
      {failure ? <Failed failure={failure} retry={reload} stale /> : null}
      {value.paused ? (
        <Alert severity="warning" title={t('status.paused', 'Paused by {{user}}: nothing is done until it is resumed', { user: value.paused.user })} data-testid={testIds.page.banner}>
          {value.paused.reason} <When at={value.paused.since} />
        </Alert>
      ) : null}
      {value.ok ? null : (
        <Alert severity="error" title={t('status.ill', 'HemoStat itself is not well')} data-testid={testIds.page.banner}>
          <ul className={styles.problems}>
            {value.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', justifyContent: 'space-between', gap: theme.spacing(1) }),
  line: css({ display: 'flex', gap: theme.spacing(1), minHeight: theme.spacing(3), fontSize: theme.typography.h5.fontSize }),
  well: css({ color: toneColor(theme, 'well') }),
  ill: css({ color: toneColor(theme, 'ill') }),
  problems: css({ paddingLeft: theme.spacing(2) }),
});
