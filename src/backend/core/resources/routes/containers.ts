import { z } from 'zod';
import { listIncidents } from '../../../../../agents/runtime/queries';
import { containerKey } from '../../../../contract/events';
import { resolvePolicy } from '../../../../contract/policy';
import { containerOf, knownContainers } from '../find';
import { readPolicyNow } from '../policy-source';
import { route } from '../route';
import { containerDetailSchema, containersSchema } from '../../../../contract/api';
import { containerName, limit } from '../schemas';

const INCIDENTS = 20;
const name = z.string().min(1).max(255).optional();

export const containerRoutes = [
  route({
    method: 'GET',
    path: 'containers',
    role: 'Viewer',
    acts: false,
    id: 'listContainers',
    tag: 'Containers',
    summary: 'What the monitor last saw of each container.',
    query: z.strictObject({ host: name, project: name, limit: limit(10_000, 1000) }),
    answer: containersSchema,
    handle: async ({ query, signal }, parts) => {
      const all = await knownContainers(parts, signal);
      const found = all.filter((one) => (query.host ?? one.host) === one.host && (query.project ?? one.project) === one.project);
      return { containers: found.slice(0, query.limit), more: found.length > query.limit };
    },
  }),
  route({
    method: 'GET',
    path: 'containers/detail',
    role: 'Viewer',
    acts: false,
    id: 'getContainer',
    tag: 'Containers',
    summary: 'One container with its policy, its latest incidents and those that depend on it.',
    query: z.strictObject({ key: containerName }),
    answer: containerDetailSchema,
    errors: { 404: 'The monitor knows no such container.', 409: 'Several hosts have a container of this name.' },
    handle: async ({ query, signal }, parts) => {
      const container = await containerOf(parts, query.key, signal);
      const key = containerKey(container);
      const [all, policy, incidents] = await Promise.all([
        knownContainers(parts, signal),
        readPolicyNow(parts, signal),
        parts.ask(signal, async () => listIncidents(parts.log, { all: true, container: key, limit: INCIDENTS })),
      ]);
      const dependents = all.filter((one) => one.network_parent === key || one.depends_on.includes(key)).map(containerKey);
      return { key, container, policy: resolvePolicy(policy.source, container), incidents, dependents, warnings: policy.warnings };
    },
  }),
];
