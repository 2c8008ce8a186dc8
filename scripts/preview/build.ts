import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { z } from 'zod';
import { HemostatError } from '../../agents/runtime/errors';
import { waitMs } from '../../agents/runtime/wait';
import type { HostFiles } from './page';

const HOST_SOURCES = ['src/preview/host', 'scripts/preview/build.ts', 'package-lock.json'];
const PLUGIN_SOURCES = ['src', 'agents/runtime', 'plugin.json', 'webpack.config.ts', 'package-lock.json', '.config'];
/** Under src, but not in the plugin. */
const NOT_PLUGIN = [path.join('src', 'preview')];
const LOCK_POLL_MS = 300;
const KEPT_OUTPUT = 50_000;
const SHOWN_OUTPUT = 1500;
const filesSchema = z.object({ digest: z.string(), js: z.string(), css: z.string(), parts: z.array(z.string()) });

function filesBelow(place: string): string[] {
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) {
    return existsSync(place) ? [place] : [];
  }
  return readdirSync(place).flatMap((name) => filesBelow(path.join(place, name)));
}

const isTest = (file: string): boolean => /\.test\.tsx?$|\.md$/.test(file);

/** The same sources give the same digest, whenever they were written. */
function digestOf(root: string, places: readonly string[], except: readonly string[] = []): string {
  const hash = createHash('sha256');
  const files = places.flatMap((place) => filesBelow(path.join(root, place)));
  for (const file of files.sort()) {
    const name = path.relative(root, file);
    if (!isTest(name) && !except.some((folder) => name.startsWith(folder))) {
      hash.update(`${name}\0`).update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** What @grafana/runtime keeps to itself: the files of its package, so that each module stays one. */
const internals = (root: string): Plugin => ({
  name: 'grafana-runtime-internals',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^grafana-runtime\// }, ({ path: name }) => ({ path: path.join(root, 'node_modules/@grafana/runtime/dist/esm', name.slice('grafana-runtime/'.length)) }));
  },
});

/** Time zones for the years that somebody looks at: with all since 1900 they are a seventh of the bundle. */
const ZONES = 'moment-timezone/builds/moment-timezone-with-data-10-year-range.js';

function readHostFiles(folder: string): z.infer<typeof filesSchema> | undefined {
  try {
    const files = filesSchema.parse(JSON.parse(readFileSync(path.join(folder, 'host.json'), 'utf8')));
    return existsSync(path.join(folder, files.js)) ? files : undefined;
  } catch {
    return undefined;
  }
}

/** All that a file of the bundle imports at once, directly or not. */
function partsOf(outputs: Metafile['outputs'], file: string, found = new Set<string>()): Set<string> {
  for (const { path: part, kind } of outputs[file]?.imports ?? []) {
    if (kind === 'import-statement' && !found.has(part)) {
      partsOf(outputs, part, found.add(part));
    }
  }
  return found;
}

/**
 * Bundles the host for the browser, where its sources have changed.
 * @returns its files, by their names below the folder
 */
export async function buildHost(root: string, folder: string): Promise<HostFiles> {
  const digest = digestOf(root, HOST_SOURCES);
  const known = readHostFiles(folder);
  if (known?.digest === digest) {
    return known;
  }
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { host: 'src/preview/host/main.tsx' },
    outdir: folder,
    entryNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    metafile: true,
    loader: { '.ttf': 'file', '.svg': 'file', '.png': 'file' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    alias: { 'moment-timezone': path.join(root, 'node_modules', ZONES) },
    // Settings of the plugin's own compiler name types that only it needs.
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx' } },
    plugins: [internals(root)],
    logLevel: 'error',
  });
  const [js = '', entry] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint?.endsWith('main.tsx')) ?? [];
  const parts = [...partsOf(metafile.outputs, js)].map((file) => path.basename(file));
  const files: HostFiles = { js: path.basename(js), css: path.basename(entry?.cssBundle ?? ''), parts };
  writeFileSync(path.join(folder, `host.json.${process.pid}`), JSON.stringify({ digest, ...files }));
  renameSync(path.join(folder, `host.json.${process.pid}`), path.join(folder, 'host.json'));
  return files;
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One build at a time in a checkout; the lock of a process that is gone counts for nothing. */
async function locked<T>(root: string, work: () => Promise<T>): Promise<T> {
  const lock = path.join(root, 'build', 'plugin.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      const holder = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
      if (holder > 0 && !isAlive(holder)) {
        rmSync(lock, { force: true });
      }
      await waitMs(LOCK_POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function run(root: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number>((resolve) => child.once('error', () => resolve(1)).once('close', (end) => resolve(end ?? 1)));
  if (code !== 0) {
    // What webpack says before its errors is of no use here.
    const words = output.slice(Math.max(0, output.indexOf('ERROR in'))).trim().slice(0, SHOWN_OUTPUT);
    throw new HemostatError('build', `${path.basename(args[0] ?? '')}: ${words}`);
  }
}

/**
 * Builds the plugin into `dist`, where its sources have changed since.
 * @param say told before it begins, in one line
 * @throws HemostatError `build` with the errors; an older build is left as it was
 */
export async function buildPlugin(root: string, say: (line: string) => void): Promise<void> {
  await locked(root, async () => {
    const digest = digestOf(root, PLUGIN_SOURCES, NOT_PLUGIN);
    const stamp = path.join(root, 'build', 'plugin.digest');
    const isBuilt = existsSync(path.join(root, 'dist/module.js')) && existsSync(path.join(root, 'dist/datasource/module.js'));
    if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
      return;
    }
    say('Pages    building the plugin into dist (some seconds)');
    await run(root, [path.join(root, 'node_modules/webpack/bin/webpack.js'), '--disable-interpret', '-c', './webpack.config.ts', '--env', 'production']);
    await run(root, [path.join(root, 'scripts/build-backend.mjs')]);
    writeFileSync(stamp, digest);
  });
}
