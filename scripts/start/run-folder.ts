import { mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { readRunFile, RUN_FILE, RUN_FOLDER, type RunFile } from '../../agents/cli/run-file';
import { waitMs } from '../../agents/runtime/wait';
import { answersPing } from './embedded-redis';
import { processMark } from './process-mark';

/** The folder for data of `npm start` in this checkout. It keeps itself out of version control. */
export function makeRunFolder(root: string): string {
  const folder = path.join(root, RUN_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(folder, '.gitignore'), '*\n');
  return folder;
}

export function redisFolder(root: string): string {
  return path.join(root, RUN_FOLDER, 'redis');
}

/**
 * The `npm start` that runs in this checkout already, or undefined.
 * @param asker process id that is not meant
 */
export function runningHere(root: string, asker: number = process.pid): RunFile | undefined {
  const run = readRunFile(root);
  return run && run.pid !== asker && run.mark !== '' && processMark(run.pid) === run.mark ? run : undefined;
}

export function writeRunFile(root: string, run: RunFile): void {
  const file = path.join(makeRunFolder(root), RUN_FILE);
  // Readers see the old file or the new one, never half of it.
  writeFileSync(`${file}.new`, JSON.stringify(run, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeRunFile(root: string): void {
  rmSync(path.join(root, RUN_FOLDER, RUN_FILE), { force: true });
}

/** Ends the Redis that an `npm start` left behind when it was killed: two must not write the same data. */
export async function endOrphanedRedis(root: string, say: (line: string) => void): Promise<void> {
  const port = readRunFile(root)?.redis?.port;
  if (port === undefined || !(await answersPing(port))) {
    return;
  }
  const client = new Redis({ host: '127.0.0.1', port, protocol: 2, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    const [, folder = ''] = await client.config('GET', 'dir');
    if (realpathSync(folder) !== realpathSync(redisFolder(root))) {
      return;
    }
    say(`An earlier npm start was killed and left its Redis on port ${port}; it is stopped first.`);
    // It answers by closing the connection.
    await client.shutdown().catch(() => undefined);
    for (let tries = 0; tries < 100 && (await answersPing(port)); tries += 1) {
      await waitMs(100);
    }
  } finally {
    client.disconnect();
  }
}
