import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { t } from '../../components/text';
import { DATASOURCE_TYPE, PLUGIN_ID } from '../../constants';
import { inGrafana } from './Configuration.hooks';

interface Lead {
  href: string;
  title: string;
  text: string;
}

/** Uids as provisioning sets them. */
const leads = (): Lead[] => [
  { href: '/dashboards/f/hemostat', title: t('configuration.links.folder', 'Dashboards'), text: t('configuration.links.folder-text', 'The folder HemoStat: every figure over time.') },
  { href: '/d/hemostat-overview', title: t('configuration.links.overview', 'Dashboard overview'), text: t('configuration.links.overview-text', 'Containers, alerts and remediations on one sheet.') },
  { href: '/d/hemostat-itself', title: t('configuration.links.itself', 'Dashboard of the healer itself'), text: t('configuration.links.itself-text', 'Agents, lag, Redis.') },
  { href: '/alerting/list?search=label:product=hemostat', title: t('configuration.links.rules', 'Alert rules'), text: t('configuration.links.rules-text', 'When somebody is called.') },
  { href: `/connections/datasources/${DATASOURCE_TYPE}`, title: t('configuration.links.source', 'Add a data source'), text: t('configuration.links.source-text', 'Another HemoStat, on another Redis.') },
  { href: `/plugins/${PLUGIN_ID}`, title: t('configuration.links.documentation', 'Documentation'), text: t('configuration.links.documentation-text', 'What HemoStat sees, decides and does.') },
];

/** What belongs to HemoStat elsewhere in Grafana. */
export function Links() {
  const styles = useStyles2(getStyles);
  return (
    <section aria-labelledby="hemostat-links">
      <h2 id="hemostat-links" className={styles.title}>
        {t('configuration.links.title', 'Elsewhere in Grafana')}
      </h2>
      {inGrafana() ? (
        <ul className={styles.list}>
          {leads().map(({ href, title, text }) => (
            <li key={href}>
              <TextLink href={href}>{title}</TextLink> <span className={styles.text}>{text}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className={styles.text}>{t('configuration.links.preview', 'Dashboards and alert rules need Grafana; this is the preview without it.')}</p>
      )}
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  title: css({ fontSize: theme.typography.h4.fontSize, marginBottom: theme.spacing(1) }),
  list: css({ listStyle: 'none', display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  text: css({ color: theme.colors.text.secondary }),
});
