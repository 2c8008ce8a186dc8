import fc from 'fast-check';
import { testAlert, testRecovery } from '../../tests/support/events';
import type { HemostatEvent } from '../../src/contract/events';
import { Book } from './book';

const DAY = 86_400_000;
const entry = (event: HemostatEvent, at = 1_000_000) => ({ at, type: event.type, event: { ok: true as const, value: event } });
const storedOf = (book: Book): Record<string, string> => Object.fromEntries(book.changes().flatMap(([field, text]) => (text === undefined ? [] : [[field, text]])));
const valueOf = (book: Book, name: string, container: string) =>
  [...book.committed().values()].filter((one) => one.name === name && one.labels.includes(`container_name="${container}"`)).reduce((sum, one) => sum + (one.numbers[0] ?? 0), 0);

describe('the book of what was counted', () => {
  it('shows nothing that was not committed', () => {
    const book = new Book({ maxContainers: 10 });
    book.add(entry(testAlert('a')));
    expect(book.committed().size).toBe(0);
    book.commit();
    expect(valueOf(book, 'hemostat_health_alerts_total', 'a')).toBe(1);
  });

  it('goes on from what was stored as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ container: fc.constantFrom('a', 'b', 'c', 'd'), recovered: fc.boolean() }), { maxLength: 40 }), fc.nat(40), (steps, cut) => {
        const events = steps.map(({ container, recovered }) => entry({ ...(recovered ? testRecovery(container) : testAlert(container)), incident_id: `i-${container}` }));
        const whole = new Book({ maxContainers: 3 });
        events.forEach((one) => whole.add(one));
        const first = new Book({ maxContainers: 3 });
        events.slice(0, cut).forEach((one) => first.add(one));
        const second = new Book({ maxContainers: 3 }, storedOf(first));
        events.slice(cut).forEach((one) => second.add(one));
        expect({ ...storedOf(first), ...Object.fromEntries(second.changes()) }).toEqual(expect.objectContaining(storedOf(whole)));
      })
    );
  });

  it('counts the containers beyond its bound together, and takes new ones up when others are gone for a day', () => {
    const book = new Book({ maxContainers: 2 });
    ['a', 'b', 'c', 'd'].forEach((container) => book.add(entry(testAlert(container))));
    book.commit();
    expect(valueOf(book, 'hemostat_health_alerts_total', 'other')).toBe(2);
    expect(valueOf(book, 'hemostat_health_alerts_total', 'c')).toBe(0);
    book.forget(new Set(['host-1/a']), 1_000_000 + DAY + 1);
    book.commit();
    expect(valueOf(book, 'hemostat_health_alerts_total', 'b')).toBe(0);
    book.add(entry(testAlert('c'), 1_000_000 + DAY + 2));
    book.commit();
    expect(valueOf(book, 'hemostat_health_alerts_total', 'c')).toBe(1);
    expect(valueOf(book, 'hemostat_health_alerts_total', 'a')).toBe(1);
    expect(valueOf(book, 'hemostat_health_alerts_total', 'other')).toBe(2);
  });

  it('lets nobody make series without end by naming models', () => {
    const book = new Book({ maxContainers: 10 });
    for (let index = 0; index < 1000; index += 1) {
      book.add(entry({ ...testAlert('a'), type: 'notification_sent', data: { channel: `channel-${index}`, kind: 'ill', key: 'k', attempts: 1, duration_seconds: 0 } }));
    }
    book.commit();
    const sent = [...book.committed().values()].filter((one) => one.name === 'hemostat_alerts_sent_total');
    expect(sent).toHaveLength(501);
    expect(sent.find((one) => one.labels === 'channel="other",status="other"')?.numbers).toEqual([500]);
  });

  it('leaves out what another version has stored under a name or with buckets that it does not know', () => {
    const book = new Book({ maxContainers: 10 }, { 'hemostat_unknown_total\tx': '4', hemostat_time_to_detection_seconds: '1 2 3', hemostat_alerts_deduped_total: '7' });
    expect([...book.committed()].map(([key, one]) => [key, one.numbers])).toEqual([['hemostat_alerts_deduped_total', [7]]]);
  });
});
