import { bytesText, rateText } from './bytes';

test.each([
  [undefined, '–'],
  [Number.NaN, '–'],
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [96 * 1024 ** 2, '96 MiB'],
  [1.25 * 1024 ** 3, '1.3 GiB'],
  [2 ** 60, '1048576 TiB'],
])('%p of memory is written %p', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [undefined, '–'],
  [999, '999 B/s'],
  [1000, '1 kB/s'],
  [99_600, '100 kB/s'],
  [1.5e6, '1.5 MB/s'],
])('a rate of %p is written %p', (rate, text) => {
  expect(rateText(rate)).toBe(text);
});
