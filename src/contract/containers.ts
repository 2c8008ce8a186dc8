import { z } from 'zod';
import { figuresSchema } from './events';

/** What the monitor last saw of a container; one field of the hash `containers`. */
export const containerStateSchema = z.object({
  host: z.string(),
  container: z.string(),
  /** Full Docker id. */
  container_id: z.string(),
  image: z.string(),
  image_id: z.string().optional(),
  /** running, exited, paused, restarting, dead, created, removed. */
  status: z.string(),
  /** healthy, unhealthy, starting, unknown. */
  health_status: z.string(),
  exit_code: z.number(),
  oom_killed: z.boolean(),
  restart_count: z.number(),
  /** ISO 8601 UTC as Docker gives it; absent when it never started. */
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  /** When a person stopped or started it by hand last, ISO 8601 UTC. */
  manual_stop_at: z.string().optional(),
  manual_start_at: z.string().optional(),
  /** no, on-failure, always, unless-stopped. */
  restart_policy: z.string(),
  /** Only the labels that HemoStat reads: hemostat.*, autoheal*, com.docker.compose.{project,service,depends_on}. */
  labels: z.record(z.string(), z.string()),
  project: z.string(),
  service: z.string(),
  /** Container keys that this one depends on: its network parent and its compose dependencies. */
  depends_on: z.array(z.string()),
  /** Container key whose network it shares, else empty. */
  network_parent: z.string(),
  metrics: figuresSchema,
  /** True while the monitor holds it to be ill. */
  ill: z.boolean(),
  ill_since: z.string().optional(),
  episode: z.string().optional(),
  /** Alerts of this illness that stand in the log; what a monitor that takes over goes on from. */
  alerts: z.number().optional(),
  /** When this was written, ISO 8601 UTC. */
  seen_at: z.string(),
});
export type ContainerState = z.infer<typeof containerStateSchema>;
