import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FOLDER_PREFIX, sweepLeftovers } from './leftovers';

export { removeFolder } from './leftovers';

const KEPT_OUTPUT = 20_000;
/** Keeps its process id and tells the kernel to signal the program when we die, even by SIGKILL. */
const SETPRIV = '/usr/bin/setpriv';

/** A server that a test started. It never outlives the test process. */
export interface Running {
  readonly pid: number;
  readonly command: string;
  /** What it wrote, the last 20,000 characters. */
  output(): string;
  /** Signals it and waits for its end; does nothing when it ended already. */
  end(signal: NodeJS.Signals, graceMs?: number): Promise<void>;
  /** Resolves when `ready` is found in the output; rejects with the output when it ends first or takes longer. */
  waitFor(ready: RegExp, timeoutMs?: number): Promise<void>;
  ended(): boolean;
}

interface StartOptions {
  /** Sent by the kernel when the test process dies. */
  whenOrphaned?: 'KILL' | 'TERM';
  env?: NodeJS.ProcessEnv;
}

/** The test process or jest itself may be killed at any moment; jest's `process` never sees `exit`. So the kernel ends it. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Running {
  const guard = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', options.whenOrphaned ?? 'KILL'] : [];
  const [program = command, ...rest] = [...guard, command, ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], ...(options.env ? { env: options.env } : {}) });
  return watch(child, command);
}

function watch(child: ChildProcess, command: string): Running {
  let output = '';
  let over = false;
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    tell();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const finish = (words: string) => {
    over = true;
    output += words;
    tell();
  };
  child.once('error', (cause) => finish(`\n${command} cannot be started: ${cause.message}`));
  child.once('exit', (code, signal) => finish(`\n${command} ended with ${signal ?? `code ${code}`}`));

  const waitUntil = (holds: () => boolean, timeoutMs: number, what: string) =>
    new Promise<void>((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        listeners.delete(look);
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`${command} ${what} within ${timeoutMs / 1000} s:\n${output}`));
      }, timeoutMs);
      const look = () => {
        if (holds()) {
          stop();
          resolve();
        } else if (over) {
          stop();
          reject(new Error(`${command} ended too early:\n${output}`));
        }
      };
      listeners.add(look);
      look();
    });

  return {
    pid: child.pid ?? -1,
    command,
    output: () => output,
    ended: () => over,
    waitFor: (ready, timeoutMs = 30_000) => waitUntil(() => ready.test(output), timeoutMs, `did not say ${String(ready)}`),
    async end(signal, graceMs = 20_000) {
      if (over) {
        return;
      }
      child.kill(signal);
      try {
        await waitUntil(() => over, graceMs, `did not end after ${signal}`);
      } catch (cause) {
        child.kill('SIGKILL');
        await waitUntil(() => over, 5000, 'did not end after SIGKILL');
        throw cause;
      }
    },
  };
}

let swept = false;

/** A new folder of this test process under the machine's folder for temporary files; remove it with `removeFolder`. */
export function temporaryFolder(purpose: string): string {
  if (!swept) {
    swept = true;
    sweepLeftovers();
  }
  return mkdtempSync(path.join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-${purpose}-`));
}
