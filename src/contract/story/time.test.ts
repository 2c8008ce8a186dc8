import fc from 'fast-check';
import { eventMark, severityMark } from './marks';
import { plainText } from './plain-text';
import { absoluteTime, clockOrDate, clockText, durationText, percentText, relativeTime } from './time';

const NOW = Date.parse('2026-01-03T15:30:00Z');
const before = (ms: number) => new Date(NOW - ms).toISOString();

test.each([
  [0, 'just now'],
  [999, 'just now'],
  [5_000, '5 seconds ago'],
  [60_000, '1 minute ago'],
  [120_000, '2 minutes ago'],
  [3_600_000, '1 hour ago'],
  [86_399_000, '23 hours ago'],
  [-720_000, 'in 12 minutes'],
  [86_400_000, 'Jan 2, 10:30 AM EST'],
])('R018 R019 R020: %d ms before now is "%s"', (ms, text) => {
  expect(relativeTime(before(ms), NOW)).toBe(text);
});

test('R020: the zone is named as due, and a zone that does not exist becomes UTC', () => {
  expect(absoluteTime('2026-01-03T15:30:00Z')).toBe('Jan 3, 10:30 AM EST');
  expect(absoluteTime('2026-07-03T15:30:00Z')).toBe('Jul 3, 11:30 AM EDT');
  expect(absoluteTime('2026-01-03T15:30:00Z', 'Europe/Berlin')).toBe('Jan 3, 4:30 PM GMT+1');
  expect(absoluteTime('2026-01-03T15:30:00Z', 'No/Such_Zone')).toBe('Jan 3, 3:30 PM UTC');
});

test.each(['', 'yesterday', '2026-13-40T99:00:00Z'])('R021: %j is Unknown', (iso) => {
  expect([relativeTime(iso, NOW), absoluteTime(iso), clockText(iso), clockOrDate(iso, before(0))]).toEqual([
    'Unknown',
    'Unknown',
    'Unknown',
    'Unknown',
  ]);
});

test('clock times', () => {
  expect(clockText('2026-01-03T00:03:07.120Z', 'UTC', true)).toBe('00:03:07.120');
  expect(clockText('2026-01-03T15:30:00Z', 'America/New_York')).toBe('10:30:00');
  expect(clockOrDate('2026-01-03T16:00:00Z', before(0), 'UTC')).toBe('16:00:00');
  expect(clockOrDate('2026-01-04T16:00:00Z', before(0), 'UTC')).toBe('Jan 4, 4:00 PM UTC');
});

test.each([
  [0, '0 ms'],
  [388, '388 ms'],
  [999.6, '1 s'],
  [2_100, '2.1 s'],
  [9_960, '10 s'],
  [59_700, '1 min'],
  [65_000, '1 min 5 s'],
  [2_880_000, '48 min'],
  [3_599_999, '1 h'],
  [11_520_000, '3 h 12 min'],
  [187_200_000, '2 d 4 h'],
  [-5, '0 ms'],
  [Number.NaN, 'unknown'],
])('%d ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [12.3, '12 %'],
  [3.44, '3.4 %'],
  [3, '3 %'],
  [9.97, '10 %'],
  [412.6, '413 %'],
  [undefined, 'unknown'],
  [Number.POSITIVE_INFINITY, 'unknown'],
])('%d percent is %s', (value, text) => {
  expect(percentText(value)).toBe(text);
});

test('R022 to R030: marks', () => {
  const types = ['health_alert', 'remediation', 'remediation_complete', 'false_alarm', 'agent_started', 'constructor'];
  expect(types.map(eventMark)).toEqual([
    '[ALERT]',
    '[REMEDIATION]',
    '[REMEDIATION]',
    '[FALSE ALARM]',
    '[EVENT]',
    '[EVENT]',
  ]);
  expect(['critical', 'high', 'medium', 'low', 'fatal', 'toString'].map(severityMark)).toEqual([
    '[CRITICAL]',
    '[HIGH]',
    '[MEDIUM]',
    '[LOW]',
    '[UNKNOWN]',
    '[UNKNOWN]',
  ]);
});

test('plainText keeps words and cuts escapes, new lines, direction marks and length', () => {
  expect(plainText('web\u001b[31m red\u001b[0m\r\n2')).toBe('web red 2');
  expect(plainText('a\u001b]0;title\u0007b \u009b2Jc')).toBe('ab c');
  expect(plainText('gnp\u202e.exe\u2069\ufeff')).toBe('gnp .exe');
  expect(plainText('größe 日本 🚑')).toBe('größe 日本 🚑');
  expect(plainText('🚑'.repeat(400), 10)).toBe(`${'🚑'.repeat(9)}…`);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, max) => {
      const clean = plainText(text, max);
      expect([...clean].length).toBeLessThanOrEqual(max);
      expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    })
  );
});
