import { frameCache } from './cache';
import type { Frame } from './types';

const frames = (name: string, rows = 1): Frame[] => [{ name, refId: 'A', fields: [{ name: 'a', type: 'number', values: Array.from({ length: rows }, () => 1) }] }];
const never = new AbortController().signal;

describe('the cache of answers', () => {
  it('asks once for equal questions at once, and again when the time is over', async () => {
    let now = 0;
    let asked = 0;
    const cache = frameCache(5000, () => now);
    const work = async () => frames(`answer ${(asked += 1)}`);
    const many = await Promise.all(Array.from({ length: 20 }, async () => cache.get('q', never, work)));
    expect(new Set(many.map(([frame]) => frame?.name))).toEqual(new Set(['answer 1']));
    now = 4999;
    expect((await cache.get('q', never, work))[0]?.name).toBe('answer 1');
    now = 5000;
    expect((await cache.get('q', never, work))[0]?.name).toBe('answer 2');
    expect((await cache.get('other', never, work))[0]?.name).toBe('answer 3');
  });

  it('keeps no failure', async () => {
    const cache = frameCache(5000);
    await expect(cache.get('q', never, async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await cache.get('q', never, async () => frames('up')))[0]?.name).toBe('up');
  });

  it('stops the work only when the last one who waits is gone', async () => {
    const cache = frameCache(5000);
    const [first, second] = [new AbortController(), new AbortController()];
    let stopped = false;
    const work = async (signal: AbortSignal) =>
      new Promise<Frame[]>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(new Error('stopped'));
        });
      });
    const waits = [cache.get('q', first.signal, work), cache.get('q', second.signal, work)];
    first.abort();
    await expect(waits[0]).rejects.toMatchObject({ name: 'AbortError' });
    expect(stopped).toBe(false);
    second.abort();
    await expect(waits[1]).rejects.toMatchObject({ name: 'AbortError' });
    expect(stopped).toBe(true);
  });

  it('starts no work for a caller who is gone already', async () => {
    const cache = frameCache(5000);
    await expect(cache.get('q', AbortSignal.abort(), async (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))))).rejects.toMatchObject({ name: 'AbortError' });
    expect((await cache.get('q', never, async () => frames('fresh')))[0]?.name).toBe('fresh');
  });

  it('holds a bounded number of values', async () => {
    let asked = 0;
    const cache = frameCache(5000);
    const work = (rows: number) => async () => {
      asked += 1;
      return frames('x', rows);
    };
    for (let index = 0; index < 500; index += 1) {
      await cache.get(`q${index}`, never, work(100_000));
    }
    await cache.get('q499', never, work(1));
    expect(asked).toBe(500);
    await cache.get('q0', never, work(1));
    expect(asked).toBe(501);
    await cache.get('huge', never, work(2_000_000));
    await cache.get('huge', never, work(1));
    expect(asked).toBe(503);
  });

  it('forgets when told so, also what is on its way', async () => {
    const cache = frameCache(5000);
    let go: () => void = () => undefined;
    const slow = cache.get('q', never, async () => new Promise((resolve) => (go = () => resolve(frames('old')))));
    cache.clear();
    go();
    expect((await slow)[0]?.name).toBe('old');
    expect((await cache.get('q', never, async () => frames('new')))[0]?.name).toBe('new');
  });
});
