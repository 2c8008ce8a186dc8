import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { removeFolder, start, temporaryFolder, type Running } from './processes';

export interface AlertmanagerServer {
  readonly url: string;
  readonly port: number;
  /** Answer of `GET /api/v2/<what>`. */
  get<T>(what: string): Promise<T>;
  /** Ends it, keeping its data. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

function configuration(receiverUrl: string): string {
  return [
    'route:',
    '  receiver: test',
    "  group_by: ['...']",
    '  group_wait: 100ms',
    '  group_interval: 500ms',
    '  repeat_interval: 1h',
    'receivers:',
    '  - name: test',
    '    webhook_configs:',
    `      - url: ${receiverUrl}`,
    '        send_resolved: true',
    '',
  ].join('\n');
}

/** A real Alertmanager with a data folder of its own; every alert alone goes at once to `receiverUrl`. The caller stops it. */
export async function startAlertmanager(receiverUrl: string): Promise<AlertmanagerServer> {
  const folder = temporaryFolder('alertmanager');
  const file = path.join(folder, 'alertmanager.yml');
  writeFileSync(file, configuration(receiverUrl));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const run = () =>
    start('prometheus-alertmanager', [
      ...['--config.file', file, '--storage.path', path.join(folder, 'data')],
      ...['--web.listen-address', `127.0.0.1:${port}`, '--cluster.listen-address', ''],
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
    });
  };
  let running = run();
  await ready(running);
  return {
    url,
    port,
    async get<T>(what: string) {
      const answer = await fetch(`${url}/api/v2/${what}`);
      return (await answer.json()) as T;
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
