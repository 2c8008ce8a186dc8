import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const COMMAND_LIMIT_MS = 10_000;

/** The channel that an agent of the original listens on: having a subscriber there is its only sign of being ready. */
const LISTENS_ON = { analyzer: 'hemostat:health_alert', responder: 'hemostat:remediation_needed' };

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * What can be run here. Never throws.
 * @param {{ checkout?: string, python?: string }} paths
 * @returns {Promise<{ versions: { python: string, redisPy: string, commit: string } } | { reason: string }>}
 */
export async function findOriginal({ checkout, python }) {
  if (!checkout || !python) {
    return { reason: 'set HEMOSTAT_ORIGINAL_DIR to a checkout of it and HEMOSTAT_ORIGINAL_PYTHON to its Python' };
  }
  const entry = path.join(checkout, 'agents', 'hemostat_analyzer', 'main.py');
  if (!existsSync(entry)) {
    return { reason: `HEMOSTAT_ORIGINAL_DIR is no checkout of it: ${entry} is missing` };
  }
  const probe = 'import platform,redis,dotenv,docker;print(platform.python_version(),redis.__version__)';
  try {
    const { stdout } = await run(python, ['-c', probe], { timeout: COMMAND_LIMIT_MS });
    const [version = 'unknown', redisPy = 'unknown'] = stdout.trim().split(' ');
    return { versions: { python: version, redisPy, commit: await commitOf(checkout) } };
  } catch (error) {
    const last = String(error.stderr || error.message)
      .trim()
      .split('\n')
      .at(-1);
    return { reason: `${python} cannot run it (${last}): install redis, python-dotenv and docker for it` };
  }
}

/** @param {string} checkout */
async function commitOf(checkout) {
  try {
    const { stdout } = await run('git', ['-C', checkout, 'rev-parse', '--show-toplevel', 'HEAD'], {
      timeout: COMMAND_LIMIT_MS,
    });
    const [top, commit] = stdout.trim().split('\n');
    // An unpacked archive inside some other repository would answer with that repository's commit.
    return top === realpathSync(checkout) && commit ? commit : 'unknown';
  } catch {
    return 'unknown';
  }
}

/**
 * Starts agents of the original and ends those, and only those.
 * The responder gets an engine address that leads nowhere: in dry run it needs none, and so it can never touch one.
 */
export class OriginalAgents {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  #running = new Set();
  #folder = mkdtempSync(path.join(os.tmpdir(), 'hemostat-original-'));
  #onExit = () => this.#running.forEach((child) => child.kill('SIGKILL'));

  /** @param {{ checkout: string, python: string, redisUrl: string, redis: import('ioredis').Redis }} options */
  constructor(options) {
    this.options = options;
    process.once('exit', this.#onExit);
  }

  /**
   * Starts an agent; resolves when it listens.
   * @param {'analyzer' | 'responder'} name
   * @param {number} limitMs
   */
  async start(name, limitMs = 15_000) {
    // The caller may listen on the same channel, so readiness is one listener more, not one listener.
    const before = await this.#listeners(LISTENS_ON[name]);
    const child = spawn(this.options.python, ['-m', `agents.hemostat_${name}.main`], {
      cwd: this.#folder,
      env: this.#environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (bytes) => (complaint = (complaint + bytes).slice(-500)));
    child.once('error', (error) => (complaint = error.message));
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    const end = performance.now() + limitMs;
    while (performance.now() < end && child.exitCode === null && child.signalCode === null) {
      if ((await this.#listeners(LISTENS_ON[name])) > before) {
        return child;
      }
      await pause(10);
    }
    child.kill('SIGKILL');
    throw new Error(`the original's ${name} did not start listening: ${complaint.trim() || 'no word on stderr'}`);
  }

  /** @param {import('node:child_process').ChildProcess} child */
  async kill(child) {
    if (!this.#running.has(child)) {
      return;
    }
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** True when somebody else already answers alerts on this Redis, which would falsify every count. */
  async strangersListen() {
    return (await this.#listeners(LISTENS_ON.analyzer)) + (await this.#listeners(LISTENS_ON.responder)) > 0;
  }

  async close() {
    await Promise.all([...this.#running].map((child) => this.kill(child)));
    process.removeListener('exit', this.#onExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @param {string} channel */
  async #listeners(channel) {
    const reply = await this.options.redis.pubsub('NUMSUB', channel);
    return Number(reply[1]);
  }

  #environment() {
    const url = new URL(this.options.redisUrl);
    return {
      PYTHONPATH: this.options.checkout,
      PYTHONDONTWRITEBYTECODE: '1',
      HOME: this.#folder,
      REDIS_HOST: url.hostname,
      REDIS_PORT: url.port || '6379',
      REDIS_PASSWORD: decodeURIComponent(url.password),
      // Rules only, and as quiet as it can be: both in its favour.
      AI_FALLBACK_ENABLED: 'false',
      LOG_LEVEL: 'CRITICAL',
      RESPONDER_DRY_RUN: 'true',
      RESPONDER_COOLDOWN_SECONDS: '1',
      RESPONDER_RETRY_MAX: '1',
      DOCKER_HOST: `unix://${path.join(this.#folder, 'no-engine.sock')}`,
    };
  }
}
