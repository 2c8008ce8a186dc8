import { z } from 'zod';
import { anomalySchema, figuresSchema } from './common';

/** A container fell ill, or is still ill (`repeat`). */
export const healthAlertData = z.object({
  /** Docker's short id, 12 characters. */
  container_id: z.string(),
  image: z.string(),
  /** Docker's state word: running, exited, paused, restarting, dead, created. */
  status: z.string(),
  /** healthy, unhealthy, starting, or unknown where no health check is defined. */
  health_status: z.string(),
  exit_code: z.number(),
  oom_killed: z.boolean().optional(),
  restart_count: z.number(),
  metrics: figuresSchema,
  anomalies: z.array(anomalySchema),
  /** When the illness began, ISO 8601 UTC. Time to detection is `time` minus this. */
  ill_since: z.string().optional(),
  /** The same for every alert of one illness; the log gives such alerts one incident. */
  episode: z.string().optional(),
  /** True when the container was already known to be ill. */
  repeat: z.boolean().optional(),
  /** True when a `forensics_captured` event will follow within 2 s. */
  forensics_pending: z.boolean().optional(),
  /** Docker Compose project and service, where the labels name them. */
  project: z.string().optional(),
  service: z.string().optional(),
});

/** A container is well again, or there is nothing left to heal. */
export const containerRecoveredData = z.object({
  container_id: z.string(),
  reason: z.enum(['well', 'removed', 'stopped_on_purpose', 'replaced']),
  health_status: z.string(),
  metrics: figuresSchema,
  episode: z.string().optional(),
  /** Seconds from `ill_since`. */
  ill_for_seconds: z.number().optional(),
});

/** Something happened to a container that is no illness by itself. */
export const containerEventData = z.object({
  container_id: z.string(),
  image: z.string().optional(),
  /** Docker's word: create, start, die, stop, kill, oom, pause, unpause, destroy, restart, health_status. */
  action: z.string(),
  exit_code: z.number().optional(),
  /** True when a person or another program asked for it (a `kill` or `stop` came first). */
  on_purpose: z.boolean().optional(),
  detail: z.string().optional(),
  project: z.string().optional(),
});

/** What was seen of the container before anything was changed: redacted and bounded. */
export const forensicsData = z.object({
  container_id: z.string(),
  /** The last log lines, oldest first. */
  logs: z.array(z.string()),
  /** True when lines or characters were cut. */
  logs_truncated: z.boolean(),
  /** A bounded part of `docker inspect`. */
  inspect: z.record(z.string(), z.unknown()),
  /** `docker top`: titles and rows; absent when the container does not run. */
  top: z.object({ titles: z.array(z.string()), processes: z.array(z.array(z.string())) }).optional(),
  /** Parts that could not be had, with the reason. */
  missing: z.array(z.object({ part: z.string(), reason: z.string() })),
  /** Seconds that the capture took. */
  duration_seconds: z.number(),
  /** How many secrets were blacked out. */
  redactions: z.number(),
});
