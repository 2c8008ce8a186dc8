import path from 'node:path';
import type { HemostatLog } from '../../agents/runtime/log';
import { startExporter, sumOf, type RunningExporter } from '../support/exporter';
import { eventually } from '../support/eventually';
import { testAlert, testLog, testRecovery } from '../support/events';
import { freePort } from '../support/free-port';
import { start, type Running } from '../support/processes';
import { startRedis, type RedisServer } from '../support/servers';

const COMMAND = path.join(__dirname, '../../scripts/hemostat.mjs');
const EVENTS = 10_000;
const CONTAINERS = 50;
const ROUNDS = 10;

describe('counting over restarts', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let copies: RunningExporter[] = [];
  let processes: Running[] = [];
  const environment = () => ({ REDIS_PORT: String(redis.port) });

  beforeEach(async () => {
    redis = await startRedis({ aof: true });
    log = testLog(environment());
  });
  afterEach(async () => {
    await Promise.all([...copies.map((one) => one.close()), ...processes.map((one) => one.end('SIGKILL'))]);
    copies = [];
    processes = [];
    log.redis.disconnect();
    await redis.stop();
  });

  const copy = async () => {
    const exporter = await startExporter(environment(), { HEMOSTAT_METRICS_NODE: 'false' });
    copies.push(exporter);
    return exporter;
  };

  /** The exporter as a process of its own, so that it can be killed. */
  const ownProcess = async () => {
    const port = await freePort();
    const running = start(process.execPath, [COMMAND, 'agent', 'exporter'], {
      env: { PATH: process.env.PATH ?? '', REDIS_HOST: '127.0.0.1', ...environment(), METRICS_PORT: String(port), LOG_LEVEL: 'info', HEMOSTAT_METRICS_NODE: 'false' },
    });
    processes.push(running);
    await running.waitFor(/counts now/, 60_000);
    return running;
  };

  const eventsOf = (round: number) =>
    Array.from({ length: EVENTS / ROUNDS }, (_, index) => {
      const container = `c-${(round * 31 + index) % CONTAINERS}`;
      return index % 4 === 3 ? testRecovery(container) : testAlert(container, { ill_since: new Date(Date.now() - 3000).toISOString() });
    });

  it('counts 10,000 events exactly, though exporters and Redis are killed in between, and never goes back', async () => {
    let highest = 0;
    const look = (text: string) => {
      const now = sumOf(text, 'hemostat_health_alerts_total');
      expect(now).toBeGreaterThanOrEqual(highest);
      highest = now;
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      const events = eventsOf(round);
      const send = (some: typeof events) => Promise.all(some.map((event) => log.append([event])));
      const sending = send(events.slice(0, events.length / 2)).then(() => (round % 3 === 0 ? [] : send(events.slice(events.length / 2))));
      if (round % 3 === 0) {
        // Killed while it counts: neither what it read nor what it wrote is known to be whole.
        const running = await ownProcess();
        const rest = send(events.slice(events.length / 2));
        await running.end('SIGKILL');
        await Promise.all([sending, rest]);
      } else if (round % 3 === 1) {
        const [first, second] = [await copy(), await copy()];
        await sending;
        look(await first.text());
        await first.close();
        look(await second.text());
        await second.close();
      } else {
        const exporter = await copy();
        await redis.kill('SIGKILL');
        await redis.restart();
        await sending;
        await eventually(async () => look(await exporter.text()));
        await exporter.close();
      }
    }
    const last = await copy();
    await eventually(async () => expect(sumOf(await last.text(), 'hemostat_health_alerts_total')).toBe((EVENTS * 3) / 4), 60_000);
    const text = await last.text();
    look(text);
    expect(sumOf(text, 'hemostat_container_recoveries_total', { reason: 'well' })).toBe(EVENTS / 4);
    expect(sumOf(text, 'hemostat_time_to_detection_seconds_count')).toBe((EVENTS * 3) / 4);
    expect(sumOf(text, 'hemostat_log_entries_total', { type: 'health_alert' })).toBe((EVENTS * 3) / 4);
    // Every single series agrees with the log itself.
    const entries = await log.redis.xrange(log.partition(0).log, '-', '+');
    const expected = new Map<string, number>();
    for (const [, fields] of entries) {
      const event = JSON.parse(fields[5] ?? '{}') as { type: string; container: string };
      if (event.type === 'health_alert') {
        expected.set(event.container, (expected.get(event.container) ?? 0) + 1);
      }
    }
    expect(expected.size).toBe(CONTAINERS);
    for (const [container, number] of expected) {
      expect([container, sumOf(text, 'hemostat_health_alerts_total', { container_name: container })]).toEqual([container, number]);
    }
  });

  it('lets the same figures be seen at every copy, and goes on in another one when the leading copy is killed', async () => {
    const leader = await ownProcess();
    const follower = await copy();
    await log.append([testAlert('c-0')]);
    await log.append([testAlert('c-0')]);
    await eventually(async () => expect(sumOf(await follower.text(), 'hemostat_health_alerts_total', { container_name: 'c-0' })).toBe(2));
    expect(sumOf(await follower.text(), 'hemostat_exporter_leading')).toBe(0);
    await leader.end('SIGKILL');
    await log.append([testAlert('c-0')]);
    await eventually(async () => expect(sumOf(await follower.text(), 'hemostat_health_alerts_total', { container_name: 'c-0' })).toBe(3), 30_000);
    expect(sumOf(await follower.text(), 'hemostat_exporter_leading')).toBe(1);
  });

  it('counts all of four partitions, and goes on exactly there in another copy', async () => {
    const four = { HEMOSTAT_PARTITIONS: '4' };
    const wide = testLog({ ...environment(), ...four });
    try {
      const send = () => Promise.all(Array.from({ length: 400 }, (_, index) => wide.append([testAlert(`c-${index % 40}`)])));
      const settled = async (exporter: RunningExporter, events: number) => {
        await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_health_alerts_total')).toBe(events), 30_000);
        const text = await exporter.text();
        const lengths = await Promise.all(wide.partitions.map((keys) => wide.redis.xlen(keys.log)));
        // Every partition has some of them, or this shows nothing.
        expect(Math.min(...lengths)).toBeGreaterThan(0);
        expect(sumOf(text, 'hemostat_log_entries_total', { type: 'health_alert' })).toBe(events);
        for (let container = 0; container < 40; container += 1) {
          expect([container, sumOf(text, 'hemostat_health_alerts_total', { container_name: `c-${container}` })]).toEqual([container, events / 40]);
        }
        // One series each, though several partitions count in it.
        const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.slice(0, line.lastIndexOf(' ')));
        expect(new Set(lines).size).toBe(lines.length);
      };
      await send();
      const first = await startExporter(environment(), { ...four, HEMOSTAT_METRICS_NODE: 'false' });
      copies.push(first);
      await settled(first, 400);
      await send();
      await settled(first, 800);
      await first.close();
      await send();
      const second = await startExporter(environment(), { ...four, HEMOSTAT_METRICS_NODE: 'false' });
      copies.push(second);
      await settled(second, 1200);
    } finally {
      wide.redis.disconnect();
    }
  });

  it('starts anew when somebody empties Redis', async () => {
    const exporter = await copy();
    await log.append([testAlert('a')]);
    await log.append([testAlert('a')]);
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_health_alerts_total')).toBe(2));
    await log.redis.flushall();
    await log.append([testAlert('a')]);
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_health_alerts_total')).toBe(1));
  });

  it('serves what it has while Redis is away, says so, and answers at once', async () => {
    const exporter = await copy();
    await log.append([testAlert('a')]);
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_health_alerts_total')).toBe(1));
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_redis_up')).toBe(1));
    await redis.kill('SIGKILL');
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_redis_up')).toBe(0));
    expect(sumOf(await exporter.text(), 'hemostat_health_alerts_total')).toBe(1);
    expect((await fetch(`${exporter.url}/-/healthy`)).status).toBe(200);
    await redis.restart();
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_redis_up')).toBe(1), 30_000);
  });

  it('tells Redis how far it has read, so that its lag is seen and nothing uncounted is trimmed', async () => {
    const exporter = await copy();
    await log.append([testAlert('a')]);
    await log.append([testAlert('b')]);
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_log_entries_total')).toBe(await log.redis.xlen(log.partition(0).log)));
    const groups = (await log.redis.xinfo('GROUPS', log.partition(0).log)) as unknown[][];
    const group = groups.find((one) => one[1] === 'exporter') ?? [];
    const field = (name: string) => group[group.indexOf(name) + 1];
    const [last] = await log.redis.xrevrange(log.partition(0).log, '+', '-', 'COUNT', 1);
    expect(field('last-delivered-id')).toBe(last?.[0]);
    expect(field('lag')).toBe(0);
    expect(field('pending')).toBe(0);
  });
});
