import type { ChainableCommander } from 'ioredis';
import { containerStateSchema, type ContainerState } from '../../src/contract/containers';
import { containerKey } from '../../src/contract/events';
import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import { legacyRecords, sampleFields } from './state';

export interface StoreRule {
  host: string;
  engineId: string;
  sampleHours: number;
  statsMs: number;
}

export interface Written {
  state: ContainerState;
  /** Figures were read anew: they go into the samples as well. */
  sample: boolean;
}

/** What the monitor knows, in Redis: current states, samples, and where it stands with the engine's events. */
export class ContainerStore {
  /** Rounds of figures that were not written, because Redis had not answered the round before. */
  skipped = 0;
  private writing = false;
  private readonly maxSamples: number;
  private readonly positionField: string;

  constructor(
    private readonly log: HemostatLog,
    private readonly rule: StoreRule,
    private readonly logger: Logger
  ) {
    this.maxSamples = Math.ceil((rule.sampleHours * 3_600_000) / rule.statsMs);
    this.positionField = `monitor:${rule.engineId}`;
  }

  /** States that an earlier monitor wrote for this host; what cannot be read is left out. */
  async load(): Promise<ContainerState[]> {
    const hashes = await Promise.all(this.log.partitions.map((keys) => this.log.redis.hgetall(keys.containers)));
    return hashes.flatMap((hash) => Object.values(hash)).flatMap((json) => {
      const state = readState(json);
      return state && state.host === this.rule.host ? [state] : [];
    });
  }

  /** Nanoseconds as text; undefined at the first start. */
  async loadPosition(): Promise<string | undefined> {
    const value = await this.log.redis.hget(this.log.partition(0).positions, this.positionField);
    return value && /^\d{10,20}$/.test(value) ? value : undefined;
  }

  /** One round: one pipeline a partition. Skipped (and counted) while an earlier one has no answer, so that nothing piles up. */
  async writeRound(written: readonly Written[], position: string | undefined): Promise<void> {
    if (this.writing) {
      this.skipped += 1;
      return;
    }
    this.writing = true;
    try {
      await Promise.all([...this.pipelines(written, position), ...this.legacyOnCluster(written)]);
    } catch (cause) {
      this.skipped += 1;
      this.logger.debug({ error: errorText(cause) }, 'a round of figures could not be written');
    } finally {
      this.writing = false;
    }
  }

  /** One state, at once; the next round repeats it, so a failure is of no account. */
  writeNow(state: ContainerState): void {
    this.log.redis.hset(this.log.keysOf(state.container).containers, containerKey(state), JSON.stringify(state)).catch(() => undefined);
  }

  /** Forgets a container; its samples stay for as long as samples are kept. */
  forget(container: string): void {
    const keys = this.log.keysOf(container);
    const key = containerKey({ host: this.rule.host, container });
    const { redis } = this.log;
    Promise.all([redis.hdel(keys.containers, key), redis.expire(keys.samples(key), Math.ceil(this.rule.sampleHours * 3600))]).catch(() => undefined);
  }

  private pipelines(written: readonly Written[], position: string | undefined): Array<Promise<unknown>> {
    const byPartition = new Map<number, ChainableCommander>();
    const of = (partition: number): ChainableCommander => {
      const pipeline = byPartition.get(partition) ?? this.log.redis.pipeline();
      byPartition.set(partition, pipeline);
      return pipeline;
    };
    for (const one of written) {
      this.add(of(this.log.partitionOf(one.state.container)), one);
    }
    if (position !== undefined) {
      of(0).hset(this.log.partition(0).positions, this.positionField, position);
    }
    return [...byPartition.values()].map((pipeline) => pipeline.exec());
  }

  private add(pipeline: ChainableCommander, { state, sample }: Written): void {
    const keys = this.log.keysOf(state.container);
    const key = containerKey(state);
    pipeline.hset(keys.containers, key, JSON.stringify(state));
    if (sample) {
      pipeline.xadd(keys.samples(key), 'MAXLEN', '~', this.maxSamples, '*', ...sampleFields(state));
    }
    if (this.log.options.legacyMirror && !this.log.redis.isCluster) {
      legacyRecords(state).forEach((record) => pipeline.setex(record.key, record.seconds, record.json));
    }
  }

  /** On a cluster the original's keys live on other nodes. */
  private legacyOnCluster(written: readonly Written[]): Array<Promise<unknown>> {
    if (!this.log.options.legacyMirror || !this.log.redis.isCluster) {
      return [];
    }
    return written.flatMap(({ state }) => legacyRecords(state)).map((record) => this.log.redis.setex(record.key, record.seconds, record.json));
  }
}

function readState(json: string): ContainerState | undefined {
  try {
    return containerStateSchema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
