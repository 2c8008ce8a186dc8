import { HemostatLog } from '../../agents/runtime/log';
import { connectRedis } from '../../agents/runtime/redis';
import { redisSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { createCore } from '../../src/backend/core/core';
import type { Caller, Core } from '../../src/backend/core/types';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { startRedis } from '../../tests/support/servers';
import { plantObserver, plantTelemetry, type TelemetryPlan } from '../../tests/support/telemetry-data';
import { median, percentile, plain, under, type Figure } from './figures';

const GROUP = 'dashboard of the agents, without a cache';
const HOUR_MS = 3_600_000;
const CALLER: Caller = { user: 'bench', role: 'Viewer', machine: false };
const never = new AbortController().signal;
/** A day of figures of nine agents and the day before, which trends are compared with; hours of lines and traces at their highest rate. */
const PLAN = { figureHours: 48, lineHours: 4, linesAnHour: 10_000, traceHours: 4, tracesAnHour: 1000, alerts: 20, historyHours: 24 };

/** Times of many runs; the first tenth only warms up. */
async function rounds(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const started = performance.now();
    await work();
    if (round >= count / 10) {
      times.push(performance.now() - started);
    }
  }
  return times;
}

async function call(core: Core, path: string, search = ''): Promise<{ bytes: number }> {
  const { status, body } = await core.resource({ method: 'GET', path, query: new URLSearchParams(search), body: new Uint8Array() }, CALLER, never);
  if (status !== 200) {
    throw new Error(`${path}: ${status} ${body.slice(0, 300)}`);
  }
  return { bytes: body.length };
}

/** The same keys as the payload is made of, in one plain pipeline. Nothing is read into anything. */
async function raw(log: HemostatLog, { now }: TelemetryPlan, minutes: number): Promise<void> {
  const keys = telemetryKeys(log.options.prefix);
  const from = now - minutes * 60_000;
  const before = from - minutes * 60_000;
  const traces = await log.redis.zrevrangebyscore(keys.traces, now, from, 'LIMIT', 0, 20);
  const pipeline = log.redis.pipeline();
  for (let hour = Math.floor(before / HOUR_MS); hour <= Math.floor(now / HOUR_MS); hour += 1) {
    pipeline.hgetall(keys.minutes(hour));
  }
  pipeline.xrevrange(keys.logs, '+', '-', 'COUNT', 50);
  pipeline.xrevrange(keys.errors, '+', from, 'COUNT', 1000);
  traces.forEach((id) => pipeline.hgetall(keys.trace(id)));
  pipeline.hvals(log.partition(0).agentAlerts);
  await pipeline.exec();
}

async function payload(core: Core, log: HemostatLog, plan: TelemetryPlan, minutes: number, limit: number, count: number): Promise<Figure[]> {
  const limits = await rounds(count, async () => raw(log, plan, minutes));
  let bytes = 0;
  const times = await rounds(count, async () => {
    ({ bytes } = await call(core, 'dashboard', `minutes=${minutes}`));
  });
  const span = minutes === 60 ? '60 minutes' : '24 h';
  const note = `median ${median(times).toFixed(1)} ms, ${Math.round(bytes / 1024)} KiB`;
  return [
    plain(GROUP, `the same keys by a plain pipeline, ${span}, p95`, percentile(limits, 95), 'ms', `median ${median(limits).toFixed(1)} ms`),
    under(GROUP, `whole payload of ${span}, p95`, percentile(times, 95), 'ms', limit, note),
  ];
}

async function others(core: Core): Promise<Figure[]> {
  const calls: Array<[string, string, string]> = [
    ['status of the system with 24 h of history', 'dashboard/status', ''],
    ['1000 log lines of warnings and above of 24 h', 'dashboard/logs', 'level=warn&minutes=1440&limit=1000'],
    ['200 traces of 24 h that failed', 'dashboard/traces', 'status=error&minutes=1440&limit=200'],
    ['figure latency of 24 h by the minute', 'dashboard/metrics/latency', 'aggregation=p99&minutes=1440'],
  ];
  const figures: Figure[] = [];
  for (const [name, path, search] of calls) {
    const times = await rounds(40, async () => call(core, path, search));
    figures.push(plain(GROUP, `${name}, p95`, percentile(times, 95), 'ms', `median ${median(times).toFixed(1)} ms`));
  }
  return figures;
}

/** How long the answers of the dashboard API take over a real Redis with a day of nine agents in it. */
export async function benchDashboard(): Promise<Figure[]> {
  const redis = await startRedis();
  const settings = readSettings(redisSettings, { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) });
  const client = connectRedis(settings, 'bench');
  const log = new HemostatLog(client, { prefix: settings.keyPrefix, partitions: 1, legacyMirror: false, retentionDays: 15, address: `127.0.0.1:${redis.port}` });
  const core = createCore({ ...settings, cacheMs: 0 });
  try {
    const plan = { ...PLAN, now: Date.now() };
    await plantTelemetry(log, plan);
    await plantObserver(log, plan);
    const memory = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
    return [
      plain(GROUP, 'Redis with 48 h of figures, 4 h of 10,000 lines and 1,000 traces', memory / 1_048_576, 'MiB'),
      ...(await payload(core, log, plan, 60, 100, 200)),
      ...(await payload(core, log, plan, 1440, 300, 60)),
      ...(await others(core)),
    ];
  } finally {
    await core.close();
    client.disconnect();
    await redis.stop();
  }
}
