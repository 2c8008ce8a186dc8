import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';

import type { LogBuffer, LogStream } from './log-buffer';
import type { Launch } from './types';

/** Output still in the pipes gets this long after the process has ended. */
const DRAIN_MS = 300;

/** Process groups to kill when this process ends by whatever way lets it run its exit handlers. */
const groups = new Set<number>();
let exitHookSet = false;

function killAllGroups(): void {
  for (const pid of groups) {
    signalGroup(pid, 'SIGKILL');
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) {
    return code;
  }
  return 128 + (signal === null ? 0 : os.constants.signals[signal]);
}

/** The process of one run of a container, leader of its own group, its output wired into the container's log. */
export class ContainedProcess {
  private ended = false;

  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number
  ) {}

  /** Rejects when the program cannot be started. `onEnd` is called once, after the last output, with the exit code. */
  static async start(
    launch: Launch,
    cwd: string,
    log: LogBuffer,
    onEnd: (exitCode: number) => void
  ): Promise<ContainedProcess> {
    if (!exitHookSet) {
      exitHookSet = true;
      process.on('exit', killAllGroups);
    }
    // Standard input stays open as the line for orders; its end tells the program that the fleet itself is gone.
    const child = spawn(launch.file, launch.args, { cwd, env: launch.env, detached: true, stdio: 'pipe' });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const pid = child.pid ?? 0;
    groups.add(pid);
    const contained = new ContainedProcess(child, pid);
    contained.wire(log, onEnd);
    return contained;
  }

  /** Sends a line to the program, such as the order to fall ill. */
  tell(order: string): void {
    if (!this.ended) {
      this.child.stdin?.write(`${order}\n`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.ended) {
      signalGroup(this.pid, signal);
    }
  }

  private wire(log: LogBuffer, onEnd: (exitCode: number) => void): void {
    const { child } = this;
    const streams: LogStream[] = ['stdout', 'stderr'];
    for (const stream of streams) {
      child[stream]?.setEncoding('utf8').on('data', (chunk: string) => log.write(stream, chunk));
    }
    // Writing to a program that has just ended is no fault of ours.
    child.stdin?.on('error', () => undefined);
    let done = false;
    const finish = (): void => {
      if (done) {
        return;
      }
      done = true;
      streams.forEach((stream) => log.flush(stream));
      onEnd(exitCodeOf(child.exitCode, child.signalCode));
    };
    child.once('exit', () => {
      this.ended = true;
      // What the leader left behind must not outlive its container.
      signalGroup(this.pid, 'SIGKILL');
      groups.delete(this.pid);
      setTimeout(finish, DRAIN_MS).unref();
    });
    child.once('close', finish);
  }
}
