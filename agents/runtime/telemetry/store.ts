import { telemetryKeys, type TelemetryKeys } from '../../../src/contract/telemetry-keys';
import { connectRedis, type RedisClient } from '../redis';
import type { CommonSettings } from '../logger';
import { FIGURES_SCRIPT, LOGS_SCRIPT, SPANS_SCRIPT } from './scripts';

type Script = (...words: Array<string | number>) => Promise<number>;
type Scripts = { hemostatLogs: Script; hemostatSpans: Script; hemostatFigures: Script };

/**
 * Where telemetry is written: a connection of its own, so that the log never waits behind it. While Redis is away a command waits for it; each
 * writer has one on its way at most, so nothing piles up here.
 */
export class TelemetryStore {
  readonly keys: TelemetryKeys;
  readonly scripts: Scripts;
  private readonly redis: RedisClient;

  constructor(readonly settings: CommonSettings) {
    this.keys = telemetryKeys(settings.keyPrefix);
    this.redis = connectRedis(settings, 'telemetry');
    this.redis.defineCommand('hemostatLogs', { numberOfKeys: 3, lua: LOGS_SCRIPT });
    this.redis.defineCommand('hemostatSpans', { lua: SPANS_SCRIPT });
    this.redis.defineCommand('hemostatFigures', { lua: FIGURES_SCRIPT });
    this.scripts = this.redis as unknown as Scripts;
  }

  /** What is on its way fails. */
  close(): void {
    this.redis.disconnect();
  }
}
