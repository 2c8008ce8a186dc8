import type { ContainerState } from '../../../contract/containers';
import { containerKey } from '../../../contract/events';
import { QueryError } from '../failure';
import { columns, frameOf } from '../frames/build';
import type { Frame, Notice } from '../types';
import { readFleet, type SeenContainer } from './containers';
import { unreadableNotice, type QueryContext } from './context';

/** More cannot be told apart on a screen. */
const MAX_NODES = 500;

/** `source` is needed by `target`: what is done to the first is felt by the second. */
interface Edge {
  source: string;
  target: string;
  why: string;
}

const words = (text: string | undefined) => (text ?? '').split(',').map((word) => word.trim()).filter(Boolean);

function edgesOf(states: ReadonlyMap<string, ContainerState>): Edge[] {
  const edges = new Map<string, Edge>();
  const add = (source: string, target: string, why: string) => {
    const id = `${source} ${target}`;
    if (states.has(source) && source !== target && !edges.has(id)) {
      edges.set(id, { source, target, why });
    }
  };
  for (const [key, state] of states) {
    add(state.network_parent, key, 'shares its network');
    state.depends_on.forEach((parent) => add(parent, key, 'depends on it'));
    words(state.labels['hemostat.depends'] ?? state.labels['hemostat.depends_on']).forEach((name) => add(containerKey({ host: state.host, container: name }), key, 'named by label'));
  }
  return [...edges.values()];
}

/** The target with all that it needs and all that needs it, directly or not. */
function reach(target: string, edges: readonly Edge[]): Set<string> {
  const walk = (from: keyof Pick<Edge, 'source' | 'target'>, to: keyof Pick<Edge, 'source' | 'target'>) => {
    const next = new Map<string, string[]>();
    edges.forEach((edge) => next.set(edge[from], [...(next.get(edge[from]) ?? []), edge[to]]));
    const found = new Set([target]);
    for (const key of found) {
      (next.get(key) ?? []).forEach((one) => found.add(one));
    }
    return found;
  };
  return new Set([...walk('source', 'target'), ...walk('target', 'source')]);
}

const colourOf = ({ state }: SeenContainer) => (state.ill ? 'red' : state.status !== 'running' ? 'gray' : state.health_status === 'starting' ? 'yellow' : 'green');

function targetOf(target: string, fleet: readonly SeenContainer[]): string {
  const found = fleet.find(({ state }) => containerKey(state) === target) ?? fleet.find(({ state }) => state.container === target);
  if (!found) {
    throw new QueryError(404, `There is no container ${target.slice(0, 120)}: the monitor has never seen one of this name.`);
  }
  return containerKey(found.state);
}

/**
 * Which containers hang together: by network, Compose dependencies and labels. With a target only what it needs and what needs it.
 * Two frames, nodes and edges. @throws QueryError 404 when there is no such container.
 */
export async function dependents(context: QueryContext): Promise<Frame[]> {
  const { query, source, signal, links } = context;
  const fleet = await readFleet(source, signal);
  const states = new Map(fleet.containers.map(({ state }) => [containerKey(state), state]));
  const all = edgesOf(states);
  const wanted = query.target || query.filters.containers[0];
  const target = wanted ? targetOf(wanted, fleet.containers) : '';
  const project = new Set(query.filters.projects);
  const inside = target ? reach(target, all) : undefined;
  const fitting = fleet.containers.filter(({ state }) => (inside ? inside.has(containerKey(state)) : project.size === 0 || project.has(state.project)));
  const linked = new Set(all.flatMap((edge) => [edge.source, edge.target]));
  const nodes = [...fitting].sort((a, b) => Number(linked.has(containerKey(b.state))) - Number(linked.has(containerKey(a.state)))).slice(0, MAX_NODES);
  const shown = new Set(nodes.map(({ state }) => containerKey(state)));
  const edges = all.filter((edge) => shown.has(edge.source) && shown.has(edge.target));
  const notices: Notice[] = unreadableNotice(fleet.unreadable, 'container', 'containers');
  if (fitting.length > nodes.length) {
    notices.push({ severity: 'warning', text: `${nodes.length} of ${fitting.length} containers are drawn. Choose a container or a project.` });
  }
  const meta = { preferredVisualisationType: 'nodeGraph' as const, notices };
  return [
    frameOf('nodes', query.refId, nodes, [
      columns.text('id', ({ state }) => containerKey(state), 'Host and container.', { links: links.container }),
      columns.text('title', ({ state }) => state.container, 'Container'),
      columns.text('subtitle', ({ state }) => state.project || state.host, 'Docker Compose project, else host'),
      columns.text('mainstat', ({ state }) => (state.ill ? 'ill' : state.status), 'Status'),
      columns.text('secondarystat', ({ state }) => (state.health_status === 'unknown' ? '' : state.health_status), 'Health'),
      columns.text('color', colourOf, 'red ill, green well, yellow starting, gray not running'),
      columns.flag('highlighted', ({ state }) => containerKey(state) === target, 'True for the container asked for'),
      columns.text('detail__image', ({ state }) => state.image, 'Image', { displayName: 'Image' }),
      columns.text('detail__incident', ({ incident }) => incident, 'Incident', { displayName: 'Incident', links: links.incident }),
      columns.number('detail__cpu', ({ state }) => state.metrics.cpu_percent, 'CPU, percent of one core', { displayName: 'CPU', unit: 'percent' }),
      columns.number('detail__memory', ({ state }) => state.metrics.memory_percent, 'Memory, percent of the limit', { displayName: 'Memory', unit: 'percent' }),
    ], meta),
    frameOf('edges', query.refId, edges, [
      columns.text('id', (edge) => `${edge.source} -> ${edge.target}`, 'Both ends.'),
      columns.text('source', (edge) => edge.source, 'What is needed.'),
      columns.text('target', (edge) => edge.target, 'What needs it.'),
      columns.text('mainstat', (edge) => edge.why, 'Why'),
    ], meta),
  ];
}
