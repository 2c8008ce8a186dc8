// Set-up of a fresh machine. Runs on Node 20 and needs no package, because it is what installs them.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const binaries = path.join(modules, '.bin');
const marker = path.join(modules, '.hemostat-lock-digest');
/** The Node that the packages ask for. */
const OLDEST_NODE = 22;
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const OUTPUT_SHOWN = 4000;

/**
 * Programs that no npm package brings: what they are for, which Debian package has them, and what cannot do without.
 * `start` makes use of some when they are there (`uses`) and does not install those by itself.
 */
const PARTS = [
  { program: 'redis-server', debian: 'redis-server', why: 'Redis, which holds the log', needs: ['start', 'test', 'bench'] },
  { program: 'dockerd', debian: 'docker.io', why: 'a Docker engine whose containers can be watched', needs: ['test', 'bench'], uses: ['start'] },
  { program: 'iptables', debian: 'iptables', why: 'asked for by the Docker engine', needs: ['test', 'bench'] },
  { program: 'busybox', debian: 'busybox-static', why: 'the image of the test containers', needs: ['test', 'bench'], fits: isStatic },
  { program: 'openssl', debian: 'openssl', why: 'certificates of the tests over TLS', needs: ['test'] },
  { program: 'prometheus', debian: 'prometheus', why: 'metrics and alert rules', needs: ['test'], uses: ['start'] },
  { program: 'prometheus-node-exporter', debian: 'prometheus-node-exporter', why: 'figures of the machine to compare ours with', needs: ['test'] },
  { program: 'prometheus-alertmanager', debian: 'prometheus-alertmanager', why: 'delivery of alerts', needs: ['test'], uses: ['start'] },
  { program: 'docker-compose', debian: 'docker-compose', why: 'the check of docker-compose.yaml', needs: ['test'] },
  { program: 'chromium', debian: 'chromium', why: 'the browser of the page tests', needs: ['test'] },
];

function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => path.join(folder, name)).find((file) => isExecutable(file));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** A dynamic program names its loader in its first bytes; it would not run in an image without libraries. */
function isStatic(file) {
  const head = Buffer.alloc(8192);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  return !/\/ld-(linux|musl)/.test(head.toString('latin1'));
}

function isMissing(part) {
  const file = findProgram(part.program);
  return file === undefined || (part.fits !== undefined && !part.fits(file));
}

function stop(lines) {
  for (const line of lines) {
    console.error(line);
  }
  process.exit(1);
}

/** Runs a command quietly, and shows the end of its output when it fails. Gives its exit code. */
function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-OUTPUT_SHOWN);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const finish = (code) => {
      if (code !== 0) {
        console.error(output.trimEnd());
      }
      resolve(code);
    };
    child.once('error', (cause) => {
      output += `${command}: ${cause.message}\n`;
      finish(1);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

const lockDigest = () => createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json'))).digest('hex');

/** Packages are those of the lock file when they were installed from these very bytes, or after it was last written. */
function packagesAreCurrent() {
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lockDigest()) {
    return true;
  }
  const installed = path.join(modules, '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

/** Without our own folder of programs: npm must not run on the Node that it is about to replace. */
function environmentOfMachine() {
  const PATH = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => path.resolve(folder) !== binaries)
    .join(path.delimiter);
  return { ...process.env, PATH };
}

async function ensurePackages() {
  if (packagesAreCurrent()) {
    return;
  }
  const why = existsSync(modules) ? 'node_modules does not fit package-lock.json' : 'node_modules is missing';
  console.log(`Set-up: ${why}; installing packages with npm ci (about a minute)`);
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], environmentOfMachine());
  if (code !== 0) {
    stop(['The packages could not be installed. Is the package registry reachable? Try it by hand: npm ci']);
  }
  writeFileSync(marker, lockDigest());
}

function ensureNode() {
  const node = path.join(binaries, 'node');
  const version = existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout : undefined;
  if (Number(/^v(\d+)/.exec(version ?? '')?.[1]) >= OLDEST_NODE) {
    return;
  }
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    stop([
      `Node ${OLDEST_NODE} or newer is missing: this is ${process.version}, and the package "node" brought none for ${process.platform}-${process.arch}.`,
      'Its install script may have been forbidden. Run: npm rebuild node    or install Node 24 on this machine.',
    ]);
  }
}

/** Debian starts a service as soon as its package is installed, unless this file forbids it. */
async function withoutStartingServices(work) {
  if (existsSync(POLICY_FILE)) {
    return work();
  }
  const remove = () => rmSync(POLICY_FILE, { force: true });
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    remove();
  }
}

async function installWithApt(names) {
  const env = { ...environmentOfMachine(), DEBIAN_FRONTEND: 'noninteractive' };
  console.log(`Set-up: installing ${names.join(', ')} with apt-get (no service is started)`);
  if ((await run('apt-get', ['update', '-qq'], env)) !== 0) {
    console.error('apt-get update failed; trying with the package lists that are there.');
  }
  await withoutStartingServices(() => run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], env));
}

const mayUseApt = () => process.getuid?.() === 0 && findProgram('apt-get') !== undefined;

async function ensureParts(purpose) {
  const needed = PARTS.filter((part) => part.needs.includes(purpose));
  const missing = needed.filter(isMissing);
  if (missing.length > 0 && mayUseApt()) {
    await installWithApt(missing.map((part) => part.debian));
  }
  const still = needed.filter(isMissing);
  if (still.length > 0) {
    stop(still.map((part) => `${part.program} is missing (${part.why}). Install it: apt-get install -y --no-install-recommends ${part.debian}`));
  }
  return PARTS.filter((part) => part.uses?.includes(purpose) && isMissing(part));
}

/**
 * Brings this machine to the point where HemoStat can be started, tested or measured: packages, Node 24, and the servers
 * that are missing (by apt-get as root on Debian, else a message that names the command, and exit code 1).
 * Afterwards PATH finds the project's own programs first.
 * @param {{ for?: 'start' | 'test' | 'bench' }} [options] `start` when not given.
 * @returns {Promise<{ node: string, absent: Array<{ program: string, debian: string, why: string }> }>} the Node to run with, and the
 *   programs that would be used if they were there.
 */
export async function ensureSetup({ for: purpose = 'start' } = {}) {
  await ensurePackages();
  ensureNode();
  const absent = await ensureParts(purpose);
  if ((process.env.PATH ?? '').split(path.delimiter)[0] !== binaries) {
    process.env.PATH = [binaries, process.env.PATH ?? ''].join(path.delimiter);
  }
  const own = path.join(binaries, 'node');
  return { node: existsSync(own) ? own : process.execPath, absent: absent.map(({ program, debian, why }) => ({ program, debian, why })) };
}
