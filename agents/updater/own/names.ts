import { EVENT_TYPES } from '../../../src/contract/events';

/** Shares of failures that HemoStat knows of itself. */
export const OWN_RATES = ['ill_time', 'failed_remediations', 'failed_work'] as const;
export type OwnRate = (typeof OWN_RATES)[number];

/** Series that HemoStat has of itself: how many events of a type there were, an hour or a minute each. */
export const OWN_FIGURES = EVENT_TYPES;
export type OwnFigure = (typeof OWN_FIGURES)[number];

/** The metrics of the exporter that show the same: panels that query them are affected. */
export const OWN_RATE_METRICS: Readonly<Record<OwnRate, readonly string[]>> = {
  ill_time: ['hemostat_container_ill', 'hemostat_incidents_active', 'hemostat_incidents_opened_total'],
  failed_remediations: ['hemostat_remediation_attempts_total'],
  failed_work: ['hemostat_dead_letters_total', 'hemostat_agent_dead_letters_total'],
};
