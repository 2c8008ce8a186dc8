import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { FirstRun } from '../../components/FirstRun/FirstRun';
import { useStatus } from '../../components/Page/status';
import { Links } from './Links';
import { SettingsForm } from './SettingsForm';

/** Pages take their settings when they are made: the whole app is loaded anew. */
export const loadAnew = (): void => window.location.reload();

/** Which data source the pages read, how often, in which zone; and what is missing before they can. */
function Configuration() {
  const styles = useStyles2(getStyles);
  const { value, failure } = useStatus();
  return (
    <div className={styles.columns}>
      <SettingsForm reload={loadAnew} />
      <div className={styles.side}>
        {value || failure ? <FirstRun status={value} failure={failure} here /> : null}
        <Links />
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  columns: css({ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)', gap: theme.spacing(4), [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'minmax(0, 1fr)' } }),
  side: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(3) }),
});

export default Configuration;
