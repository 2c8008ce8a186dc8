import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { t } from '../text';

/** Log lines as they were saved, secrets blacked out, in a box that does not grow. */
export function LogTail({ lines }: { lines: readonly string[] }) {
  const styles = useStyles2(getStyles);
  return lines.length === 0 ? (
    <p>{t('story.no-logs', 'No log lines were saved.')}</p>
  ) : (
    <pre className={styles.box} tabIndex={0} aria-label={t('story.log-tail', 'Last log lines')}>
      {lines.join('\n')}
    </pre>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ maxHeight: theme.spacing(40), overflow: 'auto', margin: 0, padding: theme.spacing(1), fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'isolate' }),
});
