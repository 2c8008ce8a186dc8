import { Cluster, Redis, type ChainableCommander } from 'ioredis';
import { HemostatLog } from '../../../agents/runtime/log';
import { connectRedis, redisAddress, type RedisClient } from '../../../agents/runtime/redis';
import { untilAborted } from '../../../agents/runtime/wait';
import type { CoreSettings } from './settings';

const WRONG_DATABASE = /^ERR (DB index|invalid DB|SELECT is not allowed)/;
const GAVE_UP = 'MaxRetriesPerRequestError';

/**
 * A connection that fails within seconds when Redis is away: whoever asks is waiting for an answer.
 * (The agents' own connection waits for ever, since for them nothing may be lost.)
 */
function impatient(settings: CoreSettings, name: string): RedisClient {
  const patient = connectRedis(settings, name);
  const client =
    patient instanceof Cluster
      ? patient.duplicate([], { redisOptions: { ...patient.options.redisOptions, maxRetriesPerRequest: 1 } })
      : patient.duplicate({ maxRetriesPerRequest: 1, enableReadyCheck: false });
  patient.disconnect();
  return client;
}

/** The one connection of a core, with the keys of the log. */
export class Source {
  readonly log: HemostatLog;
  readonly address: string;
  private lastError: Error | undefined;
  private wrongDatabase: Error | undefined;

  /** @throws HemostatError `settings` when an address or a TLS file cannot be used. */
  constructor(readonly settings: CoreSettings) {
    const redis = impatient(settings, 'datasource');
    this.address = redisAddress(settings);
    this.log = new HemostatLog(redis, {
      prefix: settings.keyPrefix,
      partitions: settings.partitions,
      legacyMirror: settings.legacyMirror,
      retentionDays: settings.retentionDays,
      address: this.address,
    });
    redis.on('connect', () => {
      this.wrongDatabase = undefined;
    });
    redis.on('error', (cause: Error) => {
      this.lastError = cause;
      if (WRONG_DATABASE.test(cause.message)) {
        this.wrongDatabase = cause;
      }
    });
  }

  get redis(): RedisClient {
    return this.log.redis;
  }

  /**
   * Asks Redis, and waits no longer than the signal lets.
   * @throws what Redis answers, or why it cannot be reached.
   */
  async ask<T>(signal: AbortSignal, work: (redis: RedisClient) => Promise<T>): Promise<T> {
    try {
      const answer = await untilAborted(work(this.redis), signal);
      // A refused SELECT leaves the connection on database 0: an answer from there would be somebody else's data.
      if (this.wrongDatabase) {
        throw this.wrongDatabase;
      }
      return answer;
    } catch (cause) {
      throw this.reasonOf(cause);
    }
  }

  /**
   * Several commands on keys of one partition in one round trip.
   * @throws the first error among the answers.
   */
  async batch(signal: AbortSignal, fill: (pipeline: ChainableCommander) => void): Promise<unknown[]> {
    const pipeline = this.redis.pipeline();
    fill(pipeline);
    if (pipeline.length === 0) {
      return [];
    }
    const answers = await this.ask(signal, async () => pipeline.exec());
    return (answers ?? []).map(([error, value]) => {
      if (error) {
        throw this.reasonOf(error);
      }
      return value;
    });
  }

  /** A connection of its own, for commands that block. The caller disconnects it. Undefined on a cluster, whose nodes must not be blocked. */
  blocking(): Redis | undefined {
    if (this.redis instanceof Cluster) {
      return undefined;
    }
    const connection = this.redis.duplicate({ connectionName: 'hemostat-live', maxRetriesPerRequest: null });
    connection.on('error', () => undefined);
    return connection;
  }

  close(): void {
    this.log.close();
    this.redis.disconnect();
  }

  /** ioredis says that it gave up; the user wants to know why. */
  private reasonOf(cause: unknown): unknown {
    return cause instanceof Error && cause.name === GAVE_UP && this.lastError ? this.lastError : cause;
  }
}
