import fc from 'fast-check';
import { collectCache } from './cache';

const never = () => new AbortController().signal;
const cacheOf = (now: () => number, lifeMs = 1000) => collectCache<number[]>({ lifeMs, weightOf: (answer) => answer.length, now });

describe('the cache of collected answers', () => {
  it('gives what was asked last within its life, and nothing older, for any order of questions (R369)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), wait: fc.integer({ min: 0, max: 800 }), fails: fc.boolean() }), { maxLength: 40 }), async (steps) => {
        let now = 0;
        let asked = 0;
        const cache = cacheOf(() => now);
        const kept = new Map<string, { at: number; value: number }>();
        for (const { key, wait, fails } of steps) {
          now += wait;
          const known = kept.get(key);
          const isFresh = known !== undefined && now < known.at + 1000;
          const answer = cache.get(key, never(), async () => {
            asked += 1;
            await Promise.resolve();
            if (fails) {
              throw new Error('away');
            }
            return [asked];
          });
          if (isFresh) {
            expect(await answer).toEqual([known.value]);
          } else if (fails) {
            await expect(answer).rejects.toThrow('away');
          } else {
            expect(await answer).toEqual([asked]);
            kept.set(key, { at: now, value: asked });
          }
        }
      })
    );
  });

  it('keeps at most a hundred answers, and none that is as heavy as half of all', async () => {
    let asked = 0;
    const cache = cacheOf(() => 0);
    const ask = (key: string, size = 1) =>
      cache.get(key, never(), async () => {
        asked += 1;
        return Array.from({ length: size }, () => 0);
      });
    for (let index = 0; index <= 100; index += 1) {
      await ask(String(index));
    }
    await ask('100');
    expect(asked).toBe(101);
    await ask('0');
    expect(asked).toBe(102);
    await ask('heavy', 60_000);
    await ask('heavy', 60_000);
    expect(asked).toBe(104);
  });

  it('lets the oldest go when all are too heavy', async () => {
    let asked = 0;
    const cache = cacheOf(() => 0);
    const ask = (key: string) =>
      cache.get(key, never(), async () => {
        asked += 1;
        return Array.from({ length: 40_000 }, () => 0);
      });
    await ask('a');
    await ask('b');
    await ask('c');
    await ask('b');
    await ask('c');
    expect(asked).toBe(3);
    await ask('a');
    expect(asked).toBe(4);
  });

  it('keeps nothing with a life of 0', async () => {
    let asked = 0;
    const cache = cacheOf(() => 0, 0);
    const ask = () => cache.get('a', never(), async () => [(asked += 1)]);
    expect(await Promise.all([ask(), ask()])).toEqual([[1], [1]]);
    expect(await ask()).toEqual([2]);
  });
});
