import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildPlugin, GoHost, grafanaEnvironment, type HostContext, type HostQuery } from '../../tests/support/go-host';
import { median, percentile, plain, under, type Figure } from './figures';
import { benchAlert, labLog } from './lab';

const GROUP = 'The data source’s process, called by the libraries of Grafana';
const STARTS = 7;
const RESOURCE_CALLS = 5000;
const LIVE_EVENTS = 400;
/** Milliseconds between two events on the live channel. */
const LIVE_STEP_MS = 5;
const QUERIES = 100_000;
const BATCH = 10_000;
/** The run is cut short here; what was asked by then is said. */
const QUERIES_LIMIT_MS = 90_000;
const CHANNEL = 'events';

interface Timing {
  calls: number;
  wholeMs: number;
  p50Ms: number;
  p99Ms: number;
}

const now = () => performance.timeOrigin + performance.now();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resident memory in megabytes, as the kernel counts it. Linux only. */
function residentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

async function starts(launcher: string): Promise<{ ready: number; resident: number }> {
  const ready: number[] = [];
  let resident = Number.NaN;
  for (let round = 0; round < STARTS; round += 1) {
    const host = new GoHost();
    const { readyMs, pid } = await host.check<{ readyMs: number; pid: number }>({ op: 'start', program: launcher, env: grafanaEnvironment() });
    ready.push(readyMs);
    if (round === STARTS - 1) {
      await pause(3000);
      resident = residentMegabytes(pid);
    }
    await host.end();
  }
  return { ready: median(ready), resident };
}

/** From just before an event is appended until its row has come through the channel. */
async function liveLatency(host: GoHost, context: HostContext, redisPort: number): Promise<number[]> {
  const log = labLog(redisPort, 'bench-live');
  try {
    await host.check({ op: 'subscribe', context, path: CHANNEL, expect: { text: 'OK' } });
    await host.check({ op: 'run', context, path: CHANNEL });
    await pause(1000);
    const began = new Map<string, number>();
    for (let index = 0; index < LIVE_EVENTS; index += 1) {
      const alert = benchAlert(`live-${index}`);
      began.set(alert.id, now());
      await log.append([alert]);
      await pause(LIVE_STEP_MS);
    }
    const rows = await host.check<Array<{ arrivedMs: number; values: { id: string } }>>({ op: 'rows', path: CHANNEL, rows: LIVE_EVENTS });
    await host.check({ op: 'cancel', path: CHANNEL });
    // The first ones warm the process.
    return rows.slice(20).flatMap(({ arrivedMs, values }) => arrivedMs - (began.get(values.id) ?? Number.NaN));
  } finally {
    log.redis.disconnect();
  }
}

async function growth(host: GoHost, pid: number, query: HostQuery, context: HostContext): Promise<{ asked: number; before: number; after: number; perSecond: number }> {
  const end = performance.now() + QUERIES_LIMIT_MS;
  let asked = 0;
  let before = Number.NaN;
  let wholeMs = 0;
  while (asked < QUERIES && performance.now() < end) {
    wholeMs += (await host.check<Timing>({ op: 'query', context, queries: [query], repeat: BATCH, concurrency: 8 })).wholeMs;
    asked += BATCH;
    // The heap grows to its working size first; from there on it must not.
    before = asked <= 3 * BATCH ? residentMegabytes(pid) : before;
  }
  await pause(1000);
  return { asked, before, after: residentMegabytes(pid), perSecond: (asked / wholeMs) * 1000 };
}

/**
 * The process under a host made of Grafana's own libraries, with a real Redis behind it.
 * @param redisPort of a Redis of the bench's own; events are appended to it
 */
export async function benchPlugin(redisPort: number): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hemostat-bench-plugin-'));
  const context: HostContext = { orgId: 1, user: { login: 'bench', role: 'Viewer' }, dataSource: { uid: 'bench', jsonData: { address: `127.0.0.1:${redisPort}` }, updatedMs: 1 } };
  const host = new GoHost();
  try {
    const { launcher } = buildPlugin(folder);
    const { ready, resident } = await starts(launcher);
    const { pid } = await host.check<{ pid: number }>({ op: 'start', program: launcher, env: grafanaEnvironment() });
    const resource = (repeat: number) => host.check<Timing>({ op: 'resource', context, method: 'GET', path: 'schema/filters', repeat });
    await resource(1000);
    const called = await resource(RESOURCE_CALLS);
    const live = await liveLatency(host, context, redisPort);
    const query: HostQuery = { refId: 'A', json: { queryType: 'events', limit: 10 }, from: Date.now() - 86_400_000, to: Date.now(), maxDataPoints: 1000, intervalMs: 1000 };
    const grown = await growth(host, pid, query, context);
    return [
      under(GROUP, 'ready after start, launcher included (median)', ready, 'ms', 300, `${STARTS} starts`),
      under(GROUP, 'resident memory at rest', resident, 'MB', 100),
      under(GROUP, 'resource call p50', called.p50Ms, 'ms', 0.5, `${called.calls} calls, one after the other`),
      under(GROUP, 'resource call p99', called.p99Ms, 'ms', 3),
      plain(GROUP, 'event appended to row on a live channel p50', median(live), 'ms'),
      under(GROUP, 'event appended to row on a live channel p99', percentile(live, 99), 'ms', 100, `${live.length} events`),
      plain(GROUP, 'queries answered, 8 at a time', grown.perSecond, 'queries/s'),
      under(GROUP, `growth of memory over ${grown.asked.toLocaleString('en-US')} queries`, grown.after - grown.before, 'MB', 15, `${grown.before.toFixed(0)} MB after the first 30,000, ${grown.after.toFixed(0)} MB at the end`),
    ];
  } finally {
    await host.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
