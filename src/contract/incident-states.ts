// Apart from the fold and the schemas, so that a page which knows the states does not load those.

export const INCIDENT_STATES = [
  'open',
  'analyzing',
  'awaiting_approval',
  'remediating',
  'verifying',
  'resolved',
  'recovered_alone',
  'false_alarm',
  'failed',
  'suppressed',
] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** The story is over and the container is free for a new incident. */
export const ENDED_STATES: readonly IncidentState[] = ['resolved', 'recovered_alone', 'false_alarm'];
/** Nothing more will be done by itself, but the container is still ill. */
export const SETTLED_STATES: readonly IncidentState[] = ['failed', 'suppressed'];
