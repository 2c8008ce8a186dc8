import { createHash } from 'node:crypto';
import { errorText } from '../../../agents/runtime/errors';
import type { Core } from '../core/types';
import { DataSourceSettingsError } from './settings';
import type { Logger } from './transport/logger';
import type { WireContext, WireDataSource } from './transport/wire';

const MAX_INSTANCES = 64;
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;

interface Instance {
  core: Core;
  /** Of everything that the settings say. Holds no secret. */
  fingerprint: string;
  /** Calls that use it now. */
  calls: number;
  lastUsed: number;
  /** Replaced or evicted: closed when its last call ends. */
  retired: boolean;
}

/** A core for the time of one call. */
export interface Lease {
  core: Core;
  /** Must be called once, when the call has ended. */
  release(): void;
}

function fingerprint(source: WireDataSource): string {
  const secrets = Object.entries(source.decryptedSecureJsonData).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([source.lastUpdatedMS, source.url, source.user, source.database, secrets]))
    .update(source.jsonData)
    .digest('base64');
}

interface Options {
  /** @throws DataSourceSettingsError when the settings cannot be used. */
  open: (source: WireDataSource) => Core;
  logger: Logger;
  max?: number;
  now?: () => number;
}

/**
 * One core, and with it one pool of connections, for each data source. A core is replaced when the settings change, and
 * closed when its calls have ended. Kept: at most `max`, and none that was not asked for 15 minutes.
 */
export class Instances {
  private readonly byKey = new Map<string, Instance>();
  private readonly retired = new Set<Instance>();
  private readonly sweeper: NodeJS.Timeout;
  private readonly now: () => number;

  constructor(private readonly options: Options) {
    this.now = options.now ?? Date.now;
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  /** Open cores, those included that only end their last calls. */
  get size(): number {
    return this.byKey.size + this.retired.size;
  }

  /** @throws DataSourceSettingsError when the call is for no data source, or its settings cannot be used. */
  lease(context: WireContext | null): Lease {
    const source = context?.dataSourceInstanceSettings;
    if (!context || !source) {
      throw new DataSourceSettingsError('uid', 'the call is for no data source. Add one of the type HemoStat.');
    }
    const instance = this.take(`${context.orgId}/${source.uid || source.id}`, source);
    instance.calls += 1;
    instance.lastUsed = this.now();
    let held = true;
    const release = () => {
      if (held) {
        held = false;
        instance.calls -= 1;
        this.closeIfDone(instance);
      }
    };
    return { core: instance.core, release };
  }

  /** Runs one call with the core of its data source. */
  async use<T>(context: WireContext | null, work: (core: Core) => Promise<T>): Promise<T> {
    const { core, release } = this.lease(context);
    try {
      return await work(core);
    } finally {
      release();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper);
    const all = [...this.byKey.values(), ...this.retired];
    this.byKey.clear();
    this.retired.clear();
    await Promise.allSettled(all.map(({ core }) => core.close()));
  }

  /** Closes what nobody has asked for 15 minutes, such as that of a data source that was deleted. */
  sweep(): void {
    for (const [key, instance] of this.byKey) {
      if (instance.calls === 0 && this.now() - instance.lastUsed > IDLE_MS) {
        this.retire(key, instance);
      }
    }
  }

  private take(key: string, source: WireDataSource): Instance {
    const known = this.byKey.get(key);
    const wanted = fingerprint(source);
    if (known?.fingerprint === wanted) {
      // Last in the order of the map: last to be evicted.
      this.byKey.delete(key);
      this.byKey.set(key, known);
      return known;
    }
    const instance = { core: this.options.open(source), fingerprint: wanted, calls: 0, lastUsed: this.now(), retired: false };
    if (known) {
      this.options.logger.info('the settings of a data source changed; connecting anew', { dataSource: source.uid });
      this.retire(key, known);
    }
    this.byKey.set(key, instance);
    this.evict();
    return instance;
  }

  /** One in use is never evicted before one that is not. */
  private evict(): void {
    if (this.byKey.size <= (this.options.max ?? MAX_INSTANCES)) {
      return;
    }
    const entries = [...this.byKey].slice(0, -1);
    const [key, instance] = entries.find(([, one]) => one.calls === 0) ?? entries[0] ?? [];
    if (key !== undefined && instance) {
      this.retire(key, instance);
    }
  }

  private retire(key: string, instance: Instance): void {
    this.byKey.delete(key);
    instance.retired = true;
    this.retired.add(instance);
    this.closeIfDone(instance);
  }

  private closeIfDone(instance: Instance): void {
    if (instance.retired && instance.calls === 0 && this.retired.delete(instance)) {
      instance.core.close().catch((cause: unknown) => this.options.logger.warn('a connection could not be closed', { error: errorText(cause) }));
    }
  }
}
