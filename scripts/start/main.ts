import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkRedis } from '../../agents/cli/doctor/redis';
import type { RunFile } from '../../agents/cli/run-file';
import { errorText } from '../../agents/runtime/errors';
import { redisAddress } from '../../agents/runtime/redis';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings, SettingsError, type Environment, type SettingsShape } from '../../agents/runtime/settings/define';
import { responderSettings } from '../../agents/runtime/settings/responder';
import { apiSettings } from '../../agents/runtime/settings/api';
import { exporterSettings } from '../../agents/runtime/settings/exporter';
import { startSettings } from '../../agents/runtime/settings/start';
import type { DemoFleet } from '../demo-fleet';
import { startAlertmanager } from './alertmanager';
import { apiToken } from './api-token';
import { startAgents } from './agents-process';
import { banner, closingWords, whereToLook } from './banner';
import { chooseRedis, StartError } from './choose-redis';
import { demoEnvironment, startDemo } from './demo';
import { answersPing, findRedisServer, startEmbeddedRedis, type EmbeddedRedis } from './embedded-redis';
import { findEngine } from './engine';
import { processMark } from './process-mark';
import { announcePages, startPages } from './pages';
import { startPrometheus, type Companion } from './prometheus';
import { endOrphanedRedis, makeRunFolder, redisFolder, removeRunFile, runningHere, writeRunFile } from './run-folder';
import { tellStoryLive } from './story';
import type { Supervised } from './supervised';

export interface StartOptions {
  /** The checkout: `.hemostat` is made there. */
  root: string;
  environment: Environment;
  /** The bundled command line, which runs the agents. */
  cli: string;
  /** The bundled preview, which shows the pages where there is no Grafana; without it there are none. */
  preview?: string;
  print: (line: string) => void;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** What was started, so that it can be stopped. */
interface Started {
  agents?: Supervised;
  fleet?: DemoFleet;
  redis?: EmbeddedRedis;
  companions: Companion[];
  pages?: { stop(): Promise<void> };
}

/** The agents get this long to finish what they are at; with Redis and the fleet it stays under 10 s. */
const AGENTS_GRACE_MS = 7000;

async function prepareRedis(options: StartOptions, started: Started): Promise<Record<string, string>> {
  const { environment, print } = options;
  const settings = readSettings(commonSettings, environment);
  const choice = await chooseRedis(environment, settings.redisPort);
  if (!choice.own) {
    print(`Redis    ${redisAddress(settings)} (yours, as the settings say)`);
    const faults = (await checkRedis(settings)).filter((check) => check.level !== 'ok');
    faults.forEach((check) => print(`  ${check.level}   ${check.what}: ${check.found}. ${check.mend}`));
    return {};
  }
  if (choice.note) {
    print(choice.note);
  }
  const server = findRedisServer(environment.PATH ?? '');
  if (!server) {
    throw new StartError('No redis-server is on the path.', 'Install it (apt-get install redis-server), or set REDIS_HOST to one that runs.');
  }
  started.redis = await startEmbeddedRedis({ server, port: choice.port, folder: redisFolder(options.root), say: print, env: { ...environment } });
  print(`Redis    127.0.0.1:${choice.port} (our own; its data is in .hemostat/redis)`);
  return { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(choice.port) };
}

async function prepareEngine(options: StartOptions, folder: string, started: Started): Promise<Record<string, string>> {
  const { environment, print } = options;
  const { demo } = readSettings(startSettings, environment);
  const search = demo === 'on' ? undefined : await findEngine(environment);
  if (search?.found) {
    print(`Docker   ${search.address}`);
    return { DOCKER_HOST: search.dockerHost };
  }
  if (search?.named) {
    throw new StartError(`DOCKER_HOST names ${search.address}, and no Docker engine answers there: ${search.why}`, `${search.mend} Or unset DOCKER_HOST; HEMOSTAT_DEMO=on starts the demo fleet.`);
  }
  if (demo === 'off') {
    throw new StartError(`No Docker engine answers at ${search?.address ?? 'DOCKER_HOST'}, and HEMOSTAT_DEMO=off forbids the demo fleet.`, 'Start Docker, or set DOCKER_HOST to where it is.');
  }
  started.fleet = await startDemo(folder);
  const added = demoEnvironment(environment, folder);
  banner({ containers: started.fleet.containers.length, forced: demo === 'on', settings: added }).forEach(print);
  return { DOCKER_HOST: `unix://${started.fleet.socketPath}`, ...added };
}

/** What is set of the settings that decide about the log and the policy, without secrets. */
function openSettings(environment: Environment): Record<string, string> {
  const shapes: SettingsShape = { ...commonSettings, ...responderSettings };
  return Object.fromEntries(
    Object.values(shapes).flatMap(({ name, secret }): Array<[string, string]> => {
      const value = environment[name];
      return value && !secret ? [[name, value]] : [];
    })
  );
}

/** What other terminals need to know of this run. */
function runFile(started: Started, environment: Environment): RunFile {
  return {
    pid: process.pid,
    mark: processMark(process.pid) ?? '',
    started_at: new Date().toISOString(),
    ...(started.redis ? { redis: { host: '127.0.0.1', port: started.redis.port } } : {}),
    docker_host: environment.DOCKER_HOST ?? '',
    demo: started.fleet !== undefined,
    mode: environment.HEMOSTAT_MODE || 'observe',
    settings: openSettings(environment),
  };
}

/** Prometheus and Alertmanager, where they are installed. @returns settings for the agents: the notifier tells Alertmanager as well, the updater asks Prometheus. */
async function prepareMonitoring(options: StartOptions, environment: Environment, folder: string, started: Started): Promise<Record<string, string>> {
  if (readSettings(startSettings, environment).monitoring === 'off' || !existsSync(path.join(options.root, 'monitoring'))) {
    return {};
  }
  const companion = { root: options.root, folder, environment, print: options.print };
  const [prometheus, alertmanager] = [await startPrometheus(companion), await startAlertmanager(companion)];
  started.companions.push(...[prometheus, alertmanager].flatMap((one) => (one ? [one] : [])));
  return {
    ...(alertmanager && !environment.HEMOSTAT_ALERTMANAGER_URL && !environment.HEMOSTAT_ALERTMANAGER_URL_FILE ? { HEMOSTAT_ALERTMANAGER_URL: alertmanager.url } : {}),
    ...(prometheus && !environment.HEMOSTAT_PROMETHEUS_URL ? { HEMOSTAT_PROMETHEUS_URL: prometheus.url } : {}),
  };
}

async function stopAll(started: Started, print: (line: string) => void): Promise<void> {
  const steps: Array<[string, () => Promise<void> | undefined]> = [
    ['the pages', () => started.pages?.stop()],
    ['the agents', () => started.agents?.stop(AGENTS_GRACE_MS)],
    ['Prometheus or Alertmanager', () => Promise.all(started.companions.map((one) => one.stop())).then(() => undefined)],
    ['the demo fleet', () => started.fleet?.close()],
    ['Redis', () => started.redis?.stop()],
  ];
  for (const [name, stop] of steps) {
    try {
      await stop();
    } catch (cause) {
      print(`${name} did not stop as it should: ${errorText(cause)}`);
    }
  }
}

async function run(options: StartOptions, started: Started): Promise<number> {
  const { root, print, signal } = options;
  const folder = makeRunFolder(root);
  await announcePages({ ...options, preview: options.preview });
  await endOrphanedRedis(root, print);
  // From here on a second npm start in this checkout knows of us.
  writeRunFile(root, runFile(started, options.environment));
  const redis = await prepareRedis(options, started);
  const engine = await prepareEngine(options, folder, started);
  const token = apiToken(options.environment, folder);
  const found: Environment = { ...options.environment, ...redis, ...engine, ...token.settings };
  const environment: Environment = { HEMOSTAT_UPDATE_LOG: path.join(folder, 'update_log.jsonl'), HEMOSTAT_DASHBOARD_CONFIG: path.join(root, 'dashboard_config.json'), ...found, ...(await prepareMonitoring(options, found, folder, started)) };
  const api = readSettings(apiSettings, environment);
  print(`HTTP API http://${api.bindHost}:${api.port}${token.file ? ` (token in ${path.relative(options.root, token.file)})` : ''}`);
  const exporter = readSettings(exporterSettings, environment);
  print(`Metrics  http://${exporter.bindHost}:${exporter.port}/metrics`);
  if (started.redis && !(await answersPing(started.redis.port))) {
    throw new StartError(`Our own Redis on port ${started.redis.port} went away.`, 'Start again; its data is kept.');
  }
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  let code = 0;
  const story = tellStoryLive(environment, print, over);
  started.agents = startAgents({
    cli: options.cli,
    environment,
    print,
    onFinal: () => {
      code = 2;
      ended.abort();
    },
  });
  started.pages = startPages({ root, environment, preview: options.preview, print });
  const file = runFile(started, environment);
  writeRunFile(root, file);
  whereToLook(file).forEach(print);
  print('The story, one line an event (times in UTC); Ctrl-C stops all that was started here.');
  print('');
  await story;
  return code;
}

/**
 * Runs the whole system in the foreground until the signal, then stops all that it started, and only that.
 * @returns the exit code. Never throws.
 */
export async function start(options: StartOptions): Promise<number> {
  const { root, print } = options;
  const running = runningHere(root);
  if (running) {
    print(`npm start runs in this checkout already (pid ${running.pid}, since ${running.started_at}).`);
    whereToLook(running).forEach(print);
    return 1;
  }
  const started: Started = { companions: [] };
  let code = 1;
  try {
    code = await run(options, started);
  } catch (cause) {
    print(`error    ${errorText(cause)}`);
    if (cause instanceof StartError) {
      print(`         ${cause.mend}`);
    }
    code = cause instanceof SettingsError ? 2 : 1;
  }
  if (started.agents) {
    closingWords(started.fleet !== undefined).forEach(print);
  }
  await stopAll(started, print);
  removeRunFile(root);
  return code;
}
