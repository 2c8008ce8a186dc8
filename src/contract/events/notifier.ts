import { z } from 'zod';

const noticeShape = {
  /** slack, webhook, alertmanager. */
  channel: z.string(),
  /** What the notice tells: `ill`, `approval`, `acted`, `refused`, `resolved`, `gave_up`, `trouble`. */
  kind: z.string(),
  /** The de-duplication key. */
  key: z.string(),
};

export const notificationSentData = z.object({ ...noticeShape, attempts: z.number(), duration_seconds: z.number(), thread: z.string().optional() });
export const notificationFailedData = z.object({ ...noticeShape, attempts: z.number(), error: z.string(), status_code: z.number().optional() });
export const notificationDedupedData = z.object({ ...noticeShape, /** Seconds. */ window_seconds: z.number() });
