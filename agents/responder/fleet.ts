import type { Redis } from 'ioredis';
import { containerStateSchema, type ContainerState } from '../../src/contract/containers';
import { containerKey } from '../../src/contract/events';
import type { HemostatLog } from '../runtime/log';

/** What must be known of the whole fleet for one decision. */
export interface FleetView {
  /** Containers that exist. */
  containers: number;
  keys: ReadonlySet<string>;
  /** Container keys by name, over all hosts. */
  byName: ReadonlyMap<string, readonly string[]>;
  states: readonly ContainerState[];
}

const VIEW_MS = 1000;
const EMPTY: FleetView = { containers: 0, keys: new Set(), byName: new Map(), states: [] };

export function parseState(json: string | null | undefined): ContainerState | undefined {
  if (!json) {
    return undefined;
  }
  try {
    const parsed = containerStateSchema.safeParse(JSON.parse(json));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

interface Wanted {
  key: string;
  resolve: (state: ContainerState | undefined) => void;
  reject: (cause: unknown) => void;
}

/** What the monitor has written of containers. Asked for many at once, Redis is asked once. */
export class Fleet {
  private wanted: Wanted[] = [];
  private view: FleetView = EMPTY;
  private viewAt = -Infinity;
  private loading: Promise<FleetView> | undefined;
  private readonly parsed = new Map<string, { json: string; state: ContainerState | undefined }>();

  constructor(private readonly log: HemostatLog) {}

  /** The state as it stands in Redis now. */
  state(key: string): Promise<ContainerState | undefined> {
    return new Promise((resolve, reject) => {
      this.wanted.push({ key, resolve, reject });
      if (this.wanted.length === 1) {
        setImmediate(() => void this.fetch());
      }
    });
  }

  /** The whole fleet, at most a second old. */
  async overview(): Promise<FleetView> {
    return performance.now() - this.viewAt < VIEW_MS ? this.view : this.reload();
  }

  /** The whole fleet as it is in Redis now; asked for at the same time, Redis is asked once. */
  async reload(): Promise<FleetView> {
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  /** The overview as last read, for where nothing can be waited for. */
  get lastView(): FleetView {
    return this.view;
  }

  private async fetch(): Promise<void> {
    const batch = this.wanted;
    this.wanted = [];
    const byPartition = new Map<number, Wanted[]>();
    for (const one of batch) {
      const partition = this.log.partitionOf(one.key.slice(one.key.lastIndexOf('/') + 1));
      byPartition.set(partition, [...(byPartition.get(partition) ?? []), one]);
    }
    await Promise.all([...byPartition].map(([partition, wanted]) => this.fetchFrom(partition, wanted)));
  }

  private async fetchFrom(partition: number, wanted: readonly Wanted[]): Promise<void> {
    try {
      const replies = await this.log.redis.hmget(this.log.partition(partition).containers, ...wanted.map((one) => one.key));
      wanted.forEach((one, index) => one.resolve(parseState(replies[index])));
    } catch (cause) {
      wanted.forEach((one) => one.reject(cause));
    }
  }

  private async load(): Promise<FleetView> {
    const hashes = await Promise.all(this.log.partitions.map((keys) => (this.log.redis as Redis).hgetall(keys.containers)));
    const states: ContainerState[] = [];
    const present = new Set<string>();
    for (const [field, json] of hashes.flatMap((hash) => Object.entries(hash))) {
      present.add(field);
      const known = this.parsed.get(field);
      const state = known?.json === json ? known.state : parseState(json);
      this.parsed.set(field, { json, state });
      if (state && state.status !== 'removed') {
        states.push(state);
      }
    }
    for (const field of this.parsed.keys()) {
      if (!present.has(field)) {
        this.parsed.delete(field);
      }
    }
    const byName = new Map<string, string[]>();
    for (const state of states) {
      byName.set(state.container, [...(byName.get(state.container) ?? []), containerKey(state)]);
    }
    this.view = { containers: states.length, keys: new Set(states.map(containerKey)), byName, states };
    this.viewAt = performance.now();
    return this.view;
  }
}
