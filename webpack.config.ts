import path from 'node:path';
import CopyWebpackPlugin from 'copy-webpack-plugin';
import type { Configuration } from 'webpack';
import VirtualModulesPlugin from 'webpack-virtual-modules';
import { getEntries } from './.config/bundler/utils.ts';
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';

const APP = 'module';
/** These work on the whole of `dist`, and do it once: with the app. */
const ONCE = ['CopyPlugin', 'ReplaceInFileWebpackPlugin', 'ReplaceInFilePlugin', 'LiveReloadPlugin'];
/** The scaffold has one for the app, which cannot serve a second build. */
const VIRTUAL = 'VirtualModulesPlugin';

/** The scaffold takes every src/plugin.json below the root, also those that packages in node_modules bring along. */
async function ownEntries(): Promise<Array<[string, string]>> {
  const source = path.join(import.meta.dirname, 'src') + path.sep;
  return Object.entries(await getEntries()).filter(([, file]) => file.startsWith(source));
}

/** What the scaffold puts before each entry: chunks are loaded from where the module was. */
const besideTheModule = () =>
  new VirtualModulesPlugin({ 'node_modules/grafana-public-path.js': `import module from 'amd-module';\n__webpack_public_path__ = module.uri.slice(0, module.uri.lastIndexOf('/') + 1);\n` });

async function appConfig(env: Env, file: string): Promise<Configuration> {
  const scaffold = await grafanaConfig(env);
  // The scaffold copies the logos of the app alone.
  const nestedImages = new CopyWebpackPlugin({ patterns: [{ from: '*/img/*', to: '.' }] });
  return {
    ...scaffold,
    name: APP,
    entry: { [APP]: file },
    // While watching, the nested plugins are not built anew with every change of the app.
    output: { ...scaffold.output, clean: env.production ? scaffold.output?.clean : false },
    plugins: [...(scaffold.plugins ?? []), nestedImages],
  };
}

/** Grafana serves a nested plugin from its own folder, under its own id: what it loads later must lie beside its module. */
async function nestedConfig(env: Env, entry: string, file: string): Promise<Configuration> {
  const scaffold = await grafanaConfig(env);
  const folder = path.dirname(entry);
  return {
    ...scaffold,
    name: entry,
    dependencies: [APP],
    entry: { [path.basename(entry)]: file },
    output: { ...scaffold.output, clean: false, path: path.join(scaffold.output?.path ?? '', folder), uniqueName: `${scaffold.output?.uniqueName}-${folder}` },
    plugins: [...(scaffold.plugins ?? []).filter((plugin) => ![...ONCE, VIRTUAL].includes(plugin?.constructor.name ?? '')), besideTheModule()],
  };
}

export default async (env: Env): Promise<Configuration[]> =>
  Promise.all((await ownEntries()).map(async ([entry, file]) => (entry === APP ? appConfig(env, file) : nestedConfig(env, entry, file))));
