import fc from 'fast-check';
import { ALERT_SEVERITIES, ALERT_STATES, agentAlertSchema, type AgentAlert } from '../events/observer';
import { activeAlerts, ALERT_PRIORITIES, alertEntries, alertEntry, byUrgency, durationWords, fire, SEVERITIES_BY_PRIORITY, shortAlertId, summarizeAlerts } from './alerts';

const NOW = Date.UTC(2026, 0, 2);
const alert = (id: string, more: Partial<AgentAlert> = {}, ago = 1000): AgentAlert => ({ ...fire({ condition: id, rule: 'r', name: 'N', type: 'performance', severity: 'warning', message: 'M', labels: { a: 'b' }, notify: true }, id, NOW - ago).alert, ...more });
const alerts = fc.array(fc.record({ severity: fc.constantFrom(...ALERT_SEVERITIES), status: fc.constantFrom(...ALERT_STATES), ago: fc.nat(100_000) }), { maxLength: 40 }).map((all) => all.map(({ severity, status, ago }, index) => alert(`id-${index}`, { severity, status }, ago)));

test('R436 R459: priorities and the order of severities', () => {
  expect(ALERT_PRIORITIES).toEqual({ info: 1, warning: 2, error: 3, critical: 4 });
  expect(SEVERITIES_BY_PRIORITY).toEqual(['critical', 'error', 'warning', 'info']);
});

test('R438 R439: an alert keeps its full id, people see eight characters', () => {
  expect(agentAlertSchema.parse(alert('0b9c5a1e-1111-4222-8333-444455556666'))).toMatchObject({ alert_id: '0b9c5a1e-1111-4222-8333-444455556666', revision: 1, status: 'firing', resolved_at: null });
  expect(shortAlertId('0b9c5a1e-1111-4222-8333-444455556666')).toBe('0b9c5a1e');
});

test('R442: active ones, the most urgent first, then the oldest', () => {
  const given = [alert('a', { severity: 'warning' }, 1), alert('b', { severity: 'critical' }, 1), alert('c', { severity: 'critical' }, 9), alert('d', { severity: 'critical', status: 'silenced' }), alert('e', { severity: 'error', status: 'acknowledged' }), alert('f', { status: 'resolved' })];
  expect(activeAlerts(given).map(({ alert_id: id }) => id)).toEqual(['c', 'b', 'e', 'a']);
  fc.assert(fc.property(alerts, (all) => JSON.stringify(activeAlerts(all)) === JSON.stringify(activeAlerts(all.toReversed()))));
});

test('R443: the summary counts each active alert once by severity and once by status', () => {
  expect(summarizeAlerts([alert('a'), alert('b', { status: 'acknowledged', severity: 'critical' }), alert('c', { status: 'silenced' })])).toEqual({ total: 2, by_severity: { critical: 1, error: 0, warning: 1, info: 0 }, by_status: { firing: 1, acknowledged: 1 } });
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);
  fc.assert(
    fc.property(alerts, (all) => {
      const { total, by_severity: severity, by_status: status } = summarizeAlerts(all);
      return sum(severity) === total && sum(status) === total && total === activeAlerts(all).length;
    })
  );
});

test.each([
  [0, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [3_599_999, '59m'],
  [3_600_000, '1h'],
  [86_399_999, '23h'],
  [86_400_000, '1d'],
  [40 * 86_400_000, '40d'],
  [-5, '0s'],
  [Number.NaN, '0s'],
])('R461: %d ms are %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});

test('R460 R462 R463 R464: entries and what can be done about them', () => {
  expect(alertEntry(alert('x', { status: 'acknowledged', acknowledged_by: 'ada' }, 300_000), NOW)).toEqual({ id: 'x', name: 'N', severity: 'warning', status: 'acknowledged', message: 'M', triggeredAt: new Date(NOW - 300_000).toISOString(), duration: '5m', acknowledgedBy: 'ada', silencedUntil: null, labels: { a: 'b' }, actions: ['resolve', 'silence', 'view_details'] });
  expect(alertEntry(alert('x'), NOW).actions).toEqual(['acknowledge', 'silence', 'view_details']);
  expect(alertEntry(alert('x', { status: 'silenced', silenced_until: 'then' }), NOW)).toMatchObject({ silencedUntil: 'then', actions: ['acknowledge', 'view_details'] });
  expect(alertEntry(alert('x', { status: 'resolved', resolved_at: new Date(NOW - 500_000).toISOString() }, 620_000), NOW)).toMatchObject({ duration: '2m', actions: ['view_details'] });
});

test('R457: filtered and sorted before the cut, with the number of those that are hidden', () => {
  const given = [...Array.from({ length: 12 }, (_unused, index) => alert(`w${index}`, {}, 1000 + index)), alert('late', { severity: 'critical' }, 0), alert('gone', { status: 'resolved', severity: 'critical' })];
  const { entries, hidden } = alertEntries(given, { now: NOW });
  expect([entries.length, hidden, entries[0]?.id, entries[1]?.id]).toEqual([10, 3, 'late', 'w11']);
});

test('R457 R458 R459: what is shown is the most urgent, whatever is asked for', () => {
  fc.assert(
    fc.property(alerts, fc.boolean(), fc.boolean(), fc.boolean(), (all, showAcknowledged, showSilenced, groupBySeverity) => {
      const { entries, hidden } = alertEntries(all, { now: NOW, showAcknowledged, showSilenced, groupBySeverity });
      const wanted = all.filter(({ status }) => status === 'firing' || (status === 'acknowledged' && showAcknowledged) || (status === 'silenced' && showSilenced));
      expect(entries.length + hidden).toBe(wanted.length);
      expect(entries.length).toBe(Math.min(10, wanted.length));
      const most = wanted.filter(({ status }) => status !== 'silenced').toSorted(byUrgency).slice(0, 10);
      expect(most.filter(({ alert_id: id }) => !entries.some((entry) => entry.id === id))).toEqual([]);
      const keys = entries.map(({ severity, triggeredAt }) => (groupBySeverity ? -ALERT_PRIORITIES[severity as AgentAlert['severity']] : Date.parse(triggeredAt)));
      expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    })
  );
});
