// Apart from the schemas, so that a page which offers them does not load the schemas.

/** Minutes that notices about an incident may be silenced for (R481). */
export const SILENCE_MINUTES = { min: 5, max: 1440, usual: 60 } as const;
/** Minutes that a maintenance window may last: a week at most. */
export const MAINTENANCE_MINUTES = { min: 1, max: 10_080, usual: 60 } as const;
