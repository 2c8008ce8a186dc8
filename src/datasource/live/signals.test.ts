import { LiveChannelConnectionState, LiveChannelEventType, type LiveChannelAddress, type LiveChannelEvent } from '@grafana/data';
import { setGrafanaLiveSrv, type GrafanaLiveSrv } from '@grafana/runtime';
import { Subject } from 'rxjs';
import type { HemostatDataQuery } from '../types';
import type { Signal } from './feed';
import { livePathOf, POLL_MS, signalsOf } from './signals';

const status = (state: LiveChannelConnectionState, more: object = {}): LiveChannelEvent => ({ type: LiveChannelEventType.Status, id: 'x', timestamp: 0, state, ...more });
const { Connected, Connecting, Disconnected, Pending } = LiveChannelConnectionState;

function listen(query: Pick<HemostatDataQuery, 'filters' | 'adhoc'> = {}) {
  const events = new Subject<LiveChannelEvent>();
  const asked: LiveChannelAddress[] = [];
  const getStream = (address: LiveChannelAddress) => {
    asked.push(address);
    return events;
  };
  setGrafanaLiveSrv({ getStream } as unknown as GrafanaLiveSrv);
  const heard: Signal[] = [];
  signalsOf('uid', query, true).subscribe((signal) => heard.push(signal));
  return { events, asked, heard };
}

describe('the channel of a query', () => {
  it('holds the filters in a form that the process half reads', () => {
    const { path, exact } = livePathOf('uid', { filters: { containers: ['wéb-1'], types: [] }, adhoc: [{ key: 'level', operator: '=', value: 'error' }] });
    expect(exact).toBe(true);
    expect(path).toMatch(/^events\/q_[A-Za-z0-9_-]+$/);
    expect(JSON.parse(Buffer.from(path.slice('events/q_'.length), 'base64url').toString('utf8'))).toEqual({
      f: { containers: ['wéb-1'] },
      a: [{ key: 'level', operator: '=', value: 'error' }],
    });
  });

  it('is that of all events where there are no filters, or more than a path may hold', () => {
    expect(livePathOf('uid', {})).toEqual({ path: 'events', exact: true });
    expect(livePathOf('uid', { filters: { containers: ['a-container-with-a-long-name-1', 'a-container-with-a-long-name-2', 'a-container-with-a-long-name-3'] } })).toEqual({
      path: 'events',
      exact: false,
    });
    expect(livePathOf('u'.repeat(40), { filters: { hosts: ['h'.repeat(70)] } })).toMatchObject({ exact: false });
    expect(livePathOf('u', { filters: { hosts: ['h'.repeat(70)] } })).toMatchObject({ exact: true });
  });
});

describe('what is heard of it', () => {
  it('is rows, with the columns that the subscription named', () => {
    const { events, asked, heard } = listen();
    events.next(status(Connected, { message: { schema: { fields: [{ name: 'timestamp' }, { name: 'body' }] } } }));
    events.next({ type: LiveChannelEventType.Message, message: { data: { values: [[1], ['x']] } } });
    expect(asked).toEqual([expect.objectContaining({ scope: 'ds', path: 'events' })]);
    expect(heard).toEqual([
      { kind: 'rows', packet: { names: ['timestamp', 'body'], values: [[], []] } },
      { kind: 'connected' },
      { kind: 'rows', packet: { values: [[1], ['x']] } },
    ]);
  });

  it('is only that something changed, where the channel brings more than was asked for', () => {
    const { events, heard } = listen({ filters: { text: 'x'.repeat(100) } });
    events.next({ type: LiveChannelEventType.Message, message: { data: { values: [[1], ['x']] } } });
    expect(heard).toEqual([{ kind: 'changed' }]);
  });

  it('tells a break from a beginning, and every new connection', () => {
    const { events, heard } = listen();
    [Pending, Connecting, Connected, Connecting, Disconnected, Connected].forEach((state) => events.next(status(state)));
    expect(heard.map(({ kind }) => kind)).toEqual(['connected', 'lost', 'connected']);
    events.next(status(Connecting, { error: 'permission denied' }));
    expect(heard.at(-1)).toEqual({ kind: 'lost' });
  });

  it('is asked for where Grafana Live does not reach', () => {
    jest.useFakeTimers();
    const heard: string[] = [];
    const asking = signalsOf('uid', {}, false).subscribe(({ kind }) => heard.push(kind));
    jest.advanceTimersByTime(2 * POLL_MS);
    asking.unsubscribe();
    jest.useRealTimers();
    expect(heard).toEqual(['connected', 'changed', 'changed']);
  });
});
