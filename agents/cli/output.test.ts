import { ageText, cut, jsonText, megabytes, paint, printable, table, wrap } from './output';

describe('text for a terminal', () => {
  it('has no control characters and no marks of direction', () => {
    expect(printable('a\u001b[31mb\u0007\u009b2J\u202ec\td')).toBe('a [31mb  2J c d');
    expect(printable('two\nlines')).toBe('two\nlines');
  });

  it('is coloured only where colour is wanted', () => {
    expect(paint({ colour: false }, 'x', 'red')).toBe('x');
    expect(paint({ colour: true }, 'x', 'red')).toBe('\u001b[31mx\u001b[0m');
    expect(paint({ colour: true }, 'x', undefined)).toBe('x');
  });

  it('is cut with an ellipsis', () => {
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abcd', 4)).toBe('abcd');
  });

  it('is wrapped between words, behind an indent', () => {
    expect(wrap('one two three', 9, '  ')).toEqual(['  one two', '  three']);
    expect(wrap('unbreakable', 4)).toEqual(['unbreakable']);
    expect(wrap('a\nb', 10)).toEqual(['a', 'b']);
  });

  it('escapes in JSON what would steer a terminal', () => {
    expect(jsonText({ a: '\u001b\u009b' }, false)).toBe('{"a":"\\u001b\\u009b"}');
    expect(JSON.parse(jsonText({ a: '\u009b\u2028' }))).toEqual({ a: '\u009b\u2028' });
  });
});

describe('a table', () => {
  const columns = [
    { title: 'NAME', value: (row: string[]) => row[0] ?? '', flexible: true, min: 5 },
    { title: 'WHAT', value: (row: string[]) => row[1] ?? '', flexible: true, min: 6 },
    { title: 'N', value: (row: string[]) => row[2] ?? '' },
  ];

  it('is as wide as it must be', () => {
    expect(table(columns, [['a', 'b', '1']], 80)).toEqual(['NAME  WHAT  N', 'a     b     1']);
  });

  it('cuts flexible columns, first the first, never under their minimum', () => {
    const lines = table(columns, [['a-long-name', 'a longer description', '123']], 24);
    expect(lines[1]).toBe('a-lo…  a longer de…  123');
    expect(table(columns, [['a-long-name', 'a longer description', '123']], 5)[1]).toBe('a-lo…  a lon…  123');
  });

  it('keeps rows on one line', () => {
    expect(table(columns, [['a\nb', '\u001b', '1']], 80)[1]).toBe('a b         1');
  });
});

it.each([
  [0, '0 s'],
  [-5000, '0 s'],
  [119_400, '119 s'],
  [120_000, '2 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('an age of %d ms is said as %s', (ms, text) => expect(ageText(ms)).toBe(text));

it('tells megabytes', () => {
  expect([megabytes(1_572_864), megabytes(104_857_600)]).toEqual(['1.5 MB', '100 MB']);
});
