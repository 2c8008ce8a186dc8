import { css } from '@emotion/css';
import { usePluginContext, type GrafanaTheme2 } from '@grafana/data';
import { t } from '../text';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { PLUGIN_ID } from '../../constants';
import { testIds } from '../testIds';
import { When } from '../When';

/** Version (R014), when the page was last read (R015), and where to read more (R013). @param at milliseconds since 1970 */
export function PageFooter({ at }: { at: number | undefined }) {
  const styles = useStyles2(getStyles);
  const info = usePluginContext()?.meta.info;
  return (
    <footer className={styles.footer} data-testid={testIds.page.footer}>
      <span>HemoStat {info?.version}</span>
      <span>
        {t('footer.updated', 'Last update')}: {at === undefined ? t('footer.never', 'not yet') : <When at={at} />}
      </span>
      <TextLink href={`/plugins/${PLUGIN_ID}`} inline={false} variant="bodySmall">
        {t('footer.documentation', 'Documentation')}
      </TextLink>
      {info?.links.map(({ name, url }) => (
        <TextLink key={url} href={url} external inline={false} variant="bodySmall">
          {name}
        </TextLink>
      ))}
    </footer>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  footer: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, marginTop: 'auto', paddingTop: theme.spacing(1) }),
});
