import { Stack, type ButtonProps } from '@grafana/ui';
import React, { useState, type ReactNode } from 'react';
import { useAction, type ActionName } from '../../hooks/useAction';
import { useNow } from '../../hooks/useNow';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';
import { actionLabel } from './action-words';
import { DecideModal } from './DecideModal';
import { hasEnded, isSilenced, waitsForApproval, type ActedIncident } from './incident';
import { RemediateModal } from './RemediateModal';
import { ResolveModal } from './ResolveModal';
import { SilenceModal } from './SilenceModal';

export type IncidentActionName = 'decide' | 'remediate' | 'acknowledge' | 'silence' | 'resolve';

export interface IncidentActionsProps {
  incident: ActedIncident;
  /** Those to offer where they make sense; all when not given. */
  only?: readonly IncidentActionName[];
  size?: ButtonProps['size'];
}

type Question = 'decide' | 'remediate' | 'silence' | 'resolve';
interface Look extends Pick<ButtonProps, 'size' | 'variant' | 'fill'> {
  'data-testid': string;
}

/** An action that needs no question, as it can be taken back or hurts nobody. */
function AtOnce({ name, incident, hint, children, ...look }: Look & { name: ActionName; incident: string; hint?: string; children: string }) {
  const { run, running } = useAction(name);
  return (
    <RoleButton needs="Editor" hint={hint} whyNot={running ? t('actions.running', 'This is being sent.') : undefined} onClick={() => void run({ incident })} {...look}>
      {children}
    </RoleButton>
  );
}

/** What makes sense for the incident as it stands, most urgent first. */
function offersFor(incident: ActedIncident, silenced: boolean): Array<IncidentActionName | 'unsilence'> {
  const { key, acknowledged_by: seen } = incident.fields;
  const first: IncidentActionName[] = waitsForApproval(incident) ? ['decide'] : key ? ['remediate'] : [];
  return [...first, ...(seen ? [] : ['acknowledge' as const]), silenced ? 'unsilence' : 'silence', 'resolve'];
}

function Modals({ question, incident, close }: { question: Question; incident: ActedIncident; close: () => void }) {
  switch (question) {
    case 'decide':
      return <DecideModal incident={incident} close={close} />;
    case 'remediate':
      return <RemediateModal container={incident.fields.key ?? ''} suggested={incident.fields.action} close={close} />;
    case 'silence':
      return <SilenceModal incident={incident} close={close} />;
    case 'resolve':
      return <ResolveModal incident={incident} close={close} />;
  }
}

/** What a person can do about an incident as it stands now. Nothing when it has ended. */
export function IncidentActions({ incident, only, size = 'sm' }: IncidentActionsProps) {
  const silenced = isSilenced(incident, useNow(10_000));
  // Kept here, not with its button: a refresh may take the button away while the question is being read.
  const [asked, setAsked] = useState<{ question: Question; incident: ActedIncident }>();
  const ask = (question: Question) => () => setAsked({ question, incident });
  const buttons: Record<IncidentActionName | 'unsilence', ReactNode> = {
    decide: (
      <RoleButton key="decide" needs="Admin" size={size} variant="primary" onClick={ask('decide')} data-testid={testIds.actions.decide}>
        {t('actions.decide', 'Approve {{action}} …', { action: actionLabel(incident.fields.action ?? '') })}
      </RoleButton>
    ),
    remediate: (
      <RoleButton key="remediate" needs="Admin" size={size} variant="secondary" onClick={ask('remediate')} data-testid={testIds.actions.remediate}>
        {t('actions.remediate', 'Remediate now …')}
      </RoleButton>
    ),
    acknowledge: (
      <AtOnce key="acknowledge" name="acknowledge" incident={incident.id} size={size} variant="secondary" hint={t('actions.acknowledge-what', 'Tells the others that you look at it; healing goes on.')} data-testid={testIds.actions.acknowledge}>
        {t('actions.acknowledge', 'Acknowledge')}
      </AtOnce>
    ),
    silence: (
      <RoleButton key="silence" needs="Editor" size={size} variant="secondary" onClick={ask('silence')} data-testid={testIds.actions.silence}>
        {t('actions.silence-open', 'Silence …')}
      </RoleButton>
    ),
    unsilence: (
      <AtOnce key="unsilence" name="unsilence" incident={incident.id} size={size} variant="secondary" hint={t('actions.unsilence-what', 'Notices about it are sent again.')} data-testid={testIds.actions.unsilence}>
        {t('actions.unsilence', 'End silence')}
      </AtOnce>
    ),
    resolve: (
      <RoleButton key="resolve" needs="Editor" size={size} variant="secondary" fill="outline" onClick={ask('resolve')} data-testid={testIds.actions.resolve}>
        {t('actions.resolve', 'Close …')}
      </RoleButton>
    ),
  };
  const offered = hasEnded(incident) ? [] : offersFor(incident, silenced).filter((name) => only === undefined || only.includes(name === 'unsilence' ? 'silence' : name));
  return (
    <>
      {offered.length > 0 ? (
        <Stack direction="row" gap={1} wrap="wrap">
          {offered.map((name) => buttons[name])}
        </Stack>
      ) : null}
      {asked ? <Modals {...asked} close={() => setAsked(undefined)} /> : null}
    </>
  );
}
