import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import type { StatusAnswer } from '../../contract/api';
import { useResource } from '../../hooks/useResource';
import { testIds } from '../testIds';
import { PageFooter } from './PageFooter';
import { StatusLine } from './StatusLine';
import { StatusContext } from './status';

/** What stands around the content of every page: how the healer is, and which version shows it since when. */
export function PageFrame({ children }: { children: ReactNode }) {
  const styles = useStyles2(getStyles);
  const status = useResource<StatusAnswer>('status');
  return (
    <div className={styles.frame} data-testid={testIds.page.frame}>
      <StatusLine status={status} />
      <StatusContext.Provider value={status}>{children}</StatusContext.Provider>
      <PageFooter at={status.at} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), flexGrow: 1, minWidth: 0 }),
});
