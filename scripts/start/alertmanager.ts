import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { alertSettings, startSettings } from '../../agents/runtime/settings/start';
import { findProgram, startCompanion, type Companion, type CompanionOptions } from './prometheus';

/** Debian's name first. */
const PROGRAMS = ['prometheus-alertmanager', 'alertmanager'];

/** What `monitoring/alertmanager/configure.sh` reads, under the names that it knows. Nothing else of our environment goes there. */
function channels(environment: Environment): Record<string, string> {
  const values = readSettings(alertSettings, environment);
  return Object.fromEntries(
    Object.entries(alertSettings).flatMap(([key, { name }]): Array<[string, string]> => {
      const value = String(values[key as keyof typeof values]);
      return value === '' ? [] : [[name, value]];
    })
  );
}

/** Alertmanager with the shipped routes, for this machine only; undefined, and a line that says why, where it cannot run. */
export async function startAlertmanager(options: CompanionOptions): Promise<Companion | undefined> {
  const { root, environment, print } = options;
  const { alertmanagerPort: port } = readSettings(startSettings, environment);
  const program = findProgram(environment.PATH ?? '', PROGRAMS);
  if (!program) {
    print('Alertmanager is not on the path: alerts are seen in Prometheus only. Get it: apt-get install prometheus-alertmanager');
    return undefined;
  }
  const own = path.join(options.folder, 'alertmanager');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return startCompanion(options, {
    name: 'Alertmanager',
    port,
    variable: 'ALERTMANAGER_PORT',
    command: '/bin/sh',
    args: [
      ...[path.join(root, 'monitoring/alertmanager/configure.sh'), path.join(own, 'configuration'), program],
      ...[`--storage.path=${path.join(own, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', '--log.level=warn'],
    ],
    env: channels(environment),
  });
}
