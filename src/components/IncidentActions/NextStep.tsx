import React, { type ReactNode } from 'react';
import { readable } from '../Story/readable';
import { plainName } from '../words';
import { t } from '../text';
import { When } from '../When';
import { actionLabel } from './action-words';
import type { ActedIncident } from './incident';

type Fields = ActedIncident['fields'];

/** `limit 1 h, measured 48 min`, as far as known. */
function measuredWords({ guard_limit, guard_measured, guard_reason: reason }: Fields): string {
  const [limit, measured] = [readable(guard_limit), readable(guard_measured)];
  const parts = [limit ? t('next.limit', 'limit {{limit}}', { limit }) : '', measured ? t('next.measured', 'measured {{measured}}', { measured }) : ''].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : (reason ?? '');
}

function Refused({ fields }: { fields: Fields }) {
  return (
    <>
      {t('next.refused', '{{guard}} refuses {{action}}', { guard: plainName(fields.guard ?? ''), action: actionLabel(fields.action ?? '') })} ({measuredWords(fields)})
      {fields.free_at ? (
        <>
          {', '}
          {t('next.free', 'free')} <When at={fields.free_at} />
        </>
      ) : null}
    </>
  );
}

const DECISIONS: Record<string, (fields: Fields) => string> = {
  rejected: ({ decided_by: user = '' }) => t('next.rejected', 'rejected by {{user}}', { user }),
  expired: () => t('next.expired', 'nobody approved it in time'),
  void: () => t('next.void', 'the approval became void'),
};

function NotActed({ fields }: { fields: Fields }) {
  const { result, guard, decision = '', reason = '', action = '' } = fields;
  if (result === 'dry_run') {
    return <>{t('next.observed', 'Observed only: {{action}} would have been done', { action: actionLabel(action) })}</>;
  }
  if (guard) {
    return <Refused fields={fields} />;
  }
  if (Object.hasOwn(DECISIONS, decision)) {
    return <>{DECISIONS[decision]?.(fields)}</>;
  }
  return <>{t('next.person', 'Needs a person: {{reason}}', { reason: reason || t('next.no-reason', 'HemoStat knows no action that fits') })}</>;
}

function Failed({ fields: { action = '', verdict, verdict_reason: why = '' } }: { fields: Fields }) {
  const what = actionLabel(action);
  if (verdict === 'worse') {
    return <>{t('next.worse', 'Needs a person: {{action}} made it worse. {{why}}', { action: what, why })}</>;
  }
  return <>{verdict ? t('next.no-change', 'Needs a person: {{action}} did not help. {{why}}', { action: what, why }) : t('next.failed', 'Needs a person: {{action}} failed', { action: what })}</>;
}

const since = (words: string, at: string | undefined): ReactNode => (
  <>
    {words}{' '}
    {at ? <When at={at} /> : null}
  </>
);

/** What will happen next and when, or why nothing will: guard, limit, measured value, and when it is free. */
export function NextStep({ incident: { state, fields } }: { incident: ActedIncident }) {
  const action = actionLabel(fields.action ?? '');
  switch (state) {
    case 'open':
    case 'analyzing':
      return <>{t('next.analyzing', 'HemoStat looks for the cause, then acts or asks')}</>;
    case 'awaiting_approval':
      return since(t('next.waits', 'An Admin may approve {{action}}; the request expires', { action }), fields.expires_at);
    case 'remediating':
      return since(t('next.acting', '{{action}} is being done; begun', { action }), fields.started_at);
    case 'verifying':
      return since(t('next.verifying', 'Measures whether {{action}} helped; done', { action }), fields.acted_at);
    case 'failed':
      return <Failed fields={fields} />;
    case 'suppressed':
      return <NotActed fields={fields} />;
    default:
      return since(t('next.ended', 'Ended'), fields.ended_at);
  }
}
