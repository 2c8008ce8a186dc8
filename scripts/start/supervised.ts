import { spawn, type ChildProcess } from 'node:child_process';

export interface SupervisedOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** One line of its output. */
  onLine: (line: string) => void;
  /** One line about it: that it died and is started again. */
  say: (line: string) => void;
  /** Exit codes after which starting again is useless. */
  finalCodes?: readonly number[];
  /** Told when it ended with such a code. */
  onFinal?: (code: number) => void;
  /** Milliseconds before the first new start; doubles up to 30 s. Default 1000. */
  firstWaitMs?: number;
}

const MAX_WAIT_MS = 30_000;
/** After living this long a death counts as the first one. */
const STEADY_MS = 60_000;

function lines(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk).split('\n');
    rest = (parts.pop() ?? '').slice(-65_536);
    parts.filter(Boolean).forEach(onLine);
  };
}

/** A child process that is started again, with growing waits, when it dies. */
export class Supervised {
  private child: ChildProcess | undefined;
  private stopping = false;
  private waitMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SupervisedOptions) {
    this.waitMs = options.firstWaitMs ?? 1000;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { command, args, env, onLine } = this.options;
    const began = performance.now();
    // A group of its own: Ctrl-C reaches us alone, and we end our children in the right order.
    // The child's standard input stays open as long as we live, so that it can notice our death.
    const child = spawn(command, [...args], { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', lines(onLine));
    }
    child.stdin.on('error', () => undefined);
    child.once('error', (cause) => this.ended(`cannot be started: ${cause.message}`, undefined, began));
    child.once('exit', (code, signal) => this.ended(signal ? `was ended by ${signal}` : `ended with code ${code ?? 'unknown'}`, code ?? undefined, began));
  }

  /** Asks it to end, and ends it by force after `graceMs`. May be called twice. */
  async stop(graceMs: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      return;
    }
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(force);
  }

  private ended(how: string, code: number | undefined, began: number): void {
    if (this.stopping || this.timer) {
      return;
    }
    const { name, say, finalCodes = [], onFinal } = this.options;
    if (code !== undefined && finalCodes.includes(code)) {
      say(`${name} ${how}; starting again would not help.`);
      onFinal?.(code);
      return;
    }
    if (performance.now() - began > STEADY_MS) {
      this.waitMs = this.options.firstWaitMs ?? 1000;
    }
    say(`${name} ${how}; it is started again in ${this.waitMs / 1000} s.`);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.start();
    }, this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, MAX_WAIT_MS);
  }
}
