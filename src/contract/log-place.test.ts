import fc from 'fast-check';
import { cursorBefore, newerFirst, readPlace, type LogPlace } from './log-place';

const places = fc.record({ partition: fc.nat(9999), ms: fc.nat(2_000_000_000_000), seq: fc.nat(1_000_000) });
const text = ({ partition, ms, seq }: LogPlace) => `${partition}/${ms}-${seq}`;

test('a place is read as it is written', () => {
  fc.assert(fc.property(places, (place) => expect(readPlace(text(place))).toEqual(place)));
});

test.each(['', '0', '1-0', '0/1', '0/1-', '0/x-1', '-1/2-3', '0/1-2-3', '0/1-2 '])('%p is no place', (broken) => {
  expect(readPlace(broken)).toBeUndefined();
});

test('the cursor is the one that an answer to `events` gives', () => {
  expect(cursorBefore({ partition: 3, ms: 1_700_000_000_000, seq: 37 })).toBe('b_loyw3v28-11_3');
});

test('newest first, and at equal ids the higher partition first', () => {
  const [a, b, c] = ['0/5-1', '1/5-1', '0/5-2'].map((one) => readPlace(one) as LogPlace);
  expect([a, b, c].sort((left, right) => newerFirst(left as LogPlace, right as LogPlace))).toEqual([c, b, a]);
});
