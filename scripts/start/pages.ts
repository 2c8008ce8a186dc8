import { isPortFree } from '../../agents/cli/ports';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { startSettings } from '../../agents/runtime/settings/start';
import { StartError } from './choose-redis';
import { Supervised } from './supervised';

export interface PagesOptions {
  root: string;
  environment: Environment;
  /** The bundled preview; without it no pages are shown. */
  preview: string | undefined;
  print: (line: string) => void;
}

const STOP_MS = 4000;
const APP_ID = 'hemostat-monitor-app';
const DATASOURCE_ID = 'hemostat-events-datasource';

/**
 * Says where the pages are, before anything else is said: in the Grafana that is set, else without one.
 * @throws StartError that names the variable when the port is taken
 */
export async function announcePages({ environment, preview, print }: PagesOptions): Promise<void> {
  const { grafanaUrl, port, bindHost } = readSettings(startSettings, environment);
  if (grafanaUrl !== '') {
    print(`Open     ${grafanaUrl.replace(/\/$/, '')}/a/${APP_ID}`);
    print(`         If HemoStat is not there yet: npm run build, copy dist/ to Grafana's plugin folder as ${APP_ID},`);
    print(`         and start Grafana with GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=${APP_ID},${DATASOURCE_ID}`);
    return;
  }
  if (preview === undefined || port === 0) {
    return;
  }
  if (!(await isPortFree(port, bindHost))) {
    throw new StartError(`HEMOSTAT_PREVIEW_PORT: ${bindHost}:${port}, where the pages are to be shown, is taken.`, 'Set HEMOSTAT_PREVIEW_PORT to a free port, or GRAFANA_URL if that is your Grafana.');
  }
  print(`Open     http://${bindHost === '127.0.0.1' ? 'localhost' : bindHost}:${port}   (the pages without Grafana; ready in some seconds)`);
}

/** Shows the pages without Grafana, in a process of their own; undefined where a Grafana is set. */
export function startPages({ root, environment, preview, print }: PagesOptions): { stop(): Promise<void> } | undefined {
  if (preview === undefined || readSettings(startSettings, environment).grafanaUrl !== '') {
    return undefined;
  }
  const pages = new Supervised({
    name: 'The process of the pages',
    command: process.execPath,
    args: ['--enable-source-maps', preview, '--attached'],
    env: { ...environment, HEMOSTAT_START_ROOT: root },
    onLine: print,
    say: print,
    finalCodes: [2],
  });
  pages.start();
  return { stop: async () => pages.stop(STOP_MS) };
}
