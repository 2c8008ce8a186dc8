import React from 'react';
import type { IncidentAnswer } from '../../contract/api';
import { plainText } from '../../contract/story/plain-text';
import { useNow } from '../../hooks/useNow';
import { actionLabel } from '../IncidentActions/action-words';
import { t } from '../text';
import { When } from '../When';
import { plainName, stateWords } from '../words';

const COARSE_MS = 10_000;

type Told = Pick<IncidentAnswer, 'state' | 'fields'>;

function Refused({ fields }: Told) {
  const { guard = '', guard_reason: reason = '', free_at: freeAt } = fields;
  return (
    <>
      {t('overview.next.refused', 'refused by {{guard}}: {{reason}}', { guard: plainName(guard), reason: plainText(reason, 200) })}
      {freeAt ? (
        <>
          {' '}
          {t('overview.next.free', 'Free')} <When at={freeAt} />
        </>
      ) : null}
    </>
  );
}

function Suppressed({ state, fields }: Told) {
  const { guard, result, decision, decided_by: user, action = '' } = fields;
  if (decision === 'rejected') {
    return <>{t('overview.next.rejected', 'not done: {{user}} said no', { user: user || '–' })}</>;
  }
  if (guard) {
    return <Refused state={state} fields={fields} />;
  }
  return <>{result === 'dry_run' ? t('overview.next.observed', 'observed only: would have done {{action}}', { action: actionLabel(action) }) : t('overview.next.not-applicable', 'nothing that it can do helps here')}</>;
}

function Failed({ fields }: Told) {
  const { verdict = '', verdict_reason: reason = '', action = '' } = fields;
  const done = actionLabel(action);
  return <>{verdict === '' ? t('overview.next.failed', '{{action}} failed', { action: done }) : t('overview.next.no-help', '{{action}} did not help: {{reason}}', { action: done, reason: plainText(reason, 200) })}</>;
}

function Waiting({ fields }: Told) {
  return (
    <>
      {t('overview.next.waits', '{{action}} waits for your answer; the question ends', { action: actionLabel(fields.action ?? '') })} <When at={fields.expires_at} />
    </>
  );
}

function Silenced({ until }: { until: string }) {
  return Date.parse(until) > useNow(COARSE_MS) ? (
    <>
      {' '}
      · {t('overview.next.silenced', 'silenced, ends')} <When at={until} />
    </>
  ) : null;
}

function Step(incident: Told) {
  switch (incident.state) {
    case 'awaiting_approval':
      return <Waiting {...incident} />;
    case 'suppressed':
      return <Suppressed {...incident} />;
    case 'failed':
      return <Failed {...incident} />;
    default:
      return <>{stateWords(incident.state)}</>;
  }
}

/** What happens next with an incident, or why nothing does; and who knows of it. */
export function NextStep({ incident: { state, fields } }: { incident: Told }) {
  const { acknowledged_by: user, silenced_until: until } = fields;
  return (
    <>
      <Step state={state} fields={fields} />
      {user ? <> · {t('overview.next.acknowledged', 'acknowledged by {{user}}', { user })}</> : null}
      {until ? <Silenced until={until} /> : null}
    </>
  );
}
