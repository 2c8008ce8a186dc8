import { z } from 'zod';

export const agentStartedData = z.object({ version: z.string(), instance: z.string(), settings: z.record(z.string(), z.string()) });
export const agentStoppedData = z.object({ instance: z.string(), reason: z.string(), uptime_seconds: z.number() });

/** Something that the healer depends on went away or came back. */
export const agentTroubleData = z.object({
  /** docker, redis, model, notifier, clock, log. */
  part: z.string(),
  state: z.enum(['began', 'ended']),
  message: z.string(),
  /** What to do. */
  mend: z.string().optional(),
  seconds: z.number().optional(),
});

/** An entry was put aside after the n-th failure. */
export const deadLetterData = z.object({ stream_id: z.string(), group: z.string(), error: z.string(), deliveries: z.number() });

/** The original's vulnerability scanner. */
export const vulnerabilityAlertData = z.looseObject({ target_url: z.string().optional(), critical_count: z.number().optional() });
