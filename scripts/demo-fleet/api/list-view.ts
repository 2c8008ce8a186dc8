import { nowNs } from '../engine/clock';
import type { Container } from '../engine/container';
import { parentRef, type Engine } from '../engine/engine';
import { badRequest } from '../engine/errors';
import { anyOf, labelsMatch, nameMatches, parseFilters, type Filters } from './filters';
import { flag } from './http';
import { networks } from './network-view';

const KNOWN = new Set(['id', 'name', 'label', 'status', 'health', 'ancestor', 'exited', 'network']);
const STATUSES = new Set(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']);

const UNITS: Array<[seconds: number, limit: number, one: string, many: string]> = [
  [1, 60, '1 second', 'seconds'],
  [60, 3600, 'About a minute', 'minutes'],
  [3600, 48 * 3600, 'About an hour', 'hours'],
  [86_400, Number.POSITIVE_INFINITY, '1 day', 'days'],
];

/** An age as Docker words it: "3 seconds", "About a minute". */
export function humanDuration(ns: bigint): string {
  const seconds = Number(ns / 1_000_000_000n);
  if (seconds < 1) {
    return 'Less than a second';
  }
  const [size, , one, many] = UNITS.find(([, limit]) => seconds < limit) ?? [1, 0, '', 'seconds'];
  const count = Math.floor(seconds / size);
  return count === 1 ? one : `${count} ${many}`;
}

const age = (ns: bigint | undefined): string => humanDuration(nowNs() - (ns ?? nowNs()));

function upStatus(container: Container): string {
  const up = `Up ${age(container.state.startedNs)}`;
  if (container.state.paused) {
    return `${up} (Paused)`;
  }
  const health = container.health?.status;
  if (health === undefined) {
    return up;
  }
  return `${up} (${health === 'starting' ? 'health: starting' : health})`;
}

export function statusText(container: Container): string {
  const { state, status } = container;
  if (status === 'created') {
    return 'Created';
  }
  if (status === 'restarting') {
    return `Restarting (${state.exitCode}) ${age(state.finishedNs)} ago`;
  }
  return status === 'exited' ? `Exited (${state.exitCode}) ${age(state.finishedNs)} ago` : upStatus(container);
}

function entry(engine: Engine, container: Container): Record<string, unknown> {
  const { spec } = container;
  return {
    Id: container.id,
    Names: [`/${spec.name}`],
    Image: spec.image,
    ImageID: engine.imageId(spec.image),
    Command: spec.command.join(' '),
    Created: Number(container.createdNs / 1_000_000_000n),
    Ports: [],
    Labels: spec.labels,
    State: container.status,
    Status: statusText(container),
    HostConfig: { NetworkMode: spec.networkMode },
    NetworkSettings: { Networks: networks(engine, container) },
    Mounts: [],
  };
}

function matches(container: Container, filters: Filters): boolean {
  const { spec, state, status, id } = container;
  const health = container.health?.status ?? 'none';
  return [
    anyOf(filters, 'id', (value) => id.startsWith(value)),
    anyOf(filters, 'name', (value) => nameMatches(value, spec.name)),
    anyOf(filters, 'status', (value) => value === status),
    anyOf(filters, 'health', (value) => value === health),
    anyOf(filters, 'ancestor', (value) => value === spec.image || value === spec.image.split(':')[0]),
    anyOf(filters, 'exited', (value) => status === 'exited' && Number(value) === state.exitCode),
    anyOf(filters, 'network', (value) => parentRef(spec.networkMode) === undefined && value === spec.networkMode),
    labelsMatch(filters, spec.labels),
  ].every(Boolean);
}

/** GET /containers/json with `all`, `limit` and `filters`. */
export function listView(engine: Engine, query: URLSearchParams): Array<Record<string, unknown>> {
  const filters = parseFilters(query.get('filters'), KNOWN);
  const unknown = filters.get('status')?.find((value) => !STATUSES.has(value));
  if (unknown !== undefined) {
    throw badRequest(`Invalid filter 'status=${unknown}'`);
  }
  const limit = Number(query.get('limit') ?? 0);
  const all = flag(query, 'all') || limit > 0 || filters.has('status') || filters.has('exited');
  const found = engine.containers().filter((c) => (all || c.state.running) && matches(c, filters));
  return (limit > 0 ? found.slice(0, limit) : found).map((container) => entry(engine, container));
}
