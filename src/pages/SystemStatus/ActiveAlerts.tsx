import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { Section } from '../../components/Section';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone } from '../../components/tone';
import { When } from '../../components/When';
import { agentAlertPath } from '../../constants';
import type { StatusPayload } from '../../contract/observability/payloads';
import { plainText } from '../../contract/story/plain-text';

/** R146 to R157: what fires about the system now; acting on it is done on the page Agents. */
export function ActiveAlerts({ alerts: { alerts, summary } }: Pick<StatusPayload, 'alerts'>) {
  const styles = useStyles2(getStyles);
  const { total_alerts: total, critical, warning, info } = summary;
  return (
    <Section title={t('system.alerts', 'Active alerts')} data-testid={testIds.system.alerts}>
      <p style={{ margin: 0 }}>
        {total === 0 ? t('system.no-alerts', 'None.') : t('system.alert-counts', '{{total}} in all: critical or error {{critical}}, warning {{warning}}, info {{info}}', { total, critical, warning, info })}
      </p>
      {alerts.length > 0 ? (
        <ul className={styles.list}>
          {alerts.map(({ alert_id: id, severity, title, message, timestamp, status }) => (
            <li key={id || title}>
              <Mark tone={severityTone(severity)}>{severity}</Mark> {id ? <TextLink href={agentAlertPath(id)}>{title}</TextLink> : <strong>{title}</strong>} {plainText(message, 300)}{' '}
              <span className={styles.quiet}>
                {status} · <When at={timestamp} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), overflowWrap: 'anywhere' }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
