import { frameFrom } from '../../components/testing/frame';
import { csvOf } from './csv';
import { afterwardsOf, appendPage, mergeHead, remediationsOf, shortened, type Loaded, type Remediation } from './remediations';

const one = (n: number, more: Record<string, unknown> = {}): Remediation => {
  const [row] = remediationsOf(frameFrom([{ id: `r${n}`, time: n, container: 'host-1/web', action: 'restart', status: 'success', ...more }]));
  if (!row) {
    throw new Error('no row');
  }
  return row;
};
const loaded = (numbers: readonly number[], cursor = ''): Loaded => ({ rows: numbers.map((n) => one(n)), cursor });
const ids = ({ rows }: Loaded) => rows.map(({ id }) => id).join(' ');

describe('pages of remediations', () => {
  it('the newest are put in front, and changed ones take the place of what was there', () => {
    const head = { rows: [one(5), one(4, { verdict: 'helped' })], cursor: 'c4' };
    const merged = mergeHead(loaded([4, 3, 2], 'c2'), head, 0);
    expect([ids(merged), merged.cursor, merged.rows[1]?.verdict]).toEqual(['r5 r4 r3 r2', 'c2', 'helped']);
  });

  it('begins anew where there may be others between the newest and what is there', () => {
    expect(mergeHead(loaded([3, 2], 'c2'), loaded([9, 8], 'c8'), 0)).toEqual(loaded([9, 8], 'c8'));
  });

  it('lets go of what the time range has left behind, and of all that is no longer there', () => {
    expect(ids(mergeHead(loaded([4, 3, 2], 'c2'), loaded([5, 4], 'c4'), 3))).toBe('r5 r4 r3');
    expect(mergeHead(loaded([4, 3, 2]), loaded([5, 4]), 0)).toEqual(loaded([5, 4]));
  });

  it('a next page brings no row twice', () => {
    expect(appendPage(loaded([4, 3], 'c3'), loaded([3, 2], ''))).toEqual(loaded([4, 3, 2]));
  });
});

test('R057: a reason is shortened at a word’s end', () => {
  const text = 'The health check of the container fails three times in a row and nobody knows why this happens';
  expect(shortened(text, 30)).toBe('The health check of the…');
  expect(shortened('short', 30)).toBe('short');
  expect(shortened('x'.repeat(50), 30)).toHaveLength(31);
});

test.each([
  [{ guard: 'start_grace', guardReason: 'It has just begun.', outcome: 'rejected', reason: 'x' }, 'start grace: It has just begun.'],
  [{ guard: 'cooldown', guardReason: '', outcome: 'cooldown_active', reason: 'x' }, 'cooldown: cooldown_active'],
  [{ guard: '', guardReason: '', outcome: 'No such container', reason: 'x' }, 'No such container'],
  [{ guard: '', guardReason: '', outcome: 'A person is needed', reason: 'A person is needed' }, ''],
])('what came of %p', (row, words) => expect(afterwardsOf(row)).toBe(words));

describe('the file', () => {
  const lines = (rows: Remediation[]) => csvOf(rows).split('\r\n');

  it('has a line of names, one line a row, and figures as they are', () => {
    const [names = '', first = '', last] = lines([one(0, { confidence: 0.85, cpu_before: 97.5, cpu_after: -1, reason: 'a, "b"' })]);
    expect(names.split(',').slice(0, 7)).toEqual(['time', 'container', 'project', 'action', 'status', 'verdict', 'reason']);
    expect(first).toMatch(/^1970-01-01T00:00:00\.000Z,host-1\/web,,restart,success,,"a, ""b""",.*,0\.85,.*,97\.5,-1,/);
    expect(last).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '=HYPERLINK("http://x","y")'])('takes %p for a text and for no formula', (reason) => {
    const [, ...rest] = lines([one(0, { reason })]);
    expect(rest.join('\r\n')).toMatch(/,"?'/);
  });

  it('keeps a break of line within its cell', () => {
    expect(csvOf([one(0, { reason: 'a\nb' })])).toContain('"a\nb"');
  });
});
