import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { updaterAgent } from '../../agents/updater';
import { runAgents } from '../../agents/runtime/run';
import type { HemostatLog } from '../../agents/runtime/log';
import { readRange } from '../../agents/runtime/queries';
import type { Environment } from '../../agents/runtime/settings/define';
import type { EventOf, EventType } from '../../src/contract/events';
import { removeFolder, temporaryFolder } from './processes';

export interface UpdaterFiles {
  folder: string;
  config: string;
  updateLog: string;
  /** Writes the configuration. */
  configure(config: unknown): void;
  remove(): void;
}

export function updaterFiles(config: unknown = {}): UpdaterFiles {
  const folder = mkdtempSync(path.join(temporaryFolder('updater'), 'files-'));
  const file = path.join(folder, 'dashboard_config.json');
  const configure = (next: unknown) => writeFileSync(file, typeof next === 'string' ? next : JSON.stringify(next, undefined, 2));
  configure(config);
  return { folder, config: file, updateLog: path.join(folder, 'update_log.jsonl'), configure, remove: () => removeFolder(path.dirname(folder)) };
}

/** Settings of an updater that need not be waited for. */
export function quickUpdater(files: UpdaterFiles, more: Environment = {}): Environment {
  return {
    REDIS_HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    HEMOSTAT_DASHBOARD_CONFIG: files.config,
    HEMOSTAT_UPDATE_LOG: files.updateLog,
    HEMOSTAT_UPDATER_PORT: '0',
    HEMOSTAT_UPDATER_RATES_SECONDS: '0.1',
    HEMOSTAT_UPDATER_CHECK_SECONDS: '0.1',
    HEMOSTAT_UPDATER_MIN_GAP_SECONDS: '0',
    HEMOSTAT_GRAFANA_TIMEOUT_SECONDS: '1',
    HEMOSTAT_PUBLIC_URL: 'https://grafana.example',
    ...more,
  };
}

export const startUpdater = async (environment: Environment) => runAgents([updaterAgent], environment);

/** The events of one type that stand in the log, oldest first. */
export async function eventsOf<T extends EventType>(log: HemostatLog, type: T): Promise<Array<EventOf<T>>> {
  const stored = await readRange(log, { types: [type] });
  return stored.map(({ event }) => event as EventOf<T>);
}
