import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { costText } from '../../components/cost';
import { Section } from '../../components/Section';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { When } from '../../components/When';
import type { ModelCall } from '../../contract/events';
import { durationText } from '../../contract/story/time';
import { totalsOf } from './Incident.utils';

const SHORT_HASH = 12;

/** Each call of a language model: what it was asked (as a hash), what it took and cost. */
export function ModelCalls({ calls }: { calls: readonly ModelCall[] }) {
  const styles = useStyles2(getStyles);
  const { input, output, cost } = totalsOf(calls);
  return (
    <Section title={t('incident.models', 'Model calls')}>
      <p className={styles.quiet}>
        {t('incident.model-totals', '{{count}} calls, {{input}} tokens in, {{output}} tokens out, {{cost}}', { count: calls.length, input, output, cost: cost === undefined ? t('incident.no-price', 'no price set') : costText(cost) })}
      </p>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('incident.models', 'Model calls')}>
        <table className={styles.table} data-testid={testIds.incident.models}>
          <thead>
            <tr>
              <th scope="col">{t('incident.model', 'Model')}</th>
              <th scope="col">{t('incident.outcome', 'Outcome')}</th>
              <th scope="col">{t('incident.tokens', 'Tokens in / out')}</th>
              <th scope="col">{t('incident.cost', 'Cost')}</th>
              <th scope="col">{t('incident.took', 'Took')}</th>
              <th scope="col">{t('incident.prompt', 'Prompt (SHA-256)')}</th>
              <th scope="col">{t('incident.asked-at', 'Asked')}</th>
            </tr>
          </thead>
          <tbody>
            {calls.map((call, index) => (
              <tr key={`${call.started_at} ${index}`}>
                <th scope="row">
                  {call.model} <span className={styles.quiet}>{call.provider}</span>
                </th>
                <td>
                  {call.outcome}
                  {call.error ? `: ${call.error}` : ''}
                </td>
                <td>
                  {call.input_tokens} / {call.output_tokens}
                </td>
                <td>{call.cost_usd === undefined ? '–' : costText(call.cost_usd)}</td>
                <td>{durationText(call.duration_seconds * 1000)}</td>
                <td>
                  <code title={call.prompt_hash}>{call.prompt_hash.slice(0, SHORT_HASH)}</code>
                </td>
                <td>
                  <When at={call.started_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  quiet: css({ color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular, margin: 0 }),
  scroll: css({ overflowX: 'auto' }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    '& th, & td': { padding: theme.spacing(0.25, 1), textAlign: 'left', verticalAlign: 'top' },
    '& thead th': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
  }),
});
