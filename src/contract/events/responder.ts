import { z } from 'zod';
import { actionSchema, figuresSchema, guardVerdictSchema, modeSchema } from './common';

/** Exactly what will be done. Its digest is what an approval is bound to. */
export const plannedActionSchema = z.object({
  action: actionSchema,
  /** Container key `host/name`. */
  target: z.string(),
  /** Docker id that the plan was made for; the plan is void when the container was replaced. */
  container_id: z.string().optional(),
  arguments: z.array(z.string()).optional(),
  /** Every container that will be touched, in order: the target first, then those that depend on it. */
  order: z.array(z.string()),
});
export type PlannedAction = z.infer<typeof plannedActionSchema>;

const decisionShape = {
  plan: plannedActionSchema,
  /** SHA-256 of the plan and the incident, hex. */
  digest: z.string(),
  mode: modeSchema,
  /** True when nothing is really done (mode observe, or RESPONDER_DRY_RUN). */
  dry_run: z.boolean(),
  guards: z.array(guardVerdictSchema),
  reason: z.string(),
  /** 0..1 */
  confidence: z.number(),
  project: z.string().optional(),
};

export const approvalRequestedData = z.object({
  ...decisionShape,
  /** ISO 8601 UTC; after this moment the request is void. */
  expires_at: z.string(),
});

export const approvalDecidedData = z.object({
  digest: z.string(),
  decision: z.enum(['approved', 'rejected', 'expired', 'void']),
  user: z.string(),
  reason: z.string().optional(),
});

/** The intent, written before acting. */
export const remediationStartedData = z.object({
  ...decisionShape,
  /** Which attempt for this container in the last hour, from 1. */
  attempt: z.number(),
  /** Who allowed it: `policy`, or the user who approved or ordered it. */
  authorised_by: z.string(),
});

export const RESULT_STATUSES = ['success', 'failed', 'rejected', 'not_applicable'] as const;

export const remediationResultSchema = z.object({
  status: z.enum(RESULT_STATUSES),
  /** `cooldown_active`, `circuit_breaker_open` as in the original, or the guard's name. */
  reason: z.string().optional(),
  error: z.string().optional(),
  remaining_seconds: z.number().optional(),
  retry_count: z.number().optional(),
  /** What was done to each container, in order. */
  steps: z
    .array(z.object({ target: z.string(), action: z.string(), ok: z.boolean(), detail: z.string(), duration_seconds: z.number() }))
    .optional(),
});

export const remediationCompleteData = z.object({
  action: actionSchema,
  result: remediationResultSchema,
  dry_run: z.boolean(),
  reason: z.string(),
  confidence: z.number(),
  mode: modeSchema.optional(),
  digest: z.string().optional(),
  attempt: z.number().optional(),
  guards: z.array(guardVerdictSchema).optional(),
  /** Seconds that the action took; 0 when refused. */
  duration_seconds: z.number().optional(),
  /** When the illness was seen, ISO 8601 UTC. */
  alerted_at: z.string().optional(),
  authorised_by: z.string().optional(),
  project: z.string().optional(),
  metrics: figuresSchema.optional(),
  plan: plannedActionSchema.optional(),
});

/** One side of the proof. */
export const effectSideSchema = z.object({
  from: z.string(),
  to: z.string(),
  samples: z.number(),
  status: z.string(),
  health_status: z.string(),
  /** Means over the window. */
  metrics: figuresSchema,
  restart_count: z.number().optional(),
});

export const VERDICTS = ['helped', 'no_change', 'worse'] as const;

export const remediationVerifiedData = z.object({
  action: actionSchema,
  verdict: z.enum(VERDICTS),
  reason: z.string(),
  before: effectSideSchema,
  after: effectSideSchema,
  /** Seconds from the end of the action to this verdict. */
  duration_seconds: z.number(),
  project: z.string().optional(),
});
