import { readLabels } from './labels';
import { POLICY_DEFAULTS, type MaintenanceWindow, type PolicyDocument, type PolicyLayer, type PolicyValues } from './schema';

/** Where a value comes from. `file` and `command` are the two ways by which the document can have come. */
export type Origin = 'default' | 'environment' | 'file' | 'command' | 'project' | 'label';

/** Everything that a policy is made of, before it is applied to one container. */
export interface PolicySource {
  document: PolicyDocument;
  from: 'file' | 'command';
  /** What the environment variables say; the document wins over it. */
  environment?: PolicyLayer;
}

export interface PolicySubject {
  /** Container name, without its host. */
  container: string;
  project: string;
  labels: Readonly<Record<string, string>>;
}

/** The policy as it holds for one container. */
export interface EffectivePolicy extends PolicyValues {
  /** False: nothing may be done to it. */
  enabled: boolean;
  /** Why `enabled` is what it is, one sentence. */
  enabled_reason: string;
  own_containers: readonly string[];
  maintenance: readonly MaintenanceWindow[];
  /** By name, `breaker.failures` for nested ones. */
  origins: Record<string, Origin>;
  warnings: readonly string[];
}

type Fields = Record<string, unknown>;
const isGroup = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function lay(values: Fields, origins: Record<string, Origin>, layer: Fields, origin: Origin, prefix = ''): void {
  for (const [name, value] of Object.entries(layer)) {
    const before = values[name];
    if (isGroup(value) && isGroup(before)) {
      const copy = { ...before };
      values[name] = copy;
      lay(copy, origins, value, origin, `${name}.`);
    } else if (value !== undefined && !(name === 'dry_run' && before === true)) {
      values[name] = value;
      origins[`${prefix}${name}`] = origin;
    }
  }
}

function enabledBy(values: PolicyValues, reading: { optedIn: boolean; optedOut: boolean; by: string }): { enabled: boolean; reason: string } {
  if (reading.optedOut) {
    return { enabled: false, reason: `The label ${reading.by} says that it is to be left alone.` };
  }
  if (reading.optedIn) {
    return { enabled: true, reason: `The label ${reading.by} says that it may be healed.` };
  }
  return values.scope === 'all'
    ? { enabled: true, reason: 'The policy covers all containers.' }
    : { enabled: false, reason: 'The policy covers labelled containers only (hemostat.enable=true or autoheal=true), and it has no such label.' };
}

/**
 * The policy for one container: defaults, environment, document, its compose project, its labels; later ones win,
 * but `dry_run` can only be switched on. Pure; a label that cannot be read gives a warning, never an error.
 */
export function resolvePolicy(source: PolicySource, subject: PolicySubject): EffectivePolicy {
  const values = structuredCopy(POLICY_DEFAULTS);
  const origins: Record<string, Origin> = {};
  lay(values, origins, POLICY_DEFAULTS, 'default');
  lay(values, origins, source.environment ?? {}, 'environment');
  lay(values, origins, source.document.defaults, source.from);
  const project = Object.hasOwn(source.document.projects, subject.project) ? source.document.projects[subject.project] : undefined;
  lay(values, origins, project ?? {}, 'project');
  const reading = readLabels(subject.labels, values, source.document.trust_labels);
  lay(values, origins, reading.layer, 'label');
  if (values.dry_run) {
    values.mode = 'observe';
    origins.mode = origins.dry_run ?? 'default';
  }
  const { enabled, reason } = enabledBy(values, reading);
  return {
    ...values,
    enabled,
    enabled_reason: reason,
    own_containers: source.document.own_containers,
    maintenance: source.document.maintenance,
    origins,
    warnings: reading.warnings,
  };
}

function structuredCopy(values: PolicyValues): PolicyValues & Fields {
  return { ...values, breaker: { ...values.breaker }, blast_radius: { ...values.blast_radius } };
}

/**
 * The version of a policy, 12 hex characters: equal policies have equal versions.
 * @param digest SHA-256 as hex of the canonical JSON of a value; the contract itself has no hashing.
 */
export function policyVersion(source: PolicySource, digest: (value: unknown) => string): string {
  return digest({ document: source.document, environment: source.environment ?? {} }).slice(0, 12);
}
