import { MemoryCore } from '../../../tests/support/memory-core';
import { Instances } from './instances';
import { createLogger } from './transport/logger';
import type { WireContext } from './transport/wire';

function context(uid: string, updated = 1, secret = 'a', orgId = 1): WireContext {
  return {
    orgId,
    pluginId: '',
    user: null,
    grafanaConfig: {},
    userAgent: '',
    dataSourceInstanceSettings: { id: 1, name: '', url: '', user: '', database: '', jsonData: Buffer.from('{}'), decryptedSecureJsonData: { password: secret }, lastUpdatedMS: updated, uid },
  };
}

function pool(options: { max?: number; now?: () => number } = {}) {
  const cores: MemoryCore[] = [];
  const open = () => {
    const core = new MemoryCore();
    cores.push(core);
    return core;
  };
  const instances = new Instances({ open, logger: createLogger(() => undefined), ...options });
  return { instances, cores };
}

describe('one core a data source', () => {
  const pools: Array<ReturnType<typeof pool>> = [];
  const make = (...options: Parameters<typeof pool>) => {
    const made = pool(...options);
    pools.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(pools.splice(0).map(({ instances }) => instances.close()));
  });

  it('is kept while nothing changes, and is its own for each org and data source', () => {
    const { instances, cores } = make();
    for (const one of [context('a'), context('a'), context('b'), context('a', 1, 'a', 2)]) {
      instances.lease(one).release();
    }
    expect(cores).toHaveLength(3);
  });

  it.each([
    ['time of the last change', context('a', 2)],
    ['a secret', context('a', 1, 'b')],
  ])('is replaced when %s changes; the old one is closed when its calls have ended', (_what, changed) => {
    const { instances, cores } = make();
    const running = instances.lease(context('a'));
    const next = instances.lease(changed);
    expect(next.core).not.toBe(running.core);
    expect(cores[0]?.closed).toBe(0);
    running.release();
    running.release();
    expect(cores[0]?.closed).toBe(1);
    next.release();
    expect(cores[1]?.closed).toBe(0);
  });

  it('is bounded: the one that was not used for longest goes first, and never one that is in use', () => {
    const { instances, cores } = make({ max: 2 });
    const held = instances.lease(context('a'));
    instances.lease(context('b')).release();
    instances.lease(context('c')).release();
    expect(cores.map((core) => core.closed)).toEqual([0, 1, 0]);
    expect(instances.size).toBe(2);
    held.release();
  });

  it('is closed when nobody asked for a quarter of an hour', () => {
    let now = 0;
    const { instances, cores } = make({ now: () => now });
    instances.lease(context('a')).release();
    const held = instances.lease(context('b'));
    now = 16 * 60_000;
    instances.sweep();
    expect(cores.map((core) => core.closed)).toEqual([1, 0]);
    held.release();
  });

  it('is refused for a call without data source', async () => {
    const { instances } = make();
    await expect(instances.use(null, async () => 1)).rejects.toThrow('no data source');
  });
});
