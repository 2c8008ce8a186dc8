import { spawn } from 'node:child_process';

import type { Container } from './container';
import { badRequest, conflict } from './errors';
import { frame, type LogStream } from './log-buffer';
import { processTable } from './top';

/** What the fleet's images hold besides their program: enough to look around, no shell. */
const TOOLS = new Set([
  'cat',
  'date',
  'df',
  'echo',
  'env',
  'false',
  'free',
  'head',
  'hostname',
  'id',
  'ls',
  'printf',
  'sleep',
  'tail',
  'true',
  'uname',
  'uptime',
  'wc',
]);
const PROCESS_TOOLS = new Set(['ps', 'top']);
const TIME_LIMIT_MS = 30_000;
const OUTPUT_LIMIT_BYTES = 1_048_576;

export interface ExecConfig {
  cmd: string[];
  tty: boolean;
  attachStdout: boolean;
  attachStderr: boolean;
}

/** One exec instance: an argument vector run as it is, bounded in time and output. */
export class Exec {
  running = false;
  exitCode: number | null = null;
  pid = 0;
  started = false;

  constructor(
    readonly id: string,
    readonly container: Container,
    readonly config: ExecConfig,
    private readonly emit: (action: string, attributes: Record<string, string>) => void
  ) {
    if (config.cmd.length === 0) {
      throw badRequest('No exec command specified');
    }
    this.emit(`exec_create: ${this.label}`, { execID: id });
  }

  private get label(): string {
    const [file = '', ...args] = this.config.cmd;
    return `${file} ${args.join(' ')}`;
  }

  /** Runs to the end; `write` gets the multiplexed frames, or plain text with a terminal. */
  async start(write: (chunk: Buffer) => void): Promise<void> {
    if (this.started) {
      throw conflict(`Error: Exec command ${this.id} has already run`);
    }
    this.container.mustRun();
    this.started = true;
    this.running = true;
    this.emit(`exec_start: ${this.label}`, { execID: this.id });
    const send = (stream: LogStream, text: string): void => {
      const wanted = stream === 'stdout' ? this.config.attachStdout : this.config.attachStderr;
      if (wanted) {
        write(this.config.tty ? Buffer.from(text) : frame(stream, text));
      }
    };
    this.exitCode = await this.run(send);
    this.running = false;
    if (this.pid !== 0 || this.exitCode !== 126) {
      this.emit('exec_die', { execID: this.id, exitCode: String(this.exitCode) });
    }
  }

  private async run(send: (stream: LogStream, text: string) => void): Promise<number> {
    const [file = '', ...args] = this.config.cmd;
    const name = file.split('/').pop() ?? file;
    if (PROCESS_TOOLS.has(name)) {
      const table = processTable(this.container, 'aux');
      [table.Titles, ...table.Processes].forEach((row) => send('stdout', `${row.join('  ')}\n`));
      return 0;
    }
    if (!TOOLS.has(name)) {
      send(
        'stdout',
        `OCI runtime exec failed: exec failed: unable to start container process: exec: "${file}": executable file not found in $PATH: unknown\r\n`
      );
      return 126;
    }
    return this.spawnTool(name, args, send);
  }

  private spawnTool(name: string, args: string[], send: (stream: LogStream, text: string) => void): Promise<number> {
    const env = Object.fromEntries(
      this.container.spec.env.map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      })
    );
    const child = spawn(name, args, {
      cwd: this.container.runDir,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    this.pid = child.pid ?? 0;
    this.container.execPids.add(this.pid);
    let left = OUTPUT_LIMIT_BYTES;
    const forward =
      (stream: LogStream) =>
      (chunk: Buffer): void => {
        const text = chunk.subarray(0, Math.max(0, left)).toString('utf8');
        left -= chunk.length;
        send(stream, text);
        if (left <= 0) {
          child.kill('SIGKILL');
        }
      };
    child.stdout.on('data', forward('stdout'));
    child.stderr.on('data', forward('stderr'));
    const containerEnded = (): void => {
      child.kill('SIGKILL');
    };
    this.container.onEnd.add(containerEnded);
    return new Promise((resolve) => {
      const finish = (code: number): void => {
        this.container.execPids.delete(this.pid);
        this.container.onEnd.delete(containerEnded);
        resolve(code);
      };
      child.once('error', () => finish(126));
      child.once('close', (code) => finish(code ?? 137));
    });
  }
}
