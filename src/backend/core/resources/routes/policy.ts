import { z } from 'zod';
import { parseJson } from '../../../../../agents/runtime/queries';
import { containerKey } from '../../../../contract/events';
import { resolvePolicy, storedPolicySchema } from '../../../../contract/policy';
import { containerOf } from '../find';
import { readPolicyNow } from '../policy-source';
import { route } from '../route';
import { policyForSchema, policySchema, policyVersionsSchema } from '../../../../contract/api';
import { containerName, limit } from '../schemas';

export const policyRoutes = [
  route({
    method: 'GET',
    path: 'policy',
    role: 'Viewer',
    acts: false,
    id: 'getPolicy',
    tag: 'Policy',
    summary: 'The policy in force, with its version.',
    answer: policySchema,
    handle: async ({ signal }, parts) => {
      const { source, version, stored, responders, warnings } = await readPolicyNow(parts, signal);
      const by = stored ? { version: stored.version, time: stored.time, user: stored.user, reason: stored.reason } : null;
      return { version, from: source.from, document: source.document, ...(source.environment ? { environment: source.environment } : {}), stored: by, responders, warnings };
    },
  }),
  route({
    method: 'GET',
    path: 'policy/versions',
    role: 'Viewer',
    acts: false,
    id: 'listPolicyVersions',
    tag: 'Policy',
    summary: 'Policies that were put in force, newest first: who, when, why.',
    query: z.strictObject({ limit: limit(100, 20) }),
    answer: policyVersionsSchema,
    handle: async ({ query, signal }, { log, ask }) => {
      const items = await ask(signal, async (redis) => redis.lrange(log.partition(0).policyVersions, -query.limit, -1));
      const versions = items.map((item) => storedPolicySchema.safeParse(parseJson(item))).flatMap((one) => (one.success ? [one.data] : []));
      return { versions: versions.reverse(), unreadable: items.length - versions.length };
    },
  }),
  route({
    method: 'GET',
    path: 'policy/effective',
    role: 'Viewer',
    acts: false,
    id: 'getEffectivePolicy',
    tag: 'Policy',
    summary: 'The policy as it holds for one container, each value with where it comes from; without a container before projects and labels.',
    query: z.strictObject({ container: containerName.optional() }),
    answer: policyForSchema,
    errors: { 404: 'The monitor knows no such container.', 409: 'Several hosts have a container of this name.' },
    handle: async ({ query, signal }, parts) => {
      const container = query.container === undefined ? undefined : await containerOf(parts, query.container, signal);
      const { source, version, warnings } = await readPolicyNow(parts, signal);
      const policy = resolvePolicy(source, container ?? { container: '', project: '', labels: {} });
      return { version, container: container ? containerKey(container) : null, policy, warnings };
    },
  }),
];
