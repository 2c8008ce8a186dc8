import { dateTime, type TimeRange } from '@grafana/data';
import { logEntry, sourceState, span } from '../../components/testing/observed';
import { mergedSources, sentenceOf, trendWords, windowOf } from './Agents.utils';
import { keysOf } from './Logs/keys';
import { bodyOf, draftOf, NEW_RULE } from './Rules/rule-draft';
import { modelCallsOf, totalsOf } from './Traces/model-calls';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;
const range = (from: number, to: number, raw: { from: string; to: string }): TimeRange => ({ from: dateTime(from), to: dateTime(to), raw });
const last = (minutes: number) => range(NOW - minutes * MINUTE, NOW, { from: `now-${minutes}m`, to: 'now' });

test.each<[string, TimeRange, ReturnType<typeof windowOf>]>([
  ['an hour', last(60), { minutes: 60, clipped: undefined }],
  ['a day', last(1440), { minutes: 1440, clipped: undefined }],
  ['a week', last(10_080), { minutes: 1440, clipped: 'long' }],
  ['some seconds', range(NOW - 5000, NOW, { from: 'now-5s', to: 'now' }), { minutes: 1, clipped: undefined }],
  ['what ended an hour ago', range(NOW - 120 * MINUTE, NOW - 60 * MINUTE, { from: 'now-2h', to: 'now-1h' }), { minutes: 120, clipped: 'past' }],
  ['what ended days ago', range(NOW - 9000 * MINUTE, NOW - 8000 * MINUTE, { from: 'a', to: 'b' }), { minutes: 1440, clipped: 'long' }],
])('R475: %s is asked for as whole minutes until now, 1 to 1440', (_, given, window) => {
  expect(windowOf(given, NOW)).toEqual(window);
});

test('R398 to R402: a trend in words, with its direction', () => {
  expect(trendWords({ trend: 12.4, trendDirection: 'up' }, 60)).toBe('up, +12 % against the 60 min before');
  expect(trendWords({ trend: -30.25, trendDirection: 'down' }, 5)).toBe('down, -30 % against the 5 min before');
  expect(trendWords({ trend: 1.25, trendDirection: 'stable' }, 60)).toBe('stable, +1.3 % against the 60 min before');
  expect(trendWords({ trend: null, trendDirection: null }, 60)).toBe('nothing before it to compare with');
});

test('R414: the sentence tells the score and what is wrong; a good score hides no issue', () => {
  const health = (score: number, status: 'healthy' | 'degraded' | 'critical', ...issues: string[]) => sentenceOf({ health: { score, status, issues, components: { error_rate: null, latency: null, alerts: null } } });
  expect(health(97, 'healthy')).toEqual({ tone: 'well', words: 'The agents are well, score 97' });
  expect(health(90, 'healthy', 'Active alerts: 3')).toEqual({ tone: 'waiting', words: 'The agents work, score 90, and something wants a look: Active alerts: 3' });
  expect(health(75, 'degraded', 'High error rate: 4.20%')).toEqual({ tone: 'waiting', words: 'The agents are impaired, score 75: High error rate: 4.20%' });
  expect(health(12, 'critical', 'a', 'b')).toEqual({ tone: 'ill', words: 'The agents are not well, score 12: a, b' });
});

test('R368: of a source that answered once and failed once, the failure is told', () => {
  const merged = mergedSources([sourceState('alerts'), sourceState('logs', { notices: ['a'] })], undefined, [sourceState('alerts', { ok: false, error: 'x' }), sourceState('logs', { notices: ['a', 'b'] })]);
  expect(merged).toEqual([sourceState('alerts', { ok: false, error: 'x' }), sourceState('logs', { notices: ['a', 'b'] })]);
});

test('equal log lines have keys of their own, which stay as newer ones come', () => {
  const [old, twin, newer] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'].map((timestamp) => logEntry('same', { timestamp }));
  const before = keysOf([twin, old] as never);
  expect(new Set(before).size).toBe(2);
  expect(keysOf([newer, twin, old] as never).slice(1)).toEqual(before);
});

test('model calls are read from the gen_ai attributes, old names as well; what is not told is not 0', () => {
  const [one, two] = modelCallsOf([
    span('a', '', { attributes: { 'gen_ai.request.model': 'm', 'gen_ai.response.model': 'm-2', 'gen_ai.provider.name': 'p', 'gen_ai.usage.input_tokens': 5 } }),
    span('b', '', { attributes: { 'gen_ai.request.model': 'm', 'gen_ai.system': 'q', 'gen_ai.usage.output_tokens': 'many' }, status: 'error', status_message: 'timeout' }),
    span('c', '', { attributes: { constructor: 'x' } }),
  ]);
  expect(one).toMatchObject({ model: 'm-2', provider: 'p', input: 5, output: undefined, cost: undefined, error: '' });
  expect(two).toMatchObject({ model: 'm', provider: 'q', output: undefined, error: 'timeout' });
  expect(totalsOf([one, two] as never)).toEqual({ input: 5, output: undefined, cost: undefined });
});

test('R440 R441: a rule is sent as it was typed; what is no number is left to the server, labels stay', () => {
  expect(bodyOf({ ...NEW_RULE, name: 'mine', threshold: ' ', cooldown_minutes: 'soon' }, undefined)).toMatchObject({ name: 'mine', cooldown_minutes: 'soon', for_seconds: 0, window_minutes: 5 });
  expect(bodyOf({ ...NEW_RULE, threshold: ' ' }, undefined)).not.toHaveProperty('threshold');
  const stored = { ...(bodyOf(NEW_RULE, undefined) as never as Parameters<typeof draftOf>[0]), labels: { a: 'b' }, from: 'own' as const };
  const body = bodyOf({ ...draftOf(stored), threshold: '7.5' }, stored);
  expect(body).toMatchObject({ threshold: 7.5, labels: { a: 'b' } });
  expect(body).not.toHaveProperty('from');
});
