import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findRun, withRun, RUN_FOLDER } from '../../agents/cli/run-file';
import { errorText } from '../../agents/runtime/errors';
import { readSettings, SettingsError, type Environment } from '../../agents/runtime/settings/define';
import { previewSettings } from '../../agents/runtime/settings/start';
import { buildHost, buildPlugin } from './build';
import { openDoor } from './door';
import { demoDay, type DemoDay } from './demo-day';
import { startPreview } from './server';

export interface PreviewRun {
  root: string;
  environment: Environment;
  argv: readonly string[];
  print: (line: string) => void;
  /** Aborted by Ctrl-C, or when whoever started us is gone. */
  signal: AbortSignal;
}

const USAGE = `npm run preview -- [options]: the pages without Grafana.
  --demo-day      with a Redis of its own that holds a recorded day of 48 containers
  --events N      with N further events in that log (up to 1,000,000)
  --dist FOLDER   the built plugin; dist of this checkout by default, built anew when its sources have changed`;

function optionsOf(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: { 'demo-day': { type: 'boolean', default: false }, events: { type: 'string', default: '0' }, dist: { type: 'string' }, attached: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  }).values;
}

async function until(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

/** While the plugin is worked on it may not compile: then the pages of before are shown. */
async function buildOrKeep(root: string, print: (line: string) => void): Promise<void> {
  try {
    await buildPlugin(root, print);
  } catch (cause) {
    if (!existsSync(path.join(root, 'dist', 'module.js'))) {
      throw cause;
    }
    print(`Pages    the plugin cannot be built; the one that was built before is shown. ${errorText(cause)}`);
  }
}

async function serve({ root, print, signal }: PreviewRun, environment: Environment, options: ReturnType<typeof optionsOf>): Promise<void> {
  const { port, bindHost } = readSettings(previewSettings, environment);
  const door = await openDoor(environment);
  const hostFolder = path.join(root, 'build', 'preview');
  const settingsFile = options['demo-day'] ? undefined : path.join(root, RUN_FOLDER, 'preview-settings.json');
  try {
    const server = await startPreview({ root, hostFolder, door, bindHost, port, log: print, ...(options.dist ? { dist: path.resolve(options.dist) } : {}), ...(settingsFile ? { settingsFile } : {}) });
    try {
      const host = buildHost(root, hostFolder);
      await (options.dist ? Promise.resolve() : buildOrKeep(root, print));
      server.ready(await host);
      print(`Pages    ${server.url}`);
      await until(signal);
    } finally {
      await server.close();
    }
  } finally {
    await door.close();
  }
}

/**
 * Serves the pages in the foreground until the signal.
 * @returns the exit code: 2 where starting again would not help. Never throws.
 */
export async function preview(run: PreviewRun): Promise<number> {
  let day: DemoDay | undefined;
  try {
    const options = optionsOf(run.argv);
    if (options.help) {
      run.print(USAGE);
      return 0;
    }
    if (options['demo-day']) {
      day = await demoDay(Number(options.events), run.print);
    }
    const environment = day ? { ...run.environment, ...day.environment } : options.attached ? run.environment : withRun(run.environment, findRun([run.root]));
    await serve(run, environment, options);
    return 0;
  } catch (cause) {
    run.print(`error    ${errorText(cause)}`);
    return cause instanceof SettingsError || (cause as { code?: string }).code === 'listen' ? 2 : 1;
  } finally {
    await day?.close();
  }
}
