import { z } from 'zod';
import { actionSchema, figuresSchema, modelCallSchema } from './common';

/** Which way an analysis took. The original knows only the first two; `rule_based` after a failed model says so in `fallback`. */
export const analysisMethodSchema = z.enum(['ai', 'rule_based', 'manual']);

/** What an analyzer looked at: name, value with its unit, and where it came from. */
export const evidenceSchema = z.object({
  what: z.string(),
  value: z.string(),
  source: z.string().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

const analysisShape = {
  reason: z.string(),
  root_cause: z.string().optional(),
  /** 0..1 */
  confidence: z.number().min(0).max(1),
  analysis_method: analysisMethodSchema,
  /** The rule that decided, where one did. */
  rule: z.string().optional(),
  /** Why the model did not decide although one is set. */
  fallback: z.string().optional(),
  evidence: z.array(evidenceSchema),
  model_calls: z.array(modelCallSchema),
  /** Seconds from reading the alert to this verdict. */
  duration_seconds: z.number(),
  project: z.string().optional(),
};

/** A model was asked; the verdict follows. */
export const analysisStartedData = z.object({ model: z.string(), provider: z.string() });

/** The verdict: something should be done. */
export const remediationNeededData = z.object({
  ...analysisShape,
  action: actionSchema,
  /** Arguments of the action: the argument vector of `exec`. */
  arguments: z.array(z.string()).optional(),
  metrics: figuresSchema,
  /** When the illness was seen, ISO 8601 UTC: the age of this decision is counted from here. */
  alerted_at: z.string().optional(),
  forensics_pending: z.boolean().optional(),
});

/** The verdict: nothing should be done. */
export const falseAlarmData = z.object(analysisShape);
