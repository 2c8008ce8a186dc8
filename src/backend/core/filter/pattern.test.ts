import fc from 'fast-check';
import { QueryError } from '../failure';
import { compilePattern } from './pattern';

describe('patterns of ad-hoc filters', () => {
  it.each(['web', 'web|db', 'web-[0-9]+', 'web.*', '.*(a|b).*', 'a\\.b', '[)*+]x', '(web|db)?', 'x{2}', '\\(a\\)+', '(?:web|db)-(1|2)', `(${Array.from({ length: 100 }, (_, index) => `c${index}`).join('|')})`])('takes %s', (pattern) => {
    expect(compilePattern(pattern)).toBeInstanceOf(RegExp);
  });

  it('means whole values', () => {
    expect(compilePattern('web').test('web-1')).toBe(false);
    expect(compilePattern('a|b').test('b')).toBe(true);
    expect(compilePattern('a|b').test('ab')).toBe(false);
  });

  it.each(['(a+)+', '(a|a)*', '(a*)*b', '((a))+', '(.*){5}', '.*.*.*.*', '(?=a)a', '(a)\\1', 'a'.repeat(501), '(?<n>a)\\k<n>', 'a?'.repeat(30), '(a|a)'.repeat(30), '(.*|.*)(.*|.*)'])('refuses %s, which could run for ever', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(QueryError);
  });

  it.each(['(', '[', 'a**', '?'])('refuses %s, which is no pattern', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(QueryError);
  });

  it('ends within a moment for every pattern that it takes', () => {
    const piece = fc.constantFrom('a', 'b', '.', '*', '+', '?', '(', ')', '|', '[ab]', '\\w', '{2}', '{1,}', '{0,3}', '^', '$');
    const hostile = `${'a'.repeat(300)}!`;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        let pattern: RegExp;
        try {
          pattern = compilePattern(pieces.join(''));
        } catch (cause) {
          expect(cause).toBeInstanceOf(QueryError);
          return;
        }
        const started = performance.now();
        pattern.test(hostile);
        // Not a measurement: a pattern that runs away takes minutes.
        expect(performance.now() - started).toBeLessThan(5000);
      }),
      { numRuns: 500 }
    );
  });
});
