import { incidentAnswer } from '../../components/testing/answers';
import { rateTone } from './Cards';
import { byUrgency, telling } from './Overview.utils';

const NOW = Date.parse('2026-01-01T01:00:00Z');

test('what waits for a person comes first, then the worst, then the oldest; what somebody knows of comes last', () => {
  const list = [
    incidentAnswer('known', 'failed', { severity: 'critical', acknowledged_by: 'ann' }),
    incidentAnswer('working', 'analyzing', { severity: 'critical' }),
    incidentAnswer('younger', 'failed', { opened_at: '2026-01-01T00:30:00Z' }),
    incidentAnswer('older', 'failed', { opened_at: '2026-01-01T00:10:00Z' }),
    incidentAnswer('worse', 'failed', { severity: 'critical' }),
    incidentAnswer('silenced', 'awaiting_approval', { silenced_until: '2026-01-01T02:00:00Z' }),
    incidentAnswer('silence over', 'suppressed', { silenced_until: '2026-01-01T00:30:00Z' }),
    incidentAnswer('waits', 'awaiting_approval', { severity: 'low' }),
  ];
  expect(byUrgency(list, NOW).map(({ id }) => id)).toEqual(['waits', 'worse', 'older', 'younger', 'silence over', 'working', 'silenced', 'known']);
});

test.each<[number | undefined, string | undefined]>([
  [80.1, 'well'],
  [80, 'waiting'],
  [50, 'waiting'],
  [49.9, 'ill'],
  [0, 'ill'],
  [undefined, undefined],
])('R036 R037 R038: a rate of %p is %p', (rate, tone) => {
  expect(rateTone(rate)).toBe(tone);
});

test('a health that changed says most, else the figure that moved furthest, else nothing', () => {
  const side = (health: string, cpu?: number, memory?: number) => ({ health, cpu, memory });
  expect(telling({ before: side('unhealthy', 90, 10), after: side('healthy', 1, 10) })).toEqual({ figure: 'health', before: 'unhealthy', after: 'healthy' });
  expect(telling({ before: side('healthy', 90, 10), after: side('healthy', 80, 60) })).toEqual({ figure: 'memory', before: 10, after: 60 });
  expect(telling({ before: side('unknown', 90), after: side('healthy', 4) })).toEqual({ figure: 'cpu', before: 90, after: 4 });
  expect(telling({ before: side(''), after: side('') })).toBeUndefined();
});
