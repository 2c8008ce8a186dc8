import { observed } from './new-event';
import { compareStreamIds, inRange, namesContainer, parseJson } from './queries';

it.each([
  ['1-0', '1-1', -1],
  ['2-0', '1-9', 1],
  ['10-0', '9-0', 1],
  ['5-10', '5-9', 1],
  ['5-5', '5-5', 0],
])('entry ids %s and %s are in the order of their numbers', (a, b, sign) => expect(Math.sign(compareStreamIds(a, b))).toBe(sign));

it('a container is named with or without its host', () => {
  expect(namesContainer('web', { host: 'h', container: 'web' })).toBe(true);
  expect(namesContainer('h/web', { host: 'h', container: 'web' })).toBe(true);
  expect(namesContainer('g/web', { host: 'h', container: 'web' })).toBe(false);
  expect(namesContainer('we', { host: 'h', container: 'web' })).toBe(false);
});

it('a range asks for types and a container, or for all', () => {
  const event = observed('command', 'operator', { host: 'h', container: 'web' }, { command: 'pause', user: 'ada' });
  expect(inRange(event, {})).toBe(true);
  expect(inRange(event, { types: [] })).toBe(true);
  expect(inRange(event, { types: ['health_alert'] })).toBe(false);
  expect(inRange(event, { types: ['command'], container: 'h/web' })).toBe(true);
  expect(inRange(event, { container: 'api' })).toBe(false);
});

it('JSON that cannot be read is undefined', () => {
  expect([parseJson('{"a":1}'), parseJson('{'), parseJson(''), parseJson(null)]).toEqual([{ a: 1 }, undefined, undefined, undefined]);
});
