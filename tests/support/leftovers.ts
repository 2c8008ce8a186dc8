import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Folders of test processes begin so; the process id follows. */
export const FOLDER_PREFIX = 'hemostat-test-';

/** Empty when it cannot be read, as the files of a process that has just ended. */
export function readSafely(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Children of a containerd shim are the container's own processes. */
function childrenOf(pid: number): number[] {
  return readSafely(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Kills the servers that carry this folder in their arguments, with their children. Gives the ids of those it found. */
export function killProcessesOf(folder: string): number[] {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readSafely(`/proc/${pid}/cmdline`).includes(`${folder}/`))
    .map(Number);
  found.flatMap(childrenOf).forEach(killQuietly);
  found.forEach(killQuietly);
  return found;
}

/** Lets go of what a Docker engine mounted below its folder; the last mounted goes first. */
export function unmountBelow(folder: string): void {
  const places = readSafely('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => place.startsWith(`${folder}/`));
  places.reverse().forEach((place) => execFileSync('umount', ['--lazy', place], { stdio: 'pipe' }));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ends and removes what test processes left behind that were killed before they could tidy up. */
export function sweepLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner && !isAlive(Number(owner))) {
      const folder = path.join(tmpdir(), name);
      killProcessesOf(folder);
      unmountBelow(folder);
      removeFolder(folder);
    }
  }
}
