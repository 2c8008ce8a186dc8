import { z } from 'zod';
import { GONE_AFTER_MS, readAgentStates, type AgentState } from '../../../../agents/runtime/heartbeat';
import { canonicalJson, sha256 } from '../../../../agents/runtime/ids';
import { parseJson } from '../../../../agents/runtime/queries';
import { parsePolicy, policyDocumentSchema, policyLayerSchema, policyVersion, storedPolicySchema, type PolicySource, type StoredPolicy } from '../../../contract/policy';
import { ResourceError } from './errors';
import type { Parts } from './route';

/** What a responder tells in its sign of life of the parts of its policy that do not stand in Redis: file and environment. */
const toldSchema = z.object({ document: policyDocumentSchema, from: z.enum(['file', 'command']), environment: policyLayerSchema.optional() });

export interface PolicyNow {
  source: PolicySource;
  /** Changes with every change of document or environment. */
  version: string;
  stored: StoredPolicy | undefined;
  /** Who stored it when: tells apart two equal documents. */
  revision: string;
  responders: Array<{ instance: string; policy: string; mode: string }>;
  warnings: string[];
}

const UNTOLD = 'No living responder tells what its environment (HEMOSTAT_MODE and the like) and HEMOSTAT_POLICY_FILE add to the policy: only what stands in Redis is shown.';
const digest = (value: unknown): string => sha256(canonicalJson(value));
const word = (state: AgentState, name: string): string => String(state.state[name] ?? '');

function emptyDocument(): PolicySource['document'] {
  return policyDocumentSchema.parse({});
}

function toldBy(responders: readonly AgentState[]): z.infer<typeof toldSchema> | undefined {
  for (const one of responders) {
    const told = toldSchema.safeParse(parseJson(word(one, 'policy_source')));
    if (told.success) {
      return told.data;
    }
  }
  return undefined;
}

/** The document of the stored policy. @throws ResourceError 409 when it cannot be used, which only the responder's own log could tell otherwise. */
function documentOf(stored: StoredPolicy): PolicySource['document'] {
  const parsed = parsePolicy(stored.policy);
  if (!parsed.ok) {
    throw new ResourceError('conflict', `The policy ${stored.version} in Redis cannot be used: ${parsed.problems.slice(0, 5).join('; ')}.`, 'It was written by another version of HemoStat. Run that version, or put a new policy in force.');
  }
  return parsed.document;
}

function readStored(text: string | null): StoredPolicy | undefined {
  if (text === null) {
    return undefined;
  }
  const parsed = storedPolicySchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new ResourceError('conflict', 'The policy in Redis cannot be read.', 'Put a policy in force with `hemostat policy set`.');
  }
  return parsed.data;
}

/** The policy as the responder goes by it, as far as it can be known from here. */
export async function readPolicyNow(parts: Parts, signal: AbortSignal): Promise<PolicyNow> {
  const { log, ask, now } = parts;
  const [text, states] = await ask(signal, async (redis) => Promise.all([redis.get(log.partition(0).policy), readAgentStates(log)]));
  const stored = readStored(text);
  const living = states.filter((one) => one.agent === 'responder' && now() - Date.parse(one.seen_at) < GONE_AFTER_MS).sort((a, b) => Number(b.leading) - Number(a.leading));
  const told = toldBy(living);
  const environment = told?.environment ? { environment: told.environment } : {};
  const document = stored ? documentOf(stored) : told?.from === 'file' ? told.document : emptyDocument();
  const source: PolicySource = { document, from: stored ? 'command' : 'file', ...environment };
  return {
    source,
    version: policyVersion(source, digest),
    stored,
    revision: stored ? sha256(`${stored.version} ${stored.time}`).slice(0, 32) : 'none',
    responders: living.map((one) => ({ instance: one.instance, policy: word(one, 'policy'), mode: word(one, 'mode') })),
    warnings: told ? [] : [UNTOLD],
  };
}
