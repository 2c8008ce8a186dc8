import type { Redis } from 'ioredis';
import { containerStateSchema, type ContainerState } from '../../../src/contract/containers';
import { containerKey } from '../../../src/contract/events';
import type { HemostatLog } from '../../runtime/log';
import { parseJson } from '../../runtime/queries';
import { clean, oneOf, type Labels, type Sheet } from '../sheet';

const STATUSES = ['running', 'exited', 'paused', 'restarting', 'dead', 'created'];
const HEALTH = ['healthy', 'unhealthy', 'starting', 'unknown'];

export interface ContainerLabels {
  /** Name, id, host, project. */
  full: Labels;
  /** Name, id, host. */
  short: Labels;
}

/** One container with the labels of its series, which stay the same objects as long as they are equal. */
export interface KnownContainer {
  key: string;
  state: ContainerState;
  labels: ContainerLabels;
}

function labelsOf(state: ContainerState, before: ContainerLabels | undefined): ContainerLabels {
  const short = { container_name: state.container, container_id: state.container_id.slice(0, 12), host: state.host };
  const full = clean({ ...short, project: state.project });
  const isSame = before !== undefined && Object.entries(full).every(([name, value]) => before.full[name] === value);
  return isSame ? before : { full, short: clean(short) };
}

/** What the monitor last wrote of every container; only what changed is parsed again. */
export class ContainerReader {
  private known = new Map<string, KnownContainer & { json: string }>();

  constructor(private readonly log: HemostatLog) {}

  async read(): Promise<KnownContainer[]> {
    const hashes = await Promise.all(this.log.partitions.map((keys) => (this.log.redis as Redis).hgetall(keys.containers)));
    const now = new Map<string, KnownContainer & { json: string }>();
    for (const [field, json] of hashes.flatMap((hash) => Object.entries(hash))) {
      const before = this.known.get(field);
      if (before?.json === json) {
        now.set(field, before);
        continue;
      }
      const parsed = containerStateSchema.safeParse(parseJson(json));
      if (parsed.success && parsed.data.status !== 'removed') {
        now.set(field, { json, key: containerKey(parsed.data), state: parsed.data, labels: labelsOf(parsed.data, before?.labels) });
      }
    }
    this.known = now;
    return [...now.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

function oneContainer(sheet: Sheet, { state, labels: { full } }: KnownContainer): void {
  const { metrics } = state;
  sheet.share('hemostat_container_cpu_percent', full, metrics.cpu_percent);
  sheet.share('hemostat_container_memory_percent', full, metrics.memory_percent);
  sheet.share('hemostat_container_memory_bytes', full, metrics.memory_usage);
  sheet.share('hemostat_container_memory_limit_bytes', full, metrics.memory_limit);
  sheet.share('hemostat_container_restart_count', full, state.restart_count);
  sheet.share('hemostat_container_network_rx_bytes_total', full, metrics.network_rx_bytes);
  sheet.share('hemostat_container_network_tx_bytes_total', full, metrics.network_tx_bytes);
  sheet.share('hemostat_container_blkio_read_bytes_total', full, metrics.blkio_read_bytes);
  sheet.share('hemostat_container_blkio_write_bytes_total', full, metrics.blkio_write_bytes);
  sheet.share('hemostat_container_info', full, 1, { service: state.service, image: state.image });
  sheet.share('hemostat_container_status', full, 1, { status: oneOf(STATUSES, state.status) });
  sheet.share('hemostat_container_health_status', full, 1, { health_status: oneOf(HEALTH, state.health_status) });
  sheet.share('hemostat_container_ill', full, Number(state.ill));
}

/** Series of each container, and how many there are; those beyond the bound are only counted. */
export function containerFigures(sheet: Sheet, all: readonly KnownContainer[], maxContainers: number): void {
  all.slice(0, maxContainers).forEach((one) => oneContainer(sheet, one));
  sheet.set('hemostat_exporter_containers_dropped', {}, Math.max(0, all.length - maxContainers));
  const counts = new Map<string, number>();
  for (const host of new Set(all.map(({ state }) => state.host))) {
    STATUSES.forEach((status) => counts.set(JSON.stringify([host, status]), 0));
  }
  for (const { state } of all) {
    const key = JSON.stringify([state.host, oneOf(STATUSES, state.status)]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, number] of counts) {
    const [host = '', status = ''] = JSON.parse(key) as string[];
    sheet.set('hemostat_containers', { host, status }, number);
  }
}
