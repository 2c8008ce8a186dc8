import { z } from 'zod';
import { querySchema } from '../../contract/query';

const check = z.object({ name: z.string(), ok: z.boolean(), message: z.string(), mend: z.string().optional() });

/** R486. Says of the sources what was seen last, without waiting for them. */
export const healthSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  reason: z.string().optional(),
  checks: z.object({
    dashboard: z.boolean().describe('True once an observer has looked at the system: the dashboard calls are answered.'),
    last_refresh: z.string().nullable().describe('When the dashboard was made last in the background.'),
    data_sources: z.record(z.string(), z.boolean()).describe('By source (redis, logs, traces, metrics, errors, alerts): true when it answers, whether or not it holds anything.'),
  }),
});
export type HealthBody = z.infer<typeof healthSchema>;

export const readySchema = z.object({ status: z.enum(['ready', 'not_ready']), message: z.string(), checks: z.array(check) });
export type ReadyBody = z.infer<typeof readySchema>;

/** Milliseconds since 1970 (also as text), or ISO 8601. */
const instant = z.union([z.number(), z.string().min(1).max(40)]);

/** Each query is checked by itself, so that one that cannot be read does not fail the others. */
export const queryBodySchema = z.object({
  queries: z.array(z.looseObject({ ...querySchema.pick({ refId: true }).shape, maxDataPoints: z.number().optional(), intervalMs: z.number().optional() })).min(1).max(50),
  range: z.object({ from: instant, to: instant }),
  maxDataPoints: z.number().min(1).max(20_000).default(1000),
  intervalMs: z.number().min(1).max(86_400_000).default(1000),
});

const frame = z.object({ schema: z.looseObject({}), data: z.looseObject({ values: z.array(z.array(z.unknown())) }) });
export const queryAnswerSchema = z.object({
  results: z.record(z.string(), z.union([z.object({ status: z.number(), frames: z.array(frame) }), z.object({ status: z.number(), error: z.string(), errorSource: z.enum(['plugin', 'downstream']) })])).describe('By refId.'),
});
