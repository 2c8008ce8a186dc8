import fc from 'fast-check';
import { groupErrors, severityOfLevel } from './errors';
import { LOG_LEVELS, type LogEntry } from './schemas';

const entry = (message: string, second: number, more: Partial<LogEntry> = {}): LogEntry => ({ timestamp: new Date(second * 1000).toISOString(), level: 'error', message, agent_id: 'analyzer', trace_id: '', attributes: { error_type: 'TimeoutError' }, ...more });
const START = 'x'.repeat(50);

test('R379 R380: equal types and beginnings are one group', () => {
  const groups = groupErrors([entry(`${START} first`, 1, { trace_id: 'a', level: 'fatal' }), entry(`${START} third`, 3, { agent_id: 'monitor' }), entry(`${START} second`, 2, { trace_id: 'b' }), entry(`${START.slice(1)}y`, 4), entry(START, 5, { attributes: { error_type: 'Other' } })]);
  expect(groups).toHaveLength(3);
  expect(groups[0]).toEqual({ error_type: 'TimeoutError', message: `${START} third`, count: 3, first_seen: '1970-01-01T00:00:01.000Z', last_seen: '1970-01-01T00:00:03.000Z', sample_trace_id: 'b', severity: 'critical', agents: ['analyzer', 'monitor'] });
});

test('R380: the severity is that of the level', () => {
  expect(LOG_LEVELS.map((level) => [level, severityOfLevel(level)])).toEqual([['trace', 'info'], ['debug', 'info'], ['info', 'info'], ['warn', 'warning'], ['error', 'error'], ['fatal', 'critical']]);
});

test('R381: the largest group first, the latest first among equally large ones', () => {
  expect(groupErrors([entry('a', 9), entry('b', 1), entry('c', 5), entry('b', 2), entry('d', 7)]).map(({ message }) => message)).toEqual(['b', 'a', 'd', 'c']);
});

test('R379 R381: no line is lost, none counts twice, and the order of the lines does not matter', () => {
  const line = fc.tuple(fc.constantFrom('a', 'b', START, `${START}c`, '👍'.repeat(60)), fc.integer({ min: 1, max: 1000 }), fc.constantFrom(...LOG_LEVELS), fc.constantFrom('E', 'F', '')).map(([message, second, level, type]) => entry(message, second, { level, attributes: type === '' ? {} : { error_type: type } }));
  fc.assert(
    fc.property(fc.uniqueArray(line, { selector: ({ timestamp }) => timestamp, maxLength: 40 }), (lines) => {
      const groups = groupErrors(lines);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
      expect(groups.map(({ count }) => count)).toEqual(groups.map(({ count }) => count).toSorted((a, b) => b - a));
      expect(groups.every(({ first_seen: first, last_seen: last }) => first <= last)).toBe(true);
      expect(groupErrors(lines.toReversed())).toEqual(groups);
    })
  );
});

test('a line without a type and one with a broken time are kept', () => {
  expect(groupErrors([entry('a', 1, { attributes: {} }), entry('a', 1, { attributes: { error_type: '' }, timestamp: 'never' })])).toEqual([expect.objectContaining({ error_type: 'unknown', count: 2, first_seen: '1970-01-01T00:00:01.000Z', last_seen: '1970-01-01T00:00:01.000Z' })]);
  expect(groupErrors([])).toEqual([]);
});

test('10,000 equal lines are one group', () => {
  expect(groupErrors(Array.from({ length: 10_000 }, (_unused, index) => entry('same', index)))).toHaveLength(1);
});
