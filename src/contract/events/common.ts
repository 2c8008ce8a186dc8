import { z } from 'zod';

/** What one container uses at one moment. Unknown is absent, never 0. */
export const figuresSchema = z.object({
  /** Percent of one CPU; passes 100 on many cores. */
  cpu_percent: z.number().optional(),
  /** Percent of the memory limit, page cache left out, 0..100. */
  memory_percent: z.number().optional(),
  /** Bytes, page cache left out. */
  memory_usage: z.number().optional(),
  /** Bytes. */
  memory_limit: z.number().optional(),
  /** Bytes since the container started. */
  network_rx_bytes: z.number().optional(),
  /** Bytes since the container started. */
  network_tx_bytes: z.number().optional(),
  /** Bytes since the container started. */
  blkio_read_bytes: z.number().optional(),
  /** Bytes since the container started. */
  blkio_write_bytes: z.number().optional(),
});
export type Figures = z.infer<typeof figuresSchema>;

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

export const ANOMALY_TYPES = [
  'high_cpu',
  'high_memory',
  'unhealthy_status',
  'non_zero_exit',
  'excessive_restarts',
  'oom_killed',
  'restart_loop',
  'lost_parent_network',
] as const;

/** One finding of the monitor. `type` is open, since the original's monitor may name others. */
export const anomalySchema = z.object({
  type: z.string(),
  severity: severitySchema,
  /** The limit that was passed, in the unit of the anomaly (percent for CPU and memory, a count for restarts). */
  threshold: z.number().optional(),
  /** The measured value, same unit. */
  actual: z.number().optional(),
  /** Docker's health word, for `unhealthy_status`. */
  status: z.string().optional(),
  exit_code: z.number().optional(),
  restart_count: z.number().optional(),
  /** One sentence for a person. */
  detail: z.string().optional(),
});
export type Anomaly = z.infer<typeof anomalySchema>;

/** `scale_up` and `cleanup` are the original's words (its documents say `scale`). */
export const ACTIONS = ['restart', 'start', 'stop', 'scale_up', 'cleanup', 'exec', 'none'] as const;
export const actionSchema = z.enum(ACTIONS);
export type Action = z.infer<typeof actionSchema>;

export const MODES = ['observe', 'approve', 'auto'] as const;
export const modeSchema = z.enum(MODES);
export type Mode = z.infer<typeof modeSchema>;

/** One answer of one guard: why an action may or may not be done. */
export const guardVerdictSchema = z.object({
  guard: z.string(),
  allowed: z.boolean(),
  /** The limit in words with its unit, as a person reads it: `3600 s`, `3 an hour`. */
  limit: z.string().optional(),
  /** The measured value in words with its unit. */
  measured: z.string().optional(),
  /** When the guard lets go, ISO 8601 UTC; absent when it never does by itself. */
  free_at: z.string().optional(),
  reason: z.string(),
});
export type GuardVerdict = z.infer<typeof guardVerdictSchema>;

/** One call of a language model. */
export const modelCallSchema = z.object({
  model: z.string(),
  provider: z.string(),
  started_at: z.string(),
  /** Seconds. */
  duration_seconds: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  /** US dollars; absent when no price is set for the model. */
  cost_usd: z.number().optional(),
  /** SHA-256 of the prompt, hex: tells equal prompts without keeping them. */
  prompt_hash: z.string(),
  finish_reason: z.string(),
  /** `ok`, `invalid` (no answer of the wanted form), `timeout`, `error`, `refused` (breaker or budget). */
  outcome: z.enum(['ok', 'invalid', 'timeout', 'error', 'refused']),
  /** Redacted and bounded. */
  error: z.string().optional(),
  /** The raw answer, redacted and bounded, for replay. */
  answer: z.string().optional(),
});
export type ModelCall = z.infer<typeof modelCallSchema>;
