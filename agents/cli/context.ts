import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';
import type { CommonSettings } from '../runtime/logger';
import { redisAddress } from '../runtime/redis';
import { redisTrouble, type RedisTrouble } from '../runtime/redis-errors';
import { openLog } from '../runtime/run';
import { commonSettings } from '../runtime/settings/common';
import { readSettings, type Environment } from '../runtime/settings/define';
import { waitMs } from '../runtime/wait';
import { CliError, cut, jsonText, paint, printable, type CliIo, type Paint } from './output';
import { findRun, namesRedis, withRun, type RunFile } from './run-file';

/** Longest wait for Redis before a command gives up. */
const CONNECT_MS = 4000;

export interface GlobalOptions {
  json: boolean;
  verbose: boolean;
  user?: string;
}

/** What every command works with. */
export class Cli {
  exitCode = 0;
  options: GlobalOptions = { json: false, verbose: false };
  readonly run: RunFile | undefined;
  /** Settings, with what a running `npm start` in this folder adds. */
  readonly environment: Environment;

  constructor(
    environment: Environment,
    readonly io: CliIo
  ) {
    this.run = findRun(io.folders);
    this.environment = withRun(environment, this.run);
    this.foundByRunFile = this.run !== undefined && !namesRedis(environment);
  }
  private readonly foundByRunFile: boolean;

  get user(): string {
    return this.options.user ?? this.io.user;
  }

  /** Common settings. @throws SettingsError */
  settings(): CommonSettings {
    return readSettings(commonSettings, this.environment);
  }

  line(text = '', colour?: Paint): void {
    this.io.out(`${paint(this.io, printable(text), colour)}\n`);
  }

  /** For lines that must fit: a terminal's width, or 80. */
  short(text: string, colour?: Paint): void {
    this.line(cut(printable(text).replace(/\n/g, ' '), this.io.columns), colour);
  }

  warn(text: string): void {
    this.io.err(`${paint(this.io, printable(text), 'yellow')}\n`);
  }

  note(text: string): void {
    if (this.options.verbose) {
      this.io.err(`${printable(text)}\n`);
    }
  }

  json(value: unknown): void {
    this.io.out(`${jsonText(value)}\n`);
  }

  /** One value a line, for streams. */
  jsonLine(value: unknown): void {
    this.io.out(`${jsonText(value, false)}\n`);
  }

  /** Prints the value with --json, else calls `text`. */
  print(value: unknown, text: () => void): void {
    if (this.options.json) {
      this.json(value);
    } else {
      text();
    }
  }

  /**
   * Gives a log whose Redis has answered, and disconnects after.
   * @throws CliError that names the trouble with Redis and its mend.
   */
  async withLog<T>(work: (log: HemostatLog, settings: CommonSettings) => Promise<T>): Promise<T> {
    const settings = this.settings();
    const address = redisAddress(settings);
    this.note(`Redis: ${address} (${this.foundByRunFile ? 'of the npm start that runs here' : 'by the settings'})`);
    let tell: (trouble: RedisTrouble) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      tell = (trouble) => reject(new CliError(trouble.message, trouble.mend));
    });
    const log = openLog(settings, 'cli', (trouble) => trouble && tell(trouble));
    log.redis.on('error', (cause: unknown) => {
      const trouble = redisTrouble(cause, address);
      if (trouble && trouble.code !== 'loading') {
        tell(trouble);
      }
    });
    const done = new AbortController();
    try {
      await Promise.race([log.redis.ping(), lost, silence(address, done.signal)]);
      done.abort();
      return await Promise.race([work(log, settings), lost]);
    } catch (cause) {
      throw asCliError(cause, address);
    } finally {
      done.abort();
      lost.catch(() => undefined);
      log.close();
      log.redis.disconnect();
    }
  }
}

/** Fails when Redis says nothing for long; does nothing more once it has answered. */
async function silence(address: string, answered: AbortSignal): Promise<void> {
  await waitMs(CONNECT_MS, answered);
  if (answered.aborted) {
    return;
  }
  throw new CliError(`Redis at ${address} does not answer within ${CONNECT_MS / 1000} s.`, 'Start Redis (or npm start), or set REDIS_HOST and REDIS_PORT (or REDIS_URL) to where it is.');
}

function asCliError(cause: unknown, address: string): unknown {
  const trouble = cause instanceof CliError ? undefined : redisTrouble(cause, address);
  return trouble ? new CliError(trouble.message || errorText(cause), trouble.mend) : cause;
}
