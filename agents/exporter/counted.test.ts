import { testAlert } from '../../tests/support/events';
import type { HemostatEvent } from '../../src/contract/events';
import { Book } from './book';
import { Counted } from './counted';
import type { Values } from './sheet';

const bookOf = (...containers: string[]) => {
  const book = new Book({ maxContainers: 10 });
  containers.forEach((container) => countIn(book, testAlert(container)));
  return book;
};
function countIn(book: Book, event: HemostatEvent): void {
  book.add({ at: 1_000_000, type: event.type, event: { ok: true, value: event } });
  book.commit();
}
function seriesOf(values: Values, name: string): Record<string, number> {
  const found: Record<string, number> = {};
  values.get(name)?.((labels, value, more = '', ending = '') => (found[`${ending}${labels}${more}`] = value));
  return found;
}
const alertsOf = (values: Values) => Object.values(seriesOf(values, 'hemostat_health_alerts_total')).reduce((sum, one) => sum + one, 0);
const entriesOf = (values: Values) => seriesOf(values, 'hemostat_log_entries_total')['type="health_alert"'];

describe('what was counted, of all partitions', () => {
  it('adds up what several partitions count in one series, at each asking anew', () => {
    const counted = new Counted();
    const books = [bookOf('a', 'a'), bookOf('b'), bookOf('c')];
    expect(entriesOf(counted.values(books, []))).toBe(4);
    books.forEach((book, index) => countIn(book, testAlert(['a', 'b', 'c'][index] ?? '')));
    expect(entriesOf(counted.values(books, []))).toBe(7);
    expect(entriesOf(counted.values(books, []))).toBe(7);
    expect(alertsOf(counted.values(books, []))).toBe(7);
    // The books themselves stay as they are.
    expect(books.map((book) => book.committed().get('hemostat_log_entries_total\thealth_alert')?.numbers)).toEqual([[3], [2], [2]]);
  });

  it('shows a series that appears, and none of a book that was loaded anew', () => {
    const counted = new Counted();
    const book = bookOf('a');
    expect(Object.keys(seriesOf(counted.values([book], []), 'hemostat_health_alerts_total'))).toHaveLength(1);
    countIn(book, testAlert('b'));
    expect(Object.keys(seriesOf(counted.values([book], []), 'hemostat_health_alerts_total'))).toHaveLength(2);
    expect(seriesOf(counted.values([new Book({ maxContainers: 10 })], []), 'hemostat_health_alerts_total')).toEqual({});
  });

  it('shows the buckets of a histogram with all that is below them', () => {
    const book = new Book({ maxContainers: 10 });
    for (const seconds of [3, 40, 100_000]) {
      countIn(book, testAlert('a', { ill_since: new Date(Date.now() - seconds * 1000).toISOString() }));
    }
    const found = seriesOf(new Counted().values([book], []), 'hemostat_time_to_detection_seconds');
    expect([found['_bucketle="5"'], found['_bucketle="60"'], found['_bucketle="+Inf"'], found._count]).toEqual([1, 2, 3, 3]);
  });

  it('is 0 before the first event of what is known', () => {
    const values = new Counted().values([new Book({ maxContainers: 10 })], []);
    expect(seriesOf(values, 'hemostat_alerts_deduped_total')).toEqual({ '': 0 });
    expect(seriesOf(values, 'hemostat_alerts_sent_total')).toMatchObject({ 'channel="slack",status="failed"': 0 });
  });
});
