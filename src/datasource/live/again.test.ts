import { LoadingState, type DataQueryResponse } from '@grafana/data';
import { of, Subject } from 'rxjs';
import { logFrame } from '../testing/frames';
import { followAnswers } from './again';
import type { Signal } from './feed';

function begin() {
  const signals = new Subject<Signal>();
  const shown: DataQueryResponse[] = [];
  let asked = 0;
  let answer = (): DataQueryResponse => ({ data: [logFrame([])] });
  const following = followAnswers('A', signals, () => {
    asked += 1;
    return of(answer());
  }).subscribe((response) => shown.push(response));
  return { signals, shown, following, asked: () => asked, set: (next: () => DataQueryResponse) => (answer = next) };
}

describe('answers that are asked for again', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('are asked for once for many events, and once more when no old answer is kept any longer', () => {
    const { signals, shown, asked } = begin();
    expect(shown).toMatchObject([{ key: 'live-A', state: LoadingState.Streaming }]);
    for (let event = 0; event < 100; event += 1) {
      signals.next({ kind: 'changed' });
    }
    expect(asked()).toBe(1);
    jest.advanceTimersByTime(1000);
    expect(asked()).toBe(2);
    jest.advanceTimersByTime(6000);
    expect(asked()).toBe(3);
    jest.advanceTimersByTime(60_000);
    expect(asked()).toBe(3);
  });

  it.each<[string, DataQueryResponse]>([
    ['fails', { data: [], state: LoadingState.Error, errors: [{ message: 'away' }] }],
    ['does not come', { data: [] }],
  ])('stay when the next one %s', (_, failure) => {
    const { signals, shown, set } = begin();
    set(() => failure);
    signals.next({ kind: 'changed' });
    jest.advanceTimersByTime(10_000);
    expect(shown).toHaveLength(1);
    set(() => ({ data: [logFrame([{ place: '0/1-0', ms: 1 }])] }));
    signals.next({ kind: 'connected' });
    jest.advanceTimersByTime(1000);
    expect(shown[1]).toMatchObject({ data: [{ length: 1 }] });
  });

  it('are not asked for because the connection is lost', () => {
    const { signals, asked } = begin();
    signals.next({ kind: 'lost' });
    jest.advanceTimersByTime(10_000);
    expect(asked()).toBe(1);
  });

  it('leave nothing behind', () => {
    const { signals, following } = begin();
    signals.next({ kind: 'changed' });
    following.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    expect(signals.observed).toBe(false);
  });
});
