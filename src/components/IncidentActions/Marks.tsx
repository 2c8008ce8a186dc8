import React from 'react';
import { useNow } from '../../hooks/useNow';
import { t } from '../text';
import { When } from '../When';
import { isSilenced, type ActedIncident } from './incident';

const COARSE_MS = 10_000;

export interface MarksProps {
  incident: ActedIncident;
  className?: string;
}

/** Who has acknowledged and silenced it, until when; nothing where nobody has. */
export function Marks({ incident, className }: MarksProps) {
  const { acknowledged_by: seenBy, acknowledged_at: seenAt, silenced_by: silencedBy, silenced_until: until } = incident.fields;
  const silenced = isSilenced(incident, useNow(COARSE_MS));
  return (
    <>
      {seenBy ? (
        <span className={className}>
          {t('next.acknowledged', 'Acknowledged by {{user}}', { user: seenBy })} <When at={seenAt} />
        </span>
      ) : null}
      {silenced ? (
        <span className={className}>
          {t('next.silenced', 'Silenced by {{user}}, ends', { user: silencedBy ?? '' })} <When at={until} />
        </span>
      ) : null}
    </>
  );
}
