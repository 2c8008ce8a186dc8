import { readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { parsePolicy, policyVersion, resolvePolicy, storedPolicySchema, type EffectivePolicy, type PolicyDocument, type PolicyLayer, type PolicySource, type PolicySubject, type StoredPolicy } from '../../src/contract/policy';
import { errorText } from '../runtime/errors';
import { canonicalJson, sha256 } from '../runtime/ids';
import type { Logger } from '../runtime/logger';
import { SettingsError } from '../runtime/settings/define';
import type { TroubleBoard } from '../runtime/trouble';

const MAX_KEPT = 20_000;
const MEND = 'Correct the policy; until then the one before stays in force.';

/** A policy document from a YAML or JSON file. @throws Error whose message names every problem. */
export function readPolicyFile(path: string): PolicyDocument {
  const parsed = parsePolicy(parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 }));
  if (!parsed.ok) {
    throw new Error(parsed.problems.join('; '));
  }
  return parsed.document;
}

/** The SHA-256 that `policyVersion` wants. */
export const policyDigest = (value: unknown): string => sha256(canonicalJson(value));

/** The policy in force: the one in Redis, else the file, else what the environment says. */
export class PolicyStore {
  source: PolicySource;
  version: string;
  private fileChanged = 0;
  private fileDocument: PolicyDocument | undefined;
  private storedText: string | null = null;
  private readonly kept = new Map<string, EffectivePolicy>();

  /** @throws SettingsError when the file cannot be used at start. */
  constructor(
    private readonly options: { environment: PolicyLayer; file: string; logger: Logger; trouble: TroubleBoard }
  ) {
    if (options.file) {
      try {
        this.fileChanged = statSync(options.file).mtimeMs;
        this.fileDocument = readPolicyFile(options.file);
      } catch (cause) {
        throw new SettingsError([`HEMOSTAT_POLICY_FILE: the policy "${options.file}" cannot be used: ${errorText(cause)}. Default: not set.`]);
      }
    }
    this.source = this.sourceOf(undefined);
    this.version = policyVersion(this.source, policyDigest);
  }

  /** Takes in what Redis holds now, and the file if it has changed. What cannot be read leaves the policy as it is. */
  update(stored: string | null): void {
    const fileIsNew = this.readFileAgain();
    if (stored === this.storedText && !fileIsNew) {
      return;
    }
    const document = this.readStored(stored);
    if (document === 'unreadable') {
      return;
    }
    this.storedText = stored;
    this.source = this.sourceOf(document);
    const version = policyVersion(this.source, policyDigest);
    if (version !== this.version) {
      this.options.logger.info({ version, from: this.source.from }, 'another policy is in force now');
    }
    this.version = version;
    this.kept.clear();
    this.options.trouble.clear('policy');
  }

  /** The policy for one container. Containers of equal project and labels share one object. */
  effective(subject: PolicySubject): EffectivePolicy {
    const key = `${subject.project}\u0000${JSON.stringify(subject.labels)}`;
    const known = this.kept.get(key);
    if (known) {
      return known;
    }
    const policy = resolvePolicy(this.source, subject);
    for (const warning of policy.warnings) {
      this.options.logger.warn({ container: subject.container }, warning);
    }
    if (this.kept.size >= MAX_KEPT) {
      this.kept.clear();
    }
    this.kept.set(key, policy);
    return policy;
  }

  /** What the `policy` command is to write, or the problems of the document. */
  prepare(policy: Record<string, unknown>, who: { time: string; user: string; reason: string }): { ok: true; text: string } | { ok: false; problems: string[] } {
    const parsed = parsePolicy(policy);
    if (!parsed.ok) {
      return parsed;
    }
    const version = policyVersion({ ...this.source, document: parsed.document, from: 'command' }, policyDigest);
    const stored: StoredPolicy = { version, ...who, policy };
    return { ok: true, text: JSON.stringify(stored) };
  }

  private sourceOf(document: PolicyDocument | undefined): PolicySource {
    const fromFile = this.fileDocument ?? emptyDocument();
    return { document: document ?? fromFile, from: document ? 'command' : 'file', environment: this.options.environment };
  }

  private readStored(stored: string | null): PolicyDocument | undefined | 'unreadable' {
    if (stored === null) {
      return undefined;
    }
    try {
      const parsed = parsePolicy(storedPolicySchema.parse(JSON.parse(stored)).policy);
      if (parsed.ok) {
        return parsed.document;
      }
      this.options.trouble.report('policy', `The policy in Redis cannot be used: ${parsed.problems.join('; ')}`, MEND);
    } catch (cause) {
      this.options.trouble.report('policy', `The policy in Redis cannot be read: ${errorText(cause).slice(0, 300)}`, MEND);
    }
    return 'unreadable';
  }

  private readFileAgain(): boolean {
    const { file, trouble } = this.options;
    if (!file) {
      return false;
    }
    try {
      const changed = statSync(file).mtimeMs;
      if (changed === this.fileChanged) {
        return false;
      }
      this.fileChanged = changed;
      this.fileDocument = readPolicyFile(file);
      return true;
    } catch (cause) {
      trouble.report('policy', `HEMOSTAT_POLICY_FILE: ${file} cannot be used: ${errorText(cause).slice(0, 300)}`, MEND);
      return false;
    }
  }
}

function emptyDocument(): PolicyDocument {
  const parsed = parsePolicy({});
  if (!parsed.ok) {
    throw new Error(parsed.problems.join('; '));
  }
  return parsed.document;
}
