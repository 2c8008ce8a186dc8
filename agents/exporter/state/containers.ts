import type { Redis } from 'ioredis';
import { containerStateSchema, type ContainerState } from '../../../src/contract/containers';
import { containerKey } from '../../../src/contract/events';
import { OTHER, type StateMetricName } from '../../../src/contract/metrics';
import type { HemostatLog } from '../../runtime/log';
import { parseJson } from '../../runtime/queries';
import { labelText } from '../names';
import { oneOf, type Sheet } from '../sheet';

const STATUSES = ['running', 'exited', 'paused', 'restarting', 'dead', 'created'];
const HEALTH = ['healthy', 'unhealthy', 'starting', 'unknown'];

/** As they are written. */
export interface ContainerLabels {
  /** Name, id, host, project. */
  full: string;
  /** Name, id, host. */
  short: string;
  /** What `hemostat_container_info` has besides. */
  info: string;
}

/** One container with the labels of its series. Never changed: what is known later is another one. */
export interface KnownContainer {
  key: string;
  state: ContainerState;
  labels: ContainerLabels;
}

function labelsOf(state: ContainerState): ContainerLabels {
  const short = { container_name: state.container, container_id: state.container_id.slice(0, 12), host: state.host };
  return { full: labelText({ ...short, project: state.project }), short: labelText(short), info: labelText({ service: state.service, image: state.image }) };
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
        now.set(field, { json, key: containerKey(parsed.data), state: parsed.data, labels: labelsOf(parsed.data) });
      }
    }
    this.known = now;
    return [...now.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

const GAUGES: ReadonlyArray<[StateMetricName, (state: ContainerState) => number | undefined]> = [
  ['hemostat_container_cpu_percent', ({ metrics }) => metrics.cpu_percent],
  ['hemostat_container_memory_percent', ({ metrics }) => metrics.memory_percent],
  ['hemostat_container_memory_bytes', ({ metrics }) => metrics.memory_usage],
  ['hemostat_container_memory_limit_bytes', ({ metrics }) => metrics.memory_limit],
  ['hemostat_container_restart_count', (state) => state.restart_count],
  ['hemostat_container_network_rx_bytes_total', ({ metrics }) => metrics.network_rx_bytes],
  ['hemostat_container_network_tx_bytes_total', ({ metrics }) => metrics.network_tx_bytes],
  ['hemostat_container_blkio_read_bytes_total', ({ metrics }) => metrics.blkio_read_bytes],
  ['hemostat_container_blkio_write_bytes_total', ({ metrics }) => metrics.blkio_write_bytes],
  ['hemostat_container_ill', (state) => Number(state.ill)],
];

const STATUS_TEXT = new Map(STATUSES.map((status) => [status, labelText({ status })]));
const OTHER_STATUS = labelText({ status: OTHER });
const HEALTH_TEXT = new Map(HEALTH.map((word) => [word, labelText({ health_status: word })]));
const OTHER_HEALTH = labelText({ health_status: OTHER });

/** Those that are always 1, with what they say in a label. */
const WORDS: ReadonlyArray<[StateMetricName, (one: KnownContainer) => string]> = [
  ['hemostat_container_info', ({ labels }) => labels.info],
  ['hemostat_container_status', ({ state }) => STATUS_TEXT.get(state.status) ?? OTHER_STATUS],
  ['hemostat_container_health_status', ({ state }) => HEALTH_TEXT.get(state.health_status) ?? OTHER_HEALTH],
];

/** Series of each container, and how many there are; those beyond the bound are only counted. */
export function containerFigures(sheet: Sheet, all: readonly KnownContainer[], maxContainers: number): void {
  const shown = all.slice(0, maxContainers);
  GAUGES.forEach(([name, value]) => sheet.rows(name, shown, ({ labels }) => labels.full, ({ state }) => value(state)));
  WORDS.forEach(([name, words]) => sheet.rows(name, shown, ({ labels }) => labels.full, () => 1, words));
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
