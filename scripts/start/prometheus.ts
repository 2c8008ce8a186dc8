import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { isPortFree, portOwner } from '../../agents/cli/ports';
import { exporterSettings } from '../../agents/runtime/settings/exporter';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { notifierSettings } from '../../agents/runtime/settings/notifier';
import { startSettings } from '../../agents/runtime/settings/start';
import { Supervised } from './supervised';

/** A server beside the healer: nice to have, and `npm start` runs without it. */
export interface Companion {
  url: string;
  stop(): Promise<void>;
}

export interface CompanionOptions {
  /** The checkout, which holds `monitoring/`. */
  root: string;
  /** For data and generated configuration. */
  folder: string;
  environment: Environment;
  print: (line: string) => void;
}

const GRACE_MS = 3000;
const DEFAULT_GRAFANA = 'http://localhost:3000';

/** Full path of the first of these programs on the search path, or undefined. */
export function findProgram(searchPath: string, names: readonly string[]): string | undefined {
  const files = searchPath.split(path.delimiter).filter(Boolean).flatMap((folder) => names.map((name) => path.join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

interface CompanionProgram {
  name: string;
  port: number;
  /** Of PORTS: the variable that changes the port. */
  variable: string;
  command: string;
  args: readonly string[];
  env: Environment;
}

/** Starts it, or says in one line why not. It is started again when it dies, and dies with us. */
export async function startCompanion(options: CompanionOptions, program: CompanionProgram): Promise<Companion | undefined> {
  const { print } = options;
  const { name, port, variable } = program;
  const label = `${name.padEnd(8)} `;
  if (!(await isPortFree(port))) {
    print(`${label}not started: port ${port} is taken by ${(await portOwner(port)) ?? 'another process'}. Set ${variable} to another one.`);
    return undefined;
  }
  const { PATH = '' } = options.environment;
  const last: string[] = [];
  // The kernel ends it when we are killed: its port and its data would be taken for the next start.
  const guard = findProgram(PATH, ['setpriv']);
  const child = new Supervised({
    name,
    command: guard ?? program.command,
    args: guard ? ['--pdeathsig', 'TERM', program.command, ...program.args] : program.args,
    env: { PATH, ...program.env },
    onLine: (line) => {
      last.push(line);
      last.splice(0, last.length - 2);
    },
    say: (line) => print(`${line}${last.length > 0 ? ` Its last words: ${last.join(' | ')}` : ''}`),
  });
  child.start();
  const url = `http://127.0.0.1:${port}`;
  print(`${label}${url}`);
  return { url, stop: () => child.stop(GRACE_MS) };
}

const staticConfigs = z.array(z.looseObject({ targets: z.array(z.string()) }));
const configSchema = z.looseObject({
  rule_files: z.array(z.string()),
  alerting: z.looseObject({ alertmanagers: z.array(z.looseObject({ static_configs: staticConfigs })) }),
  scrape_configs: z.array(z.looseObject({ job_name: z.string(), static_configs: staticConfigs })),
});

/** Addresses, each `host:port`, that take the place of those in a network of containers. */
export interface LocalAddresses {
  exporter: string;
  prometheus: string;
  alertmanager: string;
}

/**
 * The shipped configuration with the addresses of this machine.
 * @param shipped text of `monitoring/prometheus/prometheus.yml`
 * @param folder where the shipped file stands: its rule files are meant from there
 * @throws ZodError or YAMLParseError when the file is not one of ours.
 */
export function localConfiguration(shipped: string, folder: string, addresses: LocalAddresses): string {
  const config = configSchema.parse(parse(shipped));
  const targets: Readonly<Record<string, string>> = { 'hemostat-metrics': addresses.exporter, prometheus: addresses.prometheus };
  return stringify({
    ...config,
    rule_files: config.rule_files.map((file) => path.resolve(folder, file)),
    alerting: { ...config.alerting, alertmanagers: [{ static_configs: [{ targets: [addresses.alertmanager] }] }] },
    scrape_configs: config.scrape_configs.map((job) => {
      const target = targets[job.job_name];
      return target === undefined ? job : { ...job, static_configs: [{ targets: [target] }] };
    }),
  });
}

/** Prometheus with the shipped rules, for this machine only; undefined, and a line that says why, where it cannot run. */
export async function startPrometheus(options: CompanionOptions): Promise<Companion | undefined> {
  const { root, environment, print } = options;
  const settings = readSettings(startSettings, environment);
  const command = findProgram(environment.PATH ?? '', ['prometheus']);
  if (!command) {
    print('Prometheus is not on the path: no rules and no history of figures. Get it: apt-get install prometheus');
    return undefined;
  }
  const exporter = readSettings(exporterSettings, environment);
  const shippedFolder = path.join(root, 'monitoring/prometheus');
  const own = path.join(options.folder, 'prometheus');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const file = path.join(own, 'prometheus.yml');
  const configuration = localConfiguration(readFileSync(path.join(shippedFolder, 'prometheus.yml'), 'utf8'), shippedFolder, {
    exporter: `${exporter.bindHost === '0.0.0.0' ? '127.0.0.1' : exporter.bindHost}:${exporter.port}`,
    prometheus: `127.0.0.1:${settings.prometheusPort}`,
    alertmanager: `127.0.0.1:${settings.alertmanagerPort}`,
  });
  writeFileSync(file, configuration);
  return startCompanion(options, {
    name: 'Prometheus',
    port: settings.prometheusPort,
    variable: 'PROMETHEUS_PORT',
    command,
    args: [
      ...[`--config.file=${file}`, `--storage.tsdb.path=${path.join(own, 'data')}`, '--storage.tsdb.retention.time=15d'],
      ...[`--web.listen-address=127.0.0.1:${settings.prometheusPort}`, '--enable-feature=exemplar-storage,expand-external-labels', '--log.level=warn'],
    ],
    env: {
      HEMOSTAT_RUNBOOKS_URL: settings.runbooksUrl,
      HEMOSTAT_PUBLIC_URL: readSettings(notifierSettings, environment).publicUrl || settings.grafanaUrl || DEFAULT_GRAFANA,
    },
  });
}
