import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { removeFolder, start, temporaryFolder, type Running } from './processes';

/** One series of an answer: its labels (with `__name__`) and its value. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

export interface PrometheusOptions {
  /** Job name -> `host:port` to scrape. */
  scrape?: Readonly<Record<string, string>>;
  /** How often, and how often rules are evaluated. Default 200 ms, so that tests need not wait. */
  intervalMs?: number;
  /** Files with rules; absolute paths. */
  ruleFiles?: readonly string[];
  /** `host:port` of an Alertmanager. */
  alertmanager?: string;
  /** A whole configuration in place of the one made of the above. */
  configFile?: string;
  /** More arguments, as Prometheus takes them: `['--enable-feature=exemplar-storage']`. */
  args?: readonly string[];
}

export interface PrometheusServer {
  readonly url: string;
  readonly port: number;
  /** `data` of the answer of `GET /api/v1/<what>`. @throws Error with Prometheus' own words when it refuses. */
  get<T>(what: string): Promise<T>;
  /** An instant query; a scalar is one sample without labels. @throws Error with Prometheus' own words when it cannot be read. */
  query(expression: string): Promise<Sample[]>;
  /** Waits until the query gives at least one series that satisfies `when`, and gives all of them. */
  series(expression: string, when?: (sample: Sample) => boolean): Promise<Sample[]>;
  /** Waits until the target of each job was scraped without an error at least `times` times from now. */
  scraped(times?: number): Promise<void>;
  /** Ends it, keeping its data. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

interface Target {
  labels: { job: string };
  health: string;
  lastError: string;
  lastScrape: string;
}

function configuration(options: PrometheusOptions): string {
  const every = `${options.intervalMs ?? 200}ms`;
  return stringify({
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: options.ruleFiles ?? [],
    scrape_configs: Object.entries(options.scrape ?? {}).map(([job, target]) => ({ job_name: job, static_configs: [{ targets: [target] }] })),
    ...(options.alertmanager ? { alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] } } : {}),
  });
}

function samplesOf(data: { resultType: string; result: unknown }): Sample[] {
  if (data.resultType === 'scalar') {
    const [, value] = data.result as [number, string];
    return [{ labels: {}, value: Number(value) }];
  }
  return (data.result as Array<{ metric: Record<string, string>; value: [number, string] }>).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** A real Prometheus with a data folder of its own, on a free port of 127.0.0.1. The caller stops it. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const folder = temporaryFolder('prometheus');
  const file = options.configFile ?? path.join(folder, 'prometheus.yml');
  if (!options.configFile) {
    writeFileSync(file, configuration(options));
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const run = () =>
    start('prometheus', [
      ...['--config.file', file, '--storage.tsdb.path', path.join(folder, 'data'), '--web.listen-address', `127.0.0.1:${port}`],
      ...['--web.enable-lifecycle', '--enable-feature=exemplar-storage', '--log.level=warn', ...(options.args ?? [])],
    ]);
  const ready = async (server: Running) => {
    await eventually(async () => {
      if (server.ended()) {
        throw new Error(server.output());
      }
      const answer = await fetch(`${url}/-/ready`);
      if (!answer.ok) {
        throw new Error(`HTTP ${answer.status}`);
      }
    }, 30_000);
  };
  const get = async <T>(what: string): Promise<T> => {
    const answer = await fetch(`${url}/api/v1/${what}`);
    const body = (await answer.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') {
      throw new Error(`Prometheus refuses ${what}: ${body.error ?? `HTTP ${answer.status}`}`);
    }
    return body.data;
  };
  const query = async (expression: string) => samplesOf(await get(`query?query=${encodeURIComponent(expression)}`));
  const targets = async () => (await get<{ activeTargets: Target[] }>('targets?state=active')).activeTargets;
  let running = run();
  await ready(running);
  return {
    url,
    port,
    get,
    query,
    series: (expression, when = () => true) =>
      eventually(async () => {
        const samples = await query(expression);
        if (!samples.some(when)) {
          throw new Error(`No series fits; ${expression} gives ${JSON.stringify(samples).slice(0, 1000)}`);
        }
        return samples;
      }, 20_000),
    async scraped(times = 1) {
      const last = new Map<string, string>();
      const counts = new Map<string, number>();
      await eventually(async () => {
        for (const target of await targets()) {
          const { job } = target.labels;
          const isNew = last.has(job) && last.get(job) !== target.lastScrape && target.health === 'up';
          counts.set(job, (counts.get(job) ?? 0) + (isNew ? 1 : 0));
          last.set(job, target.lastScrape);
        }
        const missing = [...counts].filter(([, count]) => count < times).map(([job]) => job);
        if (counts.size === 0 || missing.length > 0) {
          throw new Error(`Not scraped: ${missing.join(', ') || 'no target'}. ${JSON.stringify(await targets()).slice(0, 1000)}`);
        }
      }, 20_000);
    },
    kill: () => running.end('SIGKILL'),
    async restart() {
      await running.end('SIGKILL');
      running = run();
      await ready(running);
    },
    async stop() {
      await running.end('SIGKILL');
      removeFolder(folder);
    },
  };
}
