import fc from 'fast-check';
import type { LogEntry, Range, SourceName } from '../../../src/contract/observability/schemas';
import { Aggregator } from './aggregator';
import { CollectError } from './collect-error';
import type { Collected, Collector, Questions } from './types';

const MINUTE = 60_000;
const NOW = 1_785_585_637_123;
const never = () => new AbortController().signal;

const line = (at: number, message = 'x'): LogEntry => ({ timestamp: new Date(at).toISOString(), level: 'info', message, agent_id: 'monitor', trace_id: '', attributes: {} });

interface Asked {
  range: Range;
  question: Questions[SourceName];
  signal: AbortSignal;
}

/** A collector that answers as it is told, and keeps what it was asked. */
function fake<S extends SourceName>(source: S, answer: (asked: Asked) => Collected[S] | Promise<Collected[S]>): Collector<S> & { asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    source,
    from: `fake ${source}`,
    asked,
    async collect(range, question, signal) {
      const one = { range, question, signal };
      asked.push(one);
      return { data: await answer(one), notices: [`${source} said`] };
    },
  };
}

function made(options: ConstructorParameters<typeof Aggregator>[0] = {}, ...collectors: Collector[]): Aggregator {
  const aggregator = new Aggregator({ now: () => NOW, ...options });
  collectors.forEach((one) => aggregator.register(one));
  return aggregator;
}

const HOUR: Range = { from: NOW - 60 * MINUTE, to: NOW };

describe('the aggregator', () => {
  it('knows collectors by their source; a later one takes the place of an earlier one (R366)', async () => {
    const aggregator = made({}, fake('logs', () => [line(NOW - 1, 'old')]), fake('logs', () => [line(NOW - 1, 'new')]), fake('alerts', () => []));
    expect(aggregator.sources()).toEqual(['logs', 'alerts']);
    expect((await aggregator.collect(HOUR, { logs: { limit: 1 } }, never())).data.logs?.map(({ message }) => message)).toEqual(['new']);
  });

  it('pairs data and states by name, in the order asked, whatever subset is asked and whoever is first (R367)', async () => {
    const names: SourceName[] = ['logs', 'traces', 'metrics', 'errors', 'alerts'];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(names), fc.subarray(names), fc.infiniteStream(fc.integer({ min: 0, max: 3 })), async (asked, failing, waits) => {
        const answer = async (name: SourceName): Promise<never[]> => {
          const turns = waits.next().value ?? 0;
          for (let turn = 0; turn < turns; turn += 1) {
            await Promise.resolve();
          }
          if (failing.includes(name)) {
            throw new Error(`${name} is broken`);
          }
          return [];
        };
        const aggregator = made({}, ...names.map((name) => fake(name, async () => answer(name)) as Collector));
        const { data, states } = await aggregator.collect(HOUR, Object.fromEntries(asked.map((name) => [name, { limit: 5 }])), never());
        expect(states.map(({ source, from, ok, error }) => ({ source, from, ok, error }))).toEqual(asked.map((source) => ({ source, from: `fake ${source}`, ok: !failing.includes(source), error: failing.includes(source) ? `${source} is broken` : undefined })));
        expect(Object.keys(data).sort()).toEqual([...asked].sort());
      })
    );
  });

  it('asks all at the same time (R367)', async () => {
    let waiting = 0;
    let release: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    const together = async (): Promise<never[]> => {
      waiting += 1;
      if (waiting === 3) {
        release();
      }
      await all;
      return [];
    };
    const aggregator = made({}, fake('logs', together), fake('traces', together), fake('alerts', together));
    expect((await aggregator.collect(HOUR, { logs: { limit: 1 }, traces: { limit: 1 }, alerts: {} }, never())).states).toHaveLength(3);
  });

  it('tells a failure with its mend beside the data of the others, and never as "nothing" (R368)', async () => {
    const aggregator = made(
      {},
      fake('logs', () => [line(NOW - 5)]),
      fake('errors', () => Promise.reject(new CollectError('refused', 'Loki refuses.', 'Give it a password.'))),
      fake('metrics', () => {
        throw new Error('broken password=hunter2');
      })
    );
    const { data, states } = await aggregator.collect(HOUR, { errors: { limit: 1 }, logs: { limit: 1 }, metrics: {}, traces: { limit: 1 } }, never());
    expect(data).toEqual({ errors: [], logs: [line(NOW - 5)], metrics: [], traces: [] });
    expect(states).toEqual([
      { source: 'errors', from: 'fake errors', ok: false, error: 'Loki refuses.', mend: 'Give it a password.', notices: [] },
      { source: 'logs', from: 'fake logs', ok: true, notices: ['logs said'] },
      { source: 'metrics', from: 'fake metrics', ok: false, error: expect.stringMatching(/^broken password=(?!.*hunter2)/), mend: expect.stringContaining('log of this process'), notices: [] },
      { source: 'traces', from: 'none', ok: false, error: 'No collector reads "traces" here.', mend: 'Register one, or do not ask for it.', notices: [] },
    ]);
  });

  it('gives one that is too slow up, and says so', async () => {
    const slow = fake('logs', ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))));
    const { states } = await made({ timeoutMs: 20 }, slow, fake('alerts', () => [])).collect(HOUR, { logs: { limit: 1 }, alerts: {} }, never());
    expect(states).toMatchObject([
      { source: 'logs', ok: false, error: 'fake logs did not answer the question for logs within 0.02 s.', mend: 'Ask for a shorter range, or see what keeps fake logs busy.' },
      { source: 'alerts', ok: true },
    ]);
  });

  it('widens a range that ends now to whole minutes, and gives only what is in the range (R354, R369)', async () => {
    const from = Math.floor(HOUR.from / MINUTE) * MINUTE;
    const to = Math.ceil(NOW / MINUTE) * MINUTE;
    const figures = { requests: 1, errors: 0 };
    const logs = fake('logs', ({ range }) => [line(range.to), line(NOW), line(HOUR.from), line(HOUR.from - 1), line(range.from)]);
    const metrics = fake('metrics', ({ range }) => [range.from - MINUTE, range.from, range.to - MINUTE, range.to].map((minute) => ({ minute, agent: 'monitor', figures })));
    const { data } = await made({}, logs, metrics).collect(HOUR, { logs: { limit: 9 }, metrics: {} }, never());
    expect(logs.asked.map(({ range }) => range)).toEqual([{ from, to }]);
    expect(data.logs).toEqual([line(NOW), line(HOUR.from)]);
    // Figures of every minute that the range touches: they cannot be divided.
    expect(data.metrics?.map(({ minute }) => minute)).toEqual([from, to - MINUTE]);
  });

  it('leaves an older range as it is, except for figures, which have no limit', async () => {
    const old = { from: NOW - 600_001, to: NOW - 300_001 };
    const logs = fake('logs', () => []);
    const metrics = fake('metrics', () => []);
    await made({}, logs, metrics).collect(old, { logs: { limit: 9 }, metrics: {} }, never());
    expect(logs.asked.map(({ range }) => range)).toEqual([old]);
    expect(metrics.asked.map(({ range }) => [range.from % MINUTE, range.to % MINUTE])).toEqual([[0, 0]]);
  });

  it('keeps an answer for its time under source, rounded range and question (R369)', async () => {
    let now = NOW;
    const logs = fake('logs', () => [line(NOW - 1000)]);
    const errors = fake('errors', () => []);
    const aggregator = made({ cacheMs: 10_000, now: () => now }, logs, errors);
    const ask = (question: Questions['logs'], back = 60 * MINUTE) => aggregator.collect({ from: now - back, to: now }, { logs: question, errors: { limit: 5 } }, never());
    await ask({ limit: 5, level: 'warn' });
    now += 9_000;
    // The same question, told in another order, a moment later.
    await ask({ level: 'warn', agent: undefined, limit: 5 });
    expect([logs.asked.length, errors.asked.length]).toEqual([1, 1]);
    await ask({ limit: 6, level: 'warn' });
    await ask({ limit: 5, level: 'error' });
    await ask({ limit: 5, level: 'warn' }, 30 * MINUTE);
    expect([logs.asked.length, errors.asked.length]).toEqual([4, 2]);
    now += 1_001;
    await ask({ limit: 5, level: 'warn' });
    expect(logs.asked.length).toBe(5);
  });

  it('never keeps a failure (R369)', async () => {
    let fails = true;
    const logs = fake('logs', () => {
      if (fails) {
        throw new Error('away');
      }
      return [line(NOW - 1)];
    });
    const aggregator = made({ cacheMs: 60_000 }, logs);
    expect((await aggregator.collect(HOUR, { logs: { limit: 1 } }, never())).states[0]?.ok).toBe(false);
    fails = false;
    expect((await aggregator.collect(HOUR, { logs: { limit: 1 } }, never())).data.logs).toHaveLength(1);
  });

  it('asks equal questions at the same time once, and stops when nobody waits any more', async () => {
    let answer: (lines: LogEntry[]) => void = () => undefined;
    const logs = fake('logs', () => new Promise<LogEntry[]>((resolve) => (answer = resolve)));
    const aggregator = made({}, logs);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = aggregator.collect(HOUR, { logs: { limit: 1 } }, one.signal);
    const second = aggregator.collect(HOUR, { logs: { limit: 1 } }, two.signal);
    one.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    expect(logs.asked[0]?.signal.aborted).toBe(false);
    answer([line(NOW - 1)]);
    expect((await second).data.logs).toHaveLength(1);
    expect(logs.asked).toHaveLength(1);

    const third = aggregator.collect(HOUR, { logs: { limit: 1 } }, two.signal);
    two.abort(new Error('left too'));
    await expect(third).rejects.toThrow('left too');
    expect(logs.asked[1]?.signal.aborted).toBe(true);
    await expect(aggregator.collect(HOUR, { logs: { limit: 1 } }, two.signal)).rejects.toThrow('left too');
    expect(logs.asked).toHaveLength(2);
  });
});
