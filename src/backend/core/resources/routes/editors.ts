import { z } from 'zod';
import { readAgentStates } from '../../../../../agents/runtime/heartbeat';
import { listIncidents } from '../../../../../agents/runtime/queries';
import type { ContainerState } from '../../../../contract/containers';
import { AGENT_NAMES, containerKey } from '../../../../contract/events';
import { FILTER_VALUES, QUERY_TYPES } from '../../../../contract/query';
import { knownContainers } from '../find';
import { route, type Call, type Parts } from '../route';
import { filtersSchema, variablesSchema } from '../../../../contract/api';

/** More would help nobody in a list. */
const MAX_VALUES = 5000;
const distinct = (values: readonly string[]): string[] => [...new Set(values)].filter(Boolean).sort();

async function agentNames({ log, ask }: Parts, signal: AbortSignal): Promise<string[]> {
  const states = await ask(signal, async () => readAgentStates(log));
  return distinct([...AGENT_NAMES, ...states.map((one) => one.agent)]);
}

export const KINDS = ['containers', 'hosts', 'projects', 'images', 'agents', 'types', 'severities', 'statuses', 'actions', 'incidents'] as const;
type Kind = (typeof KINDS)[number];

const variablesQuery = z.strictObject({
  kind: z.enum(KINDS).default('containers'),
  host: z.string().max(255).default(''),
  project: z.string().max(255).default(''),
  text: z.string().max(200).default('').describe('Only values with this in them, case ignored.'),
});

interface Value {
  text: string;
  value: string;
}
const plain = (values: readonly string[]): Value[] => values.map((value) => ({ text: value, value }));

function ofContainers(kind: Kind, containers: readonly ContainerState[]): Value[] {
  switch (kind) {
    case 'hosts':
      return plain(distinct(containers.map((one) => one.host)));
    case 'projects':
      return plain(distinct(containers.map((one) => one.project)));
    case 'images':
      return plain(distinct(containers.map((one) => one.image)));
    default: {
      // The host tells nothing where there is only one.
      const oneHost = new Set(containers.map((one) => one.host)).size <= 1;
      return containers.map((one) => ({ text: oneHost ? one.container : containerKey(one), value: containerKey(one) }));
    }
  }
}

async function valuesOf({ query, signal }: Call<z.output<typeof variablesQuery>>, parts: Parts): Promise<Value[]> {
  const { kind, host, project } = query;
  switch (kind) {
    case 'agents':
      return plain(await agentNames(parts, signal));
    case 'types':
    case 'severities':
    case 'statuses':
    case 'actions':
      return plain([...FILTER_VALUES[kind]]);
    case 'incidents': {
      const active = await parts.ask(signal, async () => listIncidents(parts.log, { limit: MAX_VALUES }));
      return active.map(({ id, fields }) => ({ text: `${fields.key ?? ''} ${fields.illness ?? ''} ${id.slice(0, 12)}`.trim(), value: id }));
    }
    default: {
      const all = await knownContainers(parts, signal);
      return ofContainers(
        kind,
        all.filter((one) => (host || one.host) === one.host && (project || one.project) === one.project)
      );
    }
  }
}

export const editorRoutes = [
  route({
    method: 'GET',
    path: 'schema/filters',
    role: 'Viewer',
    acts: false,
    id: 'getFilters',
    tag: 'Editors',
    summary: 'What the filters of a query may hold.',
    answer: filtersSchema,
    handle: async ({ signal }, parts) => {
      const [containers, agents] = await Promise.all([knownContainers(parts, signal), agentNames(parts, signal)]);
      const { types, severities, statuses, actions } = FILTER_VALUES;
      return {
        query_types: [...QUERY_TYPES],
        types: [...types],
        severities: [...severities],
        statuses: [...statuses],
        actions: [...actions],
        agents,
        containers: containers.slice(0, MAX_VALUES).map(containerKey),
        hosts: distinct(containers.map((one) => one.host)),
        projects: distinct(containers.map((one) => one.project)),
        more: containers.length > MAX_VALUES,
      };
    },
  }),
  route({
    method: 'GET',
    path: 'variables',
    role: 'Viewer',
    acts: false,
    id: 'getVariables',
    tag: 'Editors',
    summary: 'Values for a template variable.',
    query: variablesQuery,
    answer: variablesSchema,
    handle: async (call, parts) => {
      const wanted = call.query.text.toLowerCase();
      const values = (await valuesOf(call, parts)).filter((one) => wanted === '' || one.text.toLowerCase().includes(wanted) || one.value.toLowerCase().includes(wanted));
      return { values: values.slice(0, MAX_VALUES), more: values.length > MAX_VALUES };
    },
  }),
];
