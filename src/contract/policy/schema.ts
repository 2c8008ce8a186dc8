import { z } from 'zod';
import { actionSchema, modeSchema, type Action } from '../events/common';
import { isTimeZone } from './windows';

const duration = z.number().min(0).max(31_536_000);
const count = z.int().min(0).max(1_000_000);

const SHELLS = ['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'busybox', 'env', 'xargs', 'sudo', 'nsenter'];

/** One allowed command: an argument vector. An argument that ends in `*` stands for every argument with that beginning. */
export const execPatternSchema = z
  .array(z.string().min(1).max(1000))
  .min(1)
  .max(64)
  .refine((words) => !(words[0] ?? '').includes('*'), 'the program itself must be written out, without *')
  .refine((words) => !(SHELLS.includes((words[0] ?? '').split('/').at(-1) ?? '') && words.some((word) => word.includes('*'))), {
    message: 'a shell or launcher must be allowed with exact arguments only, without *',
  });

const breaker = {
  /** Failed or useless actions of one container that open the breaker. */
  failures: z.int().min(1).max(1000),
  window_seconds: z.number().min(1).max(31_536_000),
};

const blastRadius = {
  /** Different containers that may be touched within an hour, over all hosts. */
  containers_per_hour: count,
  /** The same within one compose project. */
  per_project_per_hour: count,
  /** 0..1: share of all known containers that may be touched within an hour. */
  fleet_share: z.number().min(0).max(1),
  /** So many are allowed whatever the share says, so that a small fleet is not paralysed. */
  fleet_share_min: count,
};

/** What can be said of one container. */
const plain = {
  mode: modeSchema,
  /** True: nothing is really done, whatever any other place says. */
  dry_run: z.boolean(),
  /** `labelled`: only containers with hemostat.enable=true or autoheal=true. */
  scope: z.enum(['all', 'labelled']),
  cooldown_seconds: duration,
  attempts_per_hour: count,
  /** How long an illness must have lasted before anything is done. */
  confirm_seconds: duration,
  start_grace_seconds: duration,
  /** After a person stopped or started it. */
  manual_grace_seconds: duration,
  min_confidence: z.number().min(0).max(1),
  approval_ttl_seconds: z.number().min(1).max(31_536_000),
  verify_seconds: duration,
  /** A decision older than this is not acted on. */
  stale_after_seconds: z.number().min(1).max(31_536_000),
  /** How long Docker lets the container end by itself before it kills it. */
  stop_timeout_seconds: z.number().min(0).max(3600),
  actions: z.array(actionSchema).max(20),
  /** Done in place of what the analysis proposes (restart, start or stop); empty: what it proposes. */
  action: z.union([actionSchema, z.literal('')]),
  exec_allow: z.array(execPatternSchema).max(200),
  /** False: `exec` may run any argument vector (still without a shell of our own). */
  exec_enforce: z.boolean(),
  /** True: `cleanup` also removes the anonymous volumes of the containers that it removes. */
  cleanup_volumes: z.boolean(),
};

export const policyValuesSchema = z.strictObject({ ...plain, breaker: z.strictObject(breaker), blast_radius: z.strictObject(blastRadius) });
export type PolicyValues = z.infer<typeof policyValuesSchema>;

const layerShape = { ...plain, breaker: z.strictObject(breaker).partial() };
/** What one place says; everything is optional. */
export const policyLayerSchema = z.strictObject({ ...layerShape, blast_radius: z.strictObject(blastRadius).partial() }).partial();
export type PolicyLayer = z.infer<typeof policyLayerSchema>;

const projectLayerSchema = z
  .strictObject({ ...layerShape, blast_radius: z.strictObject({ per_project_per_hour: blastRadius.per_project_per_hour }).partial() })
  .partial();

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day such as 02:30');
const weekly = z.strictObject({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: clock,
  /** Up to this time; at or before `from` it is on the next day. */
  to: clock,
  zone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Zurich').default('UTC'),
});
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time such as 2030-01-31T22:00:00Z');

/** While a window is open, nothing is done to what it covers. */
export const maintenanceWindowSchema = z
  .strictObject({
    name: z.string().default(''),
    /** `all`, `project:NAME`, or `container:NAME` (with or without its host). */
    scope: z.string().default('all'),
    weekly: weekly.optional(),
    from: instant.optional(),
    to: instant.optional(),
  })
  .refine((window) => (window.weekly ? !window.from && !window.to : window.from && window.to), 'needs either `weekly`, or `from` and `to`');
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;

/** The policy document: a YAML or JSON file, or the `policy` command. Unknown names are errors, since a slip of the pen must not loosen anything. */
export const policyDocumentSchema = z.strictObject({
  version: z.literal(1).default(1),
  defaults: policyLayerSchema.default({}),
  /** By compose project. */
  projects: z.record(z.string(), projectLayerSchema).default({}),
  /** Never touched: names with `*` and `?`. */
  own_containers: z.array(z.string().min(1).max(255)).max(200).default(['hemostat-*']),
  maintenance: z.array(maintenanceWindowSchema).max(200).default([]),
  /** False: labels of a container can only make things safer. */
  trust_labels: z.boolean().default(true),
});
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

const DEFAULT_ACTIONS: Action[] = ['restart', 'start', 'stop', 'scale_up', 'exec'];

/** What holds where nothing else is said. It only watches: acting is switched on by HEMOSTAT_MODE, the document or a label. */
export const POLICY_DEFAULTS: PolicyValues = {
  mode: 'observe',
  dry_run: false,
  scope: 'all',
  cooldown_seconds: 3600,
  attempts_per_hour: 3,
  confirm_seconds: 0,
  breaker: { failures: 3, window_seconds: 3600 },
  blast_radius: { containers_per_hour: 10, per_project_per_hour: 5, fleet_share: 0.3, fleet_share_min: 3 },
  start_grace_seconds: 10,
  manual_grace_seconds: 30,
  min_confidence: 0.7,
  approval_ttl_seconds: 3600,
  verify_seconds: 60,
  stale_after_seconds: 600,
  stop_timeout_seconds: 10,
  actions: DEFAULT_ACTIONS,
  action: '',
  exec_allow: [['ps', 'aux'], ['df', '-h'], ['free', '-m'], ['uptime'], ['top', '-b', '-n', '1'], ['ss', '-tln'], ['netstat', '-tln']],
  exec_enforce: true,
  cleanup_volumes: false,
};

export type ParsedPolicy = { ok: true; document: PolicyDocument } | { ok: false; problems: string[] };

/** Reads a policy document. Never throws; each problem names the place and what is wrong there. */
export function parsePolicy(value: unknown): ParsedPolicy {
  const parsed = policyDocumentSchema.safeParse(value ?? {});
  if (parsed.success) {
    return { ok: true, document: parsed.data };
  }
  return { ok: false, problems: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'policy'}: ${issue.message}`) };
}

/** A policy as it stands in Redis (key `policy`), and in the list of those before it. */
export const storedPolicySchema = z.object({ version: z.string(), time: z.string(), user: z.string(), reason: z.string().default(''), policy: z.record(z.string(), z.unknown()) });
export type StoredPolicy = z.infer<typeof storedPolicySchema>;
