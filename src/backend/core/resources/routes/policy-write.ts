import { z } from 'zod';
import { byWhom } from '../../../../contract/commands';
import { policyVersion } from '../../../../contract/policy';
import { canonicalJson, sha256 } from '../../../../../agents/runtime/ids';
import { appendCommand } from '../append';
import { ResourceError } from '../errors';
import { readPolicyNow, type PolicyNow } from '../policy-source';
import { route, type Call, type Parts } from '../route';
import { doneSchema } from '../../../../contract/api';
import { bodies, words } from '../schemas';
import { documentFrom } from './what-if';

/** How long a change that was sent keeps others on top of the same policy away, in case no responder takes it up. */
const HELD_MS = 60_000;

const body = z.strictObject({
  policy: z.record(z.string(), z.unknown()).describe('The whole policy document.'),
  version: z.string().min(1).max(64).describe('Of the policy that was changed, as the resource policy gave it.'),
  reason: words.min(3).describe('Why, for the record.'),
});
bodies.add(body, { id: 'PolicyBody' });
type Body = z.output<typeof body>;

function demandSameVersion(version: string, { version: inForce, stored }: PolicyNow): void {
  if (version !== inForce) {
    const who = stored ? ` ${stored.user} changed it at ${stored.time}.` : '';
    throw new ResourceError('conflict', `The policy in force has the version ${inForce}, not ${version}.${who}`, 'Load the policy again and make the change on top of it.');
  }
}

/**
 * Two people may change the same policy within the moment that the responder needs to take the first change up.
 * Only one gets hold of the revision; the key goes away by itself.
 */
async function hold({ log, ask }: Parts, revision: string, eventFor: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const key = log.partition(0).lease(`policy:${revision}`);
  const held = await ask(signal, async (redis) => redis.set(key, eventFor, 'PX', HELD_MS, 'NX'));
  if (held !== 'OK') {
    throw new ResourceError('conflict', 'Another change of this policy was sent a moment ago and is being put in force.', 'Load the policy again and make the change on top of it. When it stays as it is for a minute, no responder runs.');
  }
  return async () => {
    await ask(signal, async (redis) => redis.del(key)).catch(() => undefined);
  };
}

async function setPolicy(call: Call<unknown, Body>, parts: Parts) {
  const { policy, version, reason } = call.body;
  const { caller, signal } = call;
  const document = documentFrom(policy);
  const now = await readPolicyNow(parts, signal);
  demandSameVersion(version, now);
  const letGo = await hold(parts, now.revision, caller.user, signal);
  try {
    const eventId = await appendCommand(parts, { command: 'policy', policy, ...byWhom({ user: caller.user, reason }) }, {}, caller, signal);
    const next = policyVersion({ ...now.source, document, from: 'command' }, (value) => sha256(canonicalJson(value)));
    return { event_id: eventId, command: 'policy', version: next, next: 'The responder checks it and puts it in force; it wins over HEMOSTAT_POLICY_FILE.' };
  } catch (cause) {
    await letGo();
    throw cause;
  }
}

export const policyWriteRoutes = [
  route({
    method: 'POST',
    path: 'actions/policy',
    role: 'Admin',
    acts: true,
    id: 'setPolicy',
    tag: 'Actions',
    summary: 'Puts a policy document in force.',
    body,
    answer: doneSchema,
    errors: { 409: 'The policy was changed by somebody else meanwhile.' },
    handle: setPolicy,
  }),
];
