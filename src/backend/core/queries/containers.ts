import { containerStateSchema, type ContainerState } from '../../../contract/containers';
import { containerKey } from '../../../contract/events';
import { parseJson } from '../../../../agents/runtime/queries';
import { QueryError } from '../failure';
import { NO_FACTS, type Facts } from '../filter/facts';
import { matcherOf } from '../filter/matcher';
import { columns, frameOf, timeOf, type Column } from '../frames/build';
import { networkRates, type NetworkRates } from '../log/samples';
import type { Source } from '../source';
import type { Frame } from '../types';
import { budgetNotice, moreNotice, unreadableNotice, type QueryContext } from './context';

/** Containers that one call looks at, at most. */
export const CONTAINER_BUDGET = 50_000;
const PIECE = 500;
/** What `metrics` of the query may add: it costs a read for each container. */
const RATES = ['network_rx_rate', 'network_tx_rate'] as const;
const MORE_KEYS = ['image', 'service', 'health', 'ill', 'restart_policy', 'id'] as const;

/** What the monitor last saw of a container, and the incident it is in. */
export interface SeenContainer {
  state: ContainerState;
  incident: string;
}
export interface Fleet {
  containers: SeenContainer[];
  unreadable: number;
  /** False when there are more than the budget. */
  complete: boolean;
}

async function ofPartition(source: Source, partition: number, budget: number, signal: AbortSignal): Promise<Fleet> {
  const keys = source.log.partition(partition);
  const open = await source.ask(signal, async (redis) => redis.hgetall(keys.open));
  const seen = new Map<string, SeenContainer>();
  let unreadable = 0;
  let cursor = '0';
  do {
    const [next, flat] = await source.ask(signal, async (redis) => redis.hscan(keys.containers, cursor, 'COUNT', PIECE));
    cursor = next;
    for (let index = 0; index + 1 < flat.length; index += 2) {
      const key = flat[index] ?? '';
      const parsed = containerStateSchema.safeParse(parseJson(flat[index + 1]));
      // HSCAN may tell a field twice.
      unreadable += parsed.success || seen.has(key) ? 0 : 1;
      if (parsed.success) {
        seen.set(key, { state: parsed.data, incident: open[key] ?? '' });
      }
    }
  } while (cursor !== '0' && seen.size < budget);
  return { containers: [...seen.values()], unreadable, complete: cursor === '0' };
}

/** All containers that the monitor knows, in the order of their keys. */
export async function readFleet(source: Source, signal: AbortSignal): Promise<Fleet> {
  const budget = Math.ceil(CONTAINER_BUDGET / source.log.partitions.length);
  const parts = await Promise.all(source.log.partitions.map((_, partition) => ofPartition(source, partition, budget, signal)));
  const containers = parts.flatMap((part) => part.containers).map((one) => ({ one, key: containerKey(one.state) }));
  containers.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { containers: containers.map(({ one }) => one), unreadable: parts.reduce((sum, part) => sum + part.unreadable, 0), complete: parts.every((part) => part.complete) };
}

function factsOf({ state, incident }: SeenContainer): Facts {
  return {
    ...NO_FACTS,
    container: state.container,
    host: state.host,
    project: state.project,
    status: [state.status, state.health_status, state.ill ? 'ill' : 'well'],
    agent: 'monitor',
    incident,
    text: () => [state.container, state.image, state.service, state.project].join(' '),
    more: { image: state.image, service: state.service, health: state.health_status, ill: state.ill, restart_policy: state.restart_policy, id: state.container_id },
  };
}

function containerColumns({ links }: QueryContext): Array<Column<SeenContainer>> {
  return [
    columns.text('container', ({ state }) => containerKey(state), 'Host and container.', { links: links.container }),
    columns.text('name', ({ state }) => state.container, 'Name of the container.'),
    columns.text('host', ({ state }) => state.host, 'Docker host.'),
    columns.text('project', ({ state }) => state.project, 'Docker Compose project.'),
    columns.text('service', ({ state }) => state.service, 'Docker Compose service.'),
    columns.text('image', ({ state }) => state.image, 'Image.'),
    columns.text('status', ({ state }) => state.status, 'running, exited, paused, restarting, dead, created or removed.'),
    columns.text('health', ({ state }) => state.health_status, 'healthy, unhealthy, starting or unknown.'),
    columns.flag('ill', ({ state }) => state.ill, 'True while the monitor holds it to be ill.'),
    columns.time('ill_since', ({ state }) => timeOf(state.ill_since), 'When the illness began.'),
    columns.text('incident', ({ incident }) => incident, 'The incident that it is in.', { links: links.incident }),
    columns.number('cpu', ({ state }) => state.metrics.cpu_percent, 'CPU, percent of one core.', { unit: 'percent', min: 0 }),
    columns.number('memory', ({ state }) => state.metrics.memory_percent, 'Memory, percent of the limit.', { unit: 'percent', min: 0, max: 100 }),
    columns.number('memory_usage', ({ state }) => state.metrics.memory_usage, 'Memory without page cache.', { unit: 'bytes' }),
    columns.number('memory_limit', ({ state }) => state.metrics.memory_limit, 'Memory limit.', { unit: 'bytes' }),
    columns.number('restarts', ({ state }) => state.restart_count, "Docker's count of restarts.", { decimals: 0 }),
    columns.number('exit_code', ({ state }) => state.exit_code, 'Exit code of the last run.', { decimals: 0 }),
    columns.flag('oom_killed', ({ state }) => state.oom_killed, 'True when it was killed for memory.'),
    columns.time('started', ({ state }) => timeOf(state.started_at), 'When it was started.'),
    columns.time('seen', ({ state }) => timeOf(state.seen_at), 'When the monitor last wrote of it.'),
    columns.text('restart_policy', ({ state }) => state.restart_policy, "Docker's restart policy."),
    columns.text('id', ({ state }) => state.container_id, 'Full Docker id.'),
  ];
}

/** Columns that are asked for by name. */
async function rateColumns({ source, query, now, signal }: QueryContext, page: readonly SeenContainer[]): Promise<Array<Column<SeenContainer>>> {
  if (!RATES.some((name) => query.metrics.includes(name))) {
    return [];
  }
  const rates = await networkRates(source, page.map(({ state }) => containerKey(state)), now, signal);
  const rate = (which: keyof NetworkRates) => ({ state }: SeenContainer) => {
    const value = state.status === 'running' ? rates.get(containerKey(state))?.[which] : undefined;
    return Number.isFinite(value) ? value : null;
  };
  return [
    columns.number('network_rx_rate', rate('received'), 'Received a second.', { unit: 'Bps', min: 0 }),
    columns.number('network_tx_rate', rate('sent'), 'Sent a second.', { unit: 'Bps', min: 0 }),
  ];
}

const encodeKey = (key: string) => `k_${Buffer.from(key).toString('base64url')}`;

function decodeKey(cursor: string): string {
  if (cursor === '') {
    return '';
  }
  if (!/^k_[A-Za-z0-9_-]+$/.test(cursor)) {
    throw new QueryError(400, 'The cursor cannot be used here: give the one from the answer to the page before, for the same query, or none.');
  }
  return Buffer.from(cursor.slice(2), 'base64url').toString('utf8');
}

/** All containers as the monitor last saw them, by name. The time range plays no part. */
export async function containers(context: QueryContext): Promise<Frame[]> {
  const { source, query, signal } = context;
  const after = decodeKey(query.cursor);
  const matcher = matcherOf(query, MORE_KEYS);
  const fleet = await readFleet(source, signal);
  const fitting = fleet.containers.filter((one) => containerKey(one.state) > after && matcher.test(factsOf(one)));
  const page = fitting.slice(0, query.limit);
  const more = fitting.length > page.length;
  const last = page.at(-1);
  const notices = [...matcher.notices, ...unreadableNotice(fleet.unreadable, 'container', 'containers')];
  if (!fleet.complete) {
    notices.push(budgetNotice(fleet.containers.length, 'containers'));
  }
  if (more) {
    notices.push({ ...moreNotice(page.length, 'containers'), text: `The first ${page.length} of ${fitting.length} containers are shown. Raise the limit, narrow the filters, or load the next page.` });
  }
  const meta = { type: 'table' as const, preferredVisualisationType: 'table' as const, notices, custom: { cursor: more && last ? encodeKey(containerKey(last.state)) : '', more } };
  return [frameOf('containers', query.refId, page, [...containerColumns(context), ...(await rateColumns(context, page))], meta)];
}
