import { incident } from '../../components/testing/incidents';
import type { IncidentState } from '../../contract/incident-states';
import { byUrgency, countBy, filterIssues, groupIssues, severityOf } from './ActiveIssues.utils';

const one = (id: string, state: IncidentState, fields: Record<string, string> = {}) => incident({ id, state, fields });
const ids = (list: ReadonlyArray<{ id: string }>) => list.map(({ id }) => id);
const ANY = { severities: [], states: [], projects: [], text: '' };

describe('the order', () => {
  it('has first what needs a person, worse before better, older before newer, what is taken over last', () => {
    const list = [
      one('taken', 'awaiting_approval', { severity: 'critical', acknowledged_by: 'vera' }),
      one('acting', 'remediating', { severity: 'critical' }),
      one('newer', 'failed', { severity: 'high', opened_at: '2026-11-21T10:05:00Z' }),
      one('older', 'failed', { severity: 'high', opened_at: '2026-11-21T09:05:00Z' }),
      one('asks', 'awaiting_approval', { severity: 'high', opened_at: '2026-11-21T10:06:00Z' }),
      one('worst', 'failed', { severity: 'critical' }),
    ];
    const sorted = ['worst', 'asks', 'older', 'newer', 'acting', 'taken'];
    expect(ids(byUrgency(list))).toEqual(sorted);
    expect(ids(byUrgency([...list].reverse()))).toEqual(sorted);
  });

  it('does not depend on the order that the server gave, also among equals', () => {
    const equals = [one('b', 'open'), one('a', 'open'), one('c', 'open')];
    expect(ids(byUrgency(equals))).toEqual(['a', 'b', 'c']);
  });
});

describe('filters and groups', () => {
  const list = [one('a', 'open', { severity: 'high', project: 'shop', cause: 'Memory leak' }), one('b', 'failed', { severity: 'high', key: 'host-1/Queue' }), one('c', 'open', { severity: 'strange' })];

  it('narrow by severity, state, project and any part of the text', () => {
    expect(ids(filterIssues(list, ANY))).toEqual(['a', 'b', 'c']);
    expect(ids(filterIssues(list, { ...ANY, severities: ['high'], states: ['open'] }))).toEqual(['a']);
    expect(ids(filterIssues(list, { ...ANY, projects: ['shop'] }))).toEqual(['a']);
    expect(ids(filterIssues(list, { ...ANY, text: 'queue' }))).toEqual(['b']);
    expect(ids(filterIssues(list, { ...ANY, text: 'LEAK' }))).toEqual(['a']);
  });

  it('know severities that nobody knows (R030)', () => expect(list.map(severityOf)).toEqual(['high', 'high', 'unknown']));

  it('group in the order of the most urgent', () => {
    expect(groupIssues(list, 'none')).toHaveLength(1);
    expect(groupIssues(list, 'severity').map(({ name, incidents }) => [name, ids(incidents)])).toEqual([
      ['high', ['a', 'b']],
      ['unknown', ['c']],
    ]);
    expect(groupIssues(list, 'project').map(({ name }) => name)).toEqual(['shop', '']);
    expect(groupIssues(list, 'container').map(({ name }) => name)).toEqual(['host-1/web-2', 'host-1/Queue']);
  });

  it('count what occurs, in an order', () => {
    expect(countBy(list, severityOf, ['unknown', 'high'])).toEqual([
      { value: 'unknown', count: 1 },
      { value: 'high', count: 2 },
    ]);
    expect(countBy(list, severityOf)[0]).toEqual({ value: 'high', count: 2 });
  });
});
