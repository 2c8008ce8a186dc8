import fc from 'fast-check';
import { digestLog } from './digest';
import { cleanLine } from '../runtime/untrusted';

describe('the digest of a log', () => {
  test('lines of trouble first, in their order; the last of the others', () => {
    const lines = [...Array.from({ length: 50 }, (_, index) => `request ${'abcdefghij'[index % 10]}${'klmno'[index % 5]} served`), 'ERROR connection refused', 'bye'];
    const digest = digestLog(['FATAL no such table', ...lines], 9, 4000);
    expect(digest.troubles).toEqual(['FATAL no such table', 'ERROR connection refused']);
    expect(digest.last.at(-1)).toBe('bye');
    expect(digest.troubles.length + digest.last.length).toBeLessThanOrEqual(9);
  });

  test('repeated lines are one, with their number, whatever time or id they carry', () => {
    const lines = Array.from({ length: 400 }, (_, index) => `2026-01-01T00:00:${String(index % 60).padStart(2, '0')}Z error: try ${index} of request 0af3${index}c9d8e7f6 failed`);
    const digest = digestLog(lines, 20, 4000);
    expect(digest.troubles).toEqual([`${lines.at(-1)} (400 times)`]);
    expect(digest.left).toBe(0);
  });

  test('one very long line leaves room for others', () => {
    const digest = digestLog([`error ${'x'.repeat(100_000)}`, 'error small'], 10, 2000);
    expect(digest.troubles).toHaveLength(2);
    expect(digest.troubles[0]?.length).toBeLessThan(400);
  });

  test('secrets are out, also a key over several lines', () => {
    const body = 'aB3dE5gH7jK9mN1p'.repeat(4);
    const digest = digestLog(['error password=hunter2', '-----BEGIN PRIVATE KEY-----', body, body, '-----END PRIVATE KEY-----', 'done'], 10, 2000);
    const shown = [...digest.troubles, ...digest.last].join('\n');
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain(body);
  });

  test('commands to a terminal and invisible characters are out', () => {
    expect(cleanLine('a\u001b[31mb\u001b]0;title\u0007c\u200bd\u202ee\u{e0041}f\u0000g', 100)).toBe('abcdefg');
  });

  test('bounded for any log', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.constantFrom('error x', 'fine')), { maxLength: 60 }), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3000 }), (lines, maxLines, maxLength) => {
        const { troubles, last, left } = digestLog(lines, maxLines, maxLength);
        const all = [...troubles, ...last];
        expect(all.length).toBeLessThanOrEqual(maxLines);
        expect(all.join('\n').length).toBeLessThanOrEqual(maxLength);
        expect(left).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 }
    );
  });
});
