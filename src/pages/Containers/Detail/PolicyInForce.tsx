import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { allFields, originWords, valueAt, valueText } from '../../../components/PolicyFields/fields';
import { Section } from '../../../components/Section';
import { t } from '../../../components/text';
import { pagePath } from '../../../constants';
import type { EffectivePolicyAnswer } from '../../../contract/api';
import { useUrlState } from '../../../hooks/useUrlState';

/** What may be done to it, each value with where it comes from; what is as built in on demand. */
export function PolicyInForce({ policy }: { policy: EffectivePolicyAnswer }) {
  const styles = useStyles2(getStyles);
  const [{ policy: shown }, setUrl] = useUrlState('policy');
  const all = shown[0] === 'all';
  const fields = allFields();
  const originOf = (path: string) => policy.origins[path] ?? 'default';
  // The mode is what everybody asks for first, also when nobody has set it.
  const rows = fields.filter(({ path }) => all || path === 'mode' || originOf(path) !== 'default');
  return (
    <Section
      title={t('containers.policy', 'What may be done to it')}
      actions={
        <TextLink href={pagePath('policy')} inline={false}>
          {t('containers.policy-page', 'Policy')}
        </TextLink>
      }
    >
      <div>{policy.enabled_reason}</div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('containers.policy-name', 'What')}</th>
            <th scope="col">{t('containers.policy-value', 'Value')}</th>
            <th scope="col">{t('containers.policy-origin', 'Comes from')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ path, kind, label, help }) => (
            <tr key={path}>
              <th scope="row" title={help}>
                {label}
              </th>
              <td>{valueText(kind, valueAt(policy, path))}</td>
              <td className={styles.origin}>{originWords(originOf(path))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button size="sm" variant="secondary" fill="text" className={styles.more} aria-expanded={all} onClick={() => setUrl({ policy: all ? '' : 'all' })}>
        {all ? t('containers.policy-less', 'Show only what was set') : t('containers.policy-more', 'Show all {{count}} values', { count: fields.length })}
      </Button>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({ maxWidth: 900, 'td, th': { padding: theme.spacing(0.5, 1), textAlign: 'left', verticalAlign: 'top', fontWeight: theme.typography.fontWeightRegular, overflowWrap: 'anywhere' }, 'thead th': { color: theme.colors.text.secondary }, tr: { borderBottom: `1px solid ${theme.colors.border.weak}` } }),
  origin: css({ color: theme.colors.text.secondary }),
  more: css({ alignSelf: 'flex-start' }),
});
