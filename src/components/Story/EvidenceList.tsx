import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import type { Evidence } from '../../contract/events';
import { t } from '../text';

/** What the analysis looked at: name, value with its unit, where it came from. */
export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  const styles = useStyles2(getStyles);
  if (evidence.length === 0) {
    return <p>{t('story.no-evidence', 'None was recorded.')}</p>;
  }
  return (
    <dl className={styles.list}>
      {evidence.map(({ what, value, source }, index) => (
        <React.Fragment key={`${what} ${index}`}>
          <dt>{what}</dt>
          <dd>
            {value}
            {source ? <span className={styles.source}> {source}</span> : null}
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, max-content) minmax(0, 1fr)',
    gap: theme.spacing(0.25, 2),
    margin: 0,
    overflowWrap: 'anywhere',
    '& dt': { fontWeight: theme.typography.fontWeightRegular, color: theme.colors.text.secondary },
    '& dd': { margin: 0 },
  }),
  source: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
