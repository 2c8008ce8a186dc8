import { frameFrom } from '../../components/testing/frame';
import { eventRows, wordsOfLine } from './event-rows';
import { laneOf, lanePartsOf, LANES, spansOf } from './lanes';
import { noticesOf } from './notices';

const line = (stream_id: string, more: Record<string, unknown> = {}) => ({ stream_id, id: `id ${stream_id}`, body: '[EVENT] host-1/web: went away', happened: 5, incident: '', container_key: 'host-1/web', labels: { type: 'container_event', agent: 'monitor' }, ...more });

describe('lines of the timeline', () => {
  it('R058, R059: come newest first, each with mark, severity, container and words', () => {
    const rows = eventRows(
      frameFrom([
        line('0/1-0'),
        line('1/2-0', { body: '[ALERT] [HIGH] host-1/web: CPU 97 %: limit 80 %', labels: JSON.stringify({ type: 'health_alert', agent: 'monitor', severity: 'high' }), incident: 'i1' }),
        line('0/2-1', { labels: null, container_key: '', happened: null }),
        line('nowhere'),
      ])
    );
    expect(rows.map(({ key, mark, severity, text, container, happened }) => [key, mark, severity, text, container, happened])).toEqual([
      ['0/2-1', '[EVENT]', '', 'went away', '', 2],
      ['1/2-0', '[ALERT]', 'high', 'CPU 97 %: limit 80 %', 'host-1/web', 5],
      ['0/1-0', '[EVENT]', '', 'went away', 'host-1/web', 5],
    ]);
    expect(eventRows(undefined)).toEqual([]);
  });

  it.each([
    ['[EVENT] web: a: b', '[EVENT]', 'a: b'],
    ['[EVENT] words alone', '[EVENT]', 'words alone'],
    ['no mark: words', '[EVENT]', 'words'],
    ['', '[EVENT]', ''],
  ])('the words of %p', (body, mark, words) => expect(wordsOfLine(body, mark)).toBe(words));
});

describe('the lines that join an incident', () => {
  const rows = ['a', '', 'b', 'a', ''].map((incident) => ({ ...eventRows(frameFrom([line('0/1-0')]))[0], incident })) as ReturnType<typeof eventRows>;

  it('go from its newest to its oldest event, past those of others', () => {
    const spans = spansOf(rows, 10);
    expect([...spans]).toEqual([['a', { first: 10, last: 13 }], ['b', { first: 12, last: 12 }]]);
    const part = (index: number) => lanePartsOf(index, rows[index - 10]?.incident ?? '', spans).find(({ incident }) => incident === 'a');
    expect([10, 11, 13, 14].map(part)).toEqual([
      { incident: 'a', lane: laneOf('a'), own: true, up: false, down: true },
      { incident: 'a', lane: laneOf('a'), own: false, up: true, down: true },
      { incident: 'a', lane: laneOf('a'), own: true, up: true, down: false },
      undefined,
    ]);
  });

  it('have a lane each that never changes', () => {
    for (const incident of ['', 'a', 'f'.repeat(32), '🚑']) {
      expect(laneOf(incident)).toBe(laneOf(incident));
      expect(laneOf(incident)).toBeLessThan(LANES);
    }
  });
});

test('notices: warnings always, what only holds for the last page only there, and no count twice', () => {
  const notices = [
    { severity: 'info', text: 'Events before x were removed by retention.' },
    { severity: 'warning', text: 'Live updates are interrupted: away' },
    { severity: 'warning', text: '1 entry of the log could not be read and is left out.' },
  ];
  expect(noticesOf(notices, true)).toEqual(['Live updates are interrupted: away']);
  expect(noticesOf(notices, false)).toHaveLength(2);
});
