import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Redis } from 'ioredis';
import { newId } from '../../agents/runtime/ids';
import { encodeEvent } from '../../src/contract/codec';
import type { ContainerState } from '../../src/contract/containers';
import type { HemostatEvent } from '../../src/contract/events';
import { eventually } from '../../tests/support/eventually';
import { sumOf } from '../../tests/support/exporter';
import { freePort } from '../../tests/support/free-port';
import { start } from '../../tests/support/processes';
import { startRedis } from '../../tests/support/servers';
import { atLeast, median, percentile, plain, under, type Figure } from './figures';
import { labLog } from './lab';

const GROUP = 'exporter';
const CONTAINERS = 1000;
const EVENTS = 200_000;
const SCRAPES = 60;
const READ_COUNT = 1000;
const MEBI = 1_048_576;

function containerOf(index: number): ContainerState {
  const id = index.toString(16).padStart(12, '0');
  return {
    host: 'host-1', container: `shop-web-${index}`, container_id: `${id}${'0'.repeat(52)}`, image: 'registry.example/shop/web:1.2.3', status: 'running', health_status: 'healthy', exit_code: 0, oom_killed: false,
    restart_count: 0, restart_policy: 'always', labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' }, project: 'shop', service: 'web', depends_on: [], network_parent: '', ill: false,
    seen_at: new Date().toISOString(),
    metrics: { cpu_percent: 12.5, memory_percent: 61.25, memory_usage: 123_456_789, memory_limit: 536_870_912, network_rx_bytes: 1e9 + index, network_tx_bytes: 1e8, blkio_read_bytes: 1e7, blkio_write_bytes: 1e6 },
  };
}

/** What a busy fleet writes: alerts, verdicts, actions and their ends. */
function eventOf(index: number): HemostatEvent {
  const base = { v: 1 as const, id: newId(), time: new Date().toISOString(), host: 'host-1', container: `shop-web-${index % CONTAINERS}`, incident_id: newId(), cause_id: '', trace_id: newId(), policy_version: '' };
  if (index % 3 === 0) {
    return { ...base, agent: 'monitor', type: 'health_alert', data: { container_id: '0123456789ab', image: 'shop/web:1', status: 'running', health_status: 'unhealthy', exit_code: 0, restart_count: 0, metrics: { cpu_percent: 12.5, memory_percent: 71 }, anomalies: [{ type: 'unhealthy_status', severity: 'high', status: 'unhealthy' }], ill_since: base.time } };
  }
  if (index % 3 === 1) {
    return { ...base, agent: 'analyzer', type: 'false_alarm', data: { reason: 'It recovers by itself.', confidence: 0.6, analysis_method: 'rule_based', evidence: [{ what: 'CPU', value: '12 %' }], model_calls: [], duration_seconds: 0.002 } };
  }
  return { ...base, agent: 'responder', type: 'remediation_complete', data: { action: 'restart', result: { status: 'success' }, dry_run: false, reason: 'The health check fails.', confidence: 0.8, duration_seconds: 0.4, alerted_at: base.time } };
}

async function fill(redis: Redis, key: string): Promise<void> {
  for (let from = 0; from < EVENTS; from += 5000) {
    const pipeline = redis.pipeline();
    for (let index = from; index < from + 5000; index += 1) {
      const event = eventOf(index);
      pipeline.xadd(key, '*', 'type', event.type, 'incident', event.incident_id, 'json', encodeEvent(event));
    }
    await pipeline.exec();
  }
}

/** Seconds of CPU that a process has used. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Memory {
  /** Both parts below: RSS. All in MiB. */
  resident: number;
  /** The process' own: heap, stacks, buffers. */
  own: number;
  /** Pages of files, nearly all of Node's program: shared between processes, and dropped when memory is short. */
  files: number;
}

function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024;
  const [resident, own] = [field('Rss'), field('Anonymous')];
  return { resident, own, files: resident - own };
}

const shareText = ({ own, files }: Memory) => `${own.toFixed(1)} its own, ${files.toFixed(1)} pages of files, mostly Node's program`;

/** How fast the same entries can be read at all, without looking at them. */
async function rawReading(redis: Redis, key: string): Promise<number> {
  const began = performance.now();
  let position = '0-0';
  let read = 0;
  for (;;) {
    const reply = (await redis.xread('COUNT', READ_COUNT, 'STREAMS', key, position)) ?? [];
    const entries = reply[0]?.[1] ?? [];
    const last = entries.at(-1);
    if (!last) {
      return read / ((performance.now() - began) / 1000);
    }
    read += entries.length;
    position = last[0];
  }
}

/** The exporter as a process of its own, ready to count. */
async function startCounting(redisPort: number, prefix: string) {
  const port = await freePort();
  const running = start(process.execPath, ['--max-semi-space-size=2', resolve('build/hemostat.mjs'), 'agent', 'exporter'], {
    env: { PATH: process.env.PATH ?? '', REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redisPort), HEMOSTAT_KEY_PREFIX: prefix, METRICS_PORT: String(port), LOG_LEVEL: 'info' },
  });
  await running.waitFor(/counts now/);
  return { running, scrape: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text() };
}

/** What Node takes by itself, and the exporter with nothing to count. */
async function idleMemory(redisPort: number): Promise<Figure[]> {
  const bare = start(process.execPath, ['-e', "console.log('up'); setInterval(() => undefined, 1000)"], { env: {} });
  const { running, scrape } = await startCounting(redisPort, 'idle');
  try {
    await bare.waitFor(/up/);
    await scrape();
    const [node, idle] = [memoryOf(bare.pid), memoryOf(running.pid)];
    return [plain(GROUP, 'memory of a Node that does nothing', node.resident, 'MB', shareText(node)), plain(GROUP, 'memory with an empty log', idle.resident, 'MB', shareText(idle))];
  } finally {
    await Promise.all([bare.end('SIGTERM'), running.end('SIGTERM')]);
  }
}

async function untilCounted(redis: Redis, key: string): Promise<void> {
  await eventually(async () => {
    // The lag costs nothing to ask for; a scrape would be counted in.
    const groups = (await redis.xinfo('GROUPS', key)) as unknown[][];
    const flat = groups[0] ?? [];
    if (flat[flat.indexOf('lag') + 1] !== 0) {
      throw new Error('still counting');
    }
  }, 120_000);
}

async function scraping(pid: number, scrape: () => Promise<string>): Promise<Figure[]> {
  const text = await eventually(async () => {
    const now = await scrape();
    if (sumOf(now, 'hemostat_exporter_snapshot_timestamp_seconds') === 0 || !now.includes('hemostat_container_cpu_percent{')) {
      throw new Error('no snapshot yet');
    }
    return now;
  });
  const times: number[] = [];
  const before = cpuOf(pid);
  for (let round = 0; round < SCRAPES; round += 1) {
    const from = performance.now();
    await scrape();
    times.push(performance.now() - from);
  }
  const cpu = ((cpuOf(pid) - before) / SCRAPES) * 1000;
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return [
    under(GROUP, `scrape of ${CONTAINERS} containers, median`, median(times), 'ms', 50, `${lines} series; until the last byte was read`),
    under(GROUP, `scrape of ${CONTAINERS} containers, 95th percentile`, percentile(times, 95), 'ms', 50, 'waits for a processor are in it'),
    under(GROUP, `scrape of ${CONTAINERS} containers, CPU time`, cpu, 'ms', 50, 'mean, with what goes on in the background'),
    under(GROUP, 'size of the scrape', Buffer.byteLength(text) / MEBI, 'MB', 4),
  ];
}

/** Counting, scraping, memory. */
export async function benchExporter(): Promise<Figure[]> {
  const server = await startRedis();
  const log = labLog(server.port);
  const redis = server.connect();
  const { log: key, containers } = log.partition(0);
  await redis.hset(containers, ...Array.from({ length: CONTAINERS }, (_, index) => containerOf(index)).flatMap((one) => [`${one.host}/${one.container}`, JSON.stringify(one)]));
  await fill(redis, key);
  const raw = await rawReading(redis, key);
  const idle = await idleMemory(server.port);
  const { running, scrape } = await startCounting(server.port, log.options.prefix);
  try {
    const [began, before] = [performance.now(), cpuOf(running.pid)];
    await untilCounted(redis, key);
    const seconds = (performance.now() - began) / 1000;
    const cpu = cpuOf(running.pid) - before;
    const counted = memoryOf(running.pid);
    const scraped = await scraping(running.pid, scrape);
    const memory = memoryOf(running.pid);
    return [
      atLeast(GROUP, 'events counted a second of wall time', EVENTS / seconds, '/s', 20_000),
      atLeast(GROUP, 'events counted a second of CPU time', EVENTS / cpu, '/s', 20_000, 'one core'),
      plain(GROUP, 'raw limit: reading the same entries', raw, '/s', `XREAD of ${READ_COUNT}, nothing done with them`),
      ...scraped,
      ...idle,
      under(GROUP, 'memory after counting', counted.resident, 'MB', 100, shareText(counted)),
      under(GROUP, 'memory after counting and scraping', memory.resident, 'MB', 100, shareText(memory)),
    ];
  } finally {
    await running.end('SIGTERM');
    log.redis.disconnect();
    await server.stop();
  }
}
