import { parseDuration, parseInteger, parseMoment, parseTypes } from './parse';

it.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['10 min', 600_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
])('%s is a time span', (text, ms) => expect(parseDuration(text)).toBe(ms));

it.each(['', '10', 'm', '-1m', '10y', '1e3s'])('"%s" is none', (text) => expect(() => parseDuration(text)).toThrow(/write 90s, 10m, 6h or 7d/));

it('a moment without a zone is UTC', () => {
  expect(parseMoment('2026-03-02T14:00:00')).toBe(Date.UTC(2026, 2, 2, 14));
  expect(parseMoment('2026-03-02T14:00:00+02:00')).toBe(Date.UTC(2026, 2, 2, 12));
  expect(parseMoment('2026-03-02')).toBe(Date.UTC(2026, 2, 2));
});

it.each(['', 'now', '14:00', '2026-13-45T00:00:00Z', '1'])('"%s" is no moment', (text) => expect(() => parseMoment(text)).toThrow(/is not a time/));

it('takes whole numbers within limits only', () => {
  expect(parseInteger(5, 1440)('5')).toBe(5);
  for (const wrong of ['4', '1441', '5.5', '', 'x', 'NaN', 'Infinity']) {
    expect(() => parseInteger(5, 1440)(wrong)).toThrow(/between 5 and 1440/);
  }
});

it('takes event types, repeated or comma-separated', () => {
  expect(parseTypes('health_alert, command', ['dead_letter'])).toEqual(['dead_letter', 'health_alert', 'command']);
  expect(() => parseTypes('party')).toThrow(/"party" is no event type; there are health_alert/);
});
