import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import type { EventOf } from '../../contract/events';
import { testIds } from '../testIds';
import { t } from '../text';
import { When } from '../When';
import { actionLabel, actionWords, type OrderedAction } from './action-words';

/** Characters of a digest that a person compares. */
export const SHORT_DIGEST = 12;

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

const doesWhat = (action: string): string => {
  const words = actionWords();
  return Object.hasOwn(words, action) ? words[action as OrderedAction].does : '';
};

/** Exactly what waits for approval: the action, all that it touches, who asks, until when, and the digest that an answer is bound to. */
export function PlanBox({ asked: { agent, time, data } }: { asked: EventOf<'approval_requested'> }) {
  const styles = useStyles2(getStyles);
  const { plan, guards, digest } = data;
  const allowed = guards.filter((guard) => guard.allowed).length;
  const others = plan.order.filter((key) => key !== plan.target);
  return (
    <dl className={styles.list} data-testid={testIds.actions.plan}>
      <Line name={t('actions.plan-action', 'Action')}>
        <strong>{actionLabel(plan.action)}</strong> {doesWhat(plan.action)}
      </Line>
      <Line name={t('actions.plan-target', 'Container')}>
        <code>{plan.target}</code>
      </Line>
      {plan.arguments ? (
        <Line name={t('actions.plan-arguments', 'Arguments')}>
          <code>{JSON.stringify(plan.arguments)}</code>
        </Line>
      ) : null}
      <Line name={t('actions.plan-touches', 'Touches as well')}>{others.length > 0 ? others.join(', ') : t('actions.plan-nothing-else', 'no other container')}</Line>
      <Line name={t('actions.plan-why', 'Why')}>
        {data.reason} ({t('actions.plan-confidence', 'confidence {{confidence}}', { confidence: data.confidence.toFixed(2) })})
      </Line>
      <Line name={t('actions.plan-guards', 'Guards')}>{t('actions.plan-guards-count', '{{allowed}} allow it, {{refused}} refuse it; they are asked again before it is done', { allowed, refused: guards.length - allowed })}</Line>
      <Line name={t('actions.plan-asked', 'Asked by')}>
        {agent}, <When at={time} />
      </Line>
      <Line name={t('actions.plan-expires', 'Expires')}>
        <When at={data.expires_at} />
      </Line>
      <Line name={t('actions.plan-digest', 'Digest')}>
        <code title={digest}>{digest.slice(0, SHORT_DIGEST)}</code> {t('actions.plan-digest-why', 'Your answer holds for exactly this action.')}
      </Line>
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: 'max-content minmax(0, 1fr)',
    gap: theme.spacing(0.5, 2),
    marginBottom: theme.spacing(2),
    overflowWrap: 'anywhere',
    '& dt': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    '& dd': { margin: 0 },
  }),
});
