import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { parse } from 'yaml';
import type { HemostatLog } from '../../agents/runtime/log';
import { createLogger } from '../../agents/runtime/logger';
import { dashboards } from '../../scripts/dashboards/dashboards';
import { hemostatQueriesOf, panelsOf, promqlOf, readDashboard, type ShownQuery } from '../../scripts/dashboards/testing';
import type { FrameJson } from '../../src/backend/core/frames/json';
import type { Core } from '../../src/backend/core/types';
import { createHttpDoor } from '../../src/backend/http/server';
import { readTokens } from '../../src/backend/http/tokens';
import { testCore } from '../support/core';
import { COUNT_CASES } from '../support/exporter-cases';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { startExporter, type RunningExporter } from '../support/exporter';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { keepHealerAlive, writeRecordedDay } from '../support/recorded-day';
import { startRedis, type RedisServer } from '../support/servers';

const root = path.join(__dirname, '../..');
const TOKEN = 'viewer-token-0123456789';
const silent = createLogger({ logLevel: 'silent', logFormat: 'text' });
const boards = dashboards().map(({ name }) => ({ name, board: readDashboard(name) }));

interface ProvisionedRule {
  title: string;
  data: Array<{ refId: string; datasourceUid: string; relativeTimeRange: { from: number; to: number }; model: Record<string, unknown> }>;
}
const rules = (parse(readFileSync(path.join(root, 'provisioning/alerting/rules.yaml'), 'utf8')) as { groups: Array<{ rules: ProvisionedRule[] }> }).groups.flatMap((group) => group.rules);

const HOUR = 3_600_000;
/** What Grafana writes into a query in place of its variables. Rates look a few seconds back, because Prometheus has watched no longer. */
const inGrafana = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval_ms', '2000')
    .replaceAll('$__rate_interval', '2s')
    .replaceAll('$__range:1m', '1h:1s')
    .replaceAll('$__range', '1h')
    .replace(/\$(host|project|service|container)\b/g, '.*')
    .replace(/offset \d+m/g, 'offset 2s');

/** No series here, and why that is right: these are read by Prometheus and that is all. */
const SILENT: Readonly<Record<string, string>> = {
  'annotation Deployments': 'no image is new within the last moments',
  'Last Poll': 'the recorded day has no monitor that goes on writing figures',
  HemoStatErrorRateHigh: 'no agent handles anything',
  HemoStatAgentTrouble: 'no agent is in trouble',
};

async function readByPrometheus(title: string, expr: string): Promise<void> {
  const asked = inGrafana(expr);
  if (title in SILENT) {
    expect(await prometheus.query(asked)).toEqual(expect.anything());
  } else {
    expect((await prometheus.series(asked)).length).toBeGreaterThan(0);
  }
}

let redis: RedisServer;
let core: Core;
let door: FastifyInstance;
let exporter: RunningExporter;
let prometheus: PrometheusServer;
let watched: PrometheusServer;
let log: HemostatLog;
let letDie: () => void;

beforeAll(async () => {
  redis = await startRedis({ maxmemory: '1gb' });
  const environment = { REDIS_PORT: String(redis.port) };
  log = testLog(environment);
  await writeRecordedDay(log, { now: Date.now() });
  letDie = keepHealerAlive(log);
  exporter = await startExporter(environment);
  // It stands for the one that watches itself: a Prometheus of the tests does not know its own port before it runs.
  watched = await startPrometheus({ scrape: { 'hemostat-metrics': exporter.target } });
  await watched.series('up');
  prometheus = await startPrometheus({ scrape: { 'hemostat-metrics': exporter.target, prometheus: `127.0.0.1:${watched.port}` } });
  const caughtUp = async () => {
    const length = await log.redis.xlen(log.partition(0).log);
    // Seen on the grid of the subqueries below: between two of its points a step would be lost.
    await eventually(async () => expect((await prometheus.query('last_over_time(sum(hemostat_log_entries_total)[1h:1s])'))[0]?.value).toBe(length));
  };
  await caughtUp();
  // Prometheus must see every figure grow; those whose series begins with the first event, by a second one.
  for (const round of ['first', 'second']) {
    for (const [index, { events }] of COUNT_CASES.entries()) {
      for (const event of events(`${round}-${index}`)) {
        await log.append([event]);
      }
    }
    await caughtUp();
  }
  core = testCore(environment);
  door = await createHttpDoor({ core, tokens: readTokens({ token: TOKEN, tokenUser: 'grafana', tokensFile: '' }), logger: silent, rateLimit: 0, maxStreams: 10 });
});
afterAll(async () => {
  letDie();
  await door.close();
  await core.close();
  await prometheus.stop();
  await watched.stop();
  await exporter.close();
  log.redis.disconnect();
  await redis.stop();
});

interface Answer {
  status: number;
  error?: string;
  frames?: FrameJson[];
}

/** As Grafana's proxy would ask. */
async function askLog(query: Record<string, unknown>, from: number): Promise<Answer> {
  const refId = typeof query.refId === 'string' ? query.refId : 'A';
  const answer = await door.inject({
    method: 'POST',
    url: '/api/query',
    headers: { authorization: `Bearer ${TOKEN}` },
    payload: { queries: [query], range: { from, to: Date.now() }, maxDataPoints: 500, intervalMs: 1000 },
  });
  expect(answer.statusCode).toBe(200);
  const { results } = answer.json<{ results: Record<string, Answer> }>();
  return results[refId] ?? { status: 0 };
}

/** The browser half takes filters out that are a variable set to "All". */
const withoutChoice = ({ filters, adhoc, ...query }: ShownQuery): Record<string, unknown> => ({
  ...query,
  adhoc: ((adhoc ?? []) as Array<{ value: string }>).map((one) => ({ ...one, value: one.value.replace('${agent:regex}', '.*') })),
  filters: Object.fromEntries(Object.entries((filters ?? {}) as Record<string, string[]>).filter(([, values]) => !values.some((value) => value.startsWith('$')))),
});

describe.each(boards)('dashboard $name', ({ board }) => {
  it.each(promqlOf(board))('$title: Prometheus reads $expr and has a series for it', async ({ title, expr }) => readByPrometheus(title, expr));

  const queries = hemostatQueriesOf(board);
  it(`has the log answer each of its ${queries.length} queries with rows`, async () => {
    for (const query of queries) {
      const { status, error, frames = [] } = await askLog(withoutChoice(query), Date.now() - 24 * HOUR);
      expect({ status, error }).toEqual({ status: 200, error: undefined });
      // A series without any value has rows too.
      const values = frames.flatMap(({ schema, data }) => (schema?.fields ?? []).flatMap(({ type }, index) => (type === 'time' ? [] : (data?.values[index] ?? []))));
      expect([query.queryType, query.metrics, values.some((value) => value !== null && value !== '')]).toEqual([query.queryType, query.metrics, true]);
    }
  });

  it('shows only columns of the log that there are', async () => {
    for (const panel of panelsOf(board).filter(({ targets = [] }) => targets.some((target) => 'queryType' in target))) {
      const [query] = panel.targets ?? [];
      const { frames = [] } = query ? await askLog(withoutChoice(query), Date.now() - 24 * HOUR) : {};
      const there = new Set(frames.flatMap((frame) => frame.schema?.fields.map((field) => field.name) ?? []));
      const wanted = [...(panel.transformations?.flatMap(({ options }) => options.include?.names ?? []) ?? []), ...(panel.options?.reduceOptions?.fields ? [panel.options.reduceOptions.fields.replace(/[/^$]/g, '')] : [])];
      expect(wanted.filter((column) => !there.has(column))).toEqual([]);
    }
  });
});

describe('alert rules of Grafana', () => {
  it.each(rules.map((rule) => ({ ...rule, expr: rule.data[0]?.model.expr })).filter((rule): rule is typeof rule & { expr: string } => typeof rule.expr === 'string'))('$title: Prometheus reads it, and it has a value', async ({ title, expr }) => readByPrometheus(title, expr));

  it.each(rules.filter((rule) => rule.data.some(({ datasourceUid }) => datasourceUid === 'hemostat-events')))('$title: the log answers with counts of each type that is asked for', async ({ data }) => {
    for (const { model, relativeTimeRange } of data.filter(({ datasourceUid }) => datasourceUid === 'hemostat-events')) {
      const { status, frames = [] } = await askLog(model, Date.now() - relativeTimeRange.from * 1000);
      expect(status).toBe(200);
      expect(frames.flatMap((frame) => frame.schema?.fields.map((field) => field.name) ?? [])).toEqual(['time', ...(model.filters as { types: string[] }).types]);
    }
  });
});
