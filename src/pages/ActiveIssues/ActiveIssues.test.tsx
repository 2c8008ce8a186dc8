import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../components/testing/fake-source';
import { detail, frameOf, incident, stored, waiting } from '../../components/testing/incidents';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import type { IncidentAnswer } from '../../contract/api';
import ActiveIssues from './ActiveIssues';

const db = incident({ id: 'db', fields: { container: 'db', key: 'host-1/db', result: 'rejected', guard: 'cooldown', guard_limit: '3600 s', guard_measured: '2880 s', free_at: new Date(Date.now() + 750_000).toISOString(), confidence: '0.85', method: 'ai', evidence: '2', cause: 'It hangs.' } });
const api = waiting({ severity: 'critical' });
const answers = (...incidents: IncidentAnswer[]) => ({ incidents: { incidents, more: false } });
const done = { event_id: 'e', command: 'acknowledge', next: 'Seen.' };
const open = (options: RenderPageOptions = {}) => renderPage(<ActiveIssues />, { resources: answers(db, api), ...options });
const rows = async () => screen.findAllByTestId(testIds.issues.row);

describe('active issues', () => {
  it('say what, why, how sure, and why nothing is done: guard, limit, measured value, when it is free (R042)', async () => {
    open();
    const [first, second] = await rows();
    expect(first).toHaveTextContent('[CRITICAL]');
    expect(first).toHaveTextContent(/An Admin may approve restart; the request expires in (1 hour|59 minutes)/);
    expect(second).toHaveTextContent('[HIGH]');
    expect(second).toHaveTextContent('It hangs.');
    expect(second).toHaveTextContent('cooldown refuses restart (limit 1 h, measured 48 min), free in 12 minutes');
    expect(second).toHaveTextContent('confidence 0.85 (model) · evidence 2');
  });

  it('expand to evidence, guards and the last log lines, which the address keeps (R043)', async () => {
    const events = [
      stored('remediation_needed', { evidence: [{ what: 'health', value: 'unhealthy' }] }),
      stored('forensics_captured', { logs: Array.from({ length: 14 }, (_, index) => `line ${index}`) }),
      stored('remediation_complete', { guards: [{ guard: 'cooldown', allowed: false, limit: '3600 s', measured: '2880 s', reason: 'Too soon.' }, { guard: 'opt_out', allowed: true, reason: '' }] }),
    ];
    const { user, search, refresh } = open({ resources: { ...answers(db), 'incidents/detail': detail(db, events) } });
    await user.click(await screen.findByTestId(testIds.issues.toggle));
    const details = await screen.findByTestId(testIds.issues.details);
    await within(details).findByText('Too soon.');
    expect(details).toHaveTextContent('health');
    expect(details).toHaveTextContent('1 more allow it, as there is nothing to count: opt out');
    expect(details).toHaveTextContent('line 13');
    expect(details).not.toHaveTextContent('line 1 ');
    expect(search()).toContain('open=db');
    refresh();
    expect(screen.getByText('Too soon.')).toBeVisible();
    await user.click(screen.getByTestId(testIds.issues.toggle));
    await waitFor(() => expect(screen.queryByTestId(testIds.issues.details)).toBeNull());
  });

  it('show who has acknowledged and silenced it', async () => {
    const marked = incident({ fields: { acknowledged_by: 'vera', acknowledged_at: new Date(Date.now() - 150_000).toISOString(), silenced_by: 'omar', silenced_until: new Date(Date.now() + 3_030_000).toISOString() } });
    open({ resources: answers(marked) });
    const [row] = await rows();
    expect(row).toHaveTextContent('Acknowledged by vera 2 minutes ago');
    expect(row).toHaveTextContent('Silenced by omar, ends in 50 minutes');
  });

  it('filter and group by the address', async () => {
    const { user, search } = open({ search: '?severity=critical&group=severity' });
    expect(await rows()).toHaveLength(1);
    expect(screen.getByRole('heading', { level: 2, name: /critical 1/ })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'critical 1' }));
    await waitFor(() => expect(screen.getAllByTestId(testIds.issues.row)).toHaveLength(2));
    expect(search()).not.toContain('severity=critical');
    await user.type(screen.getByTestId(testIds.issues.search), 'zzz');
    await user.click(await screen.findByRole('button', { name: 'Clear the filters' }));
    await waitFor(() => expect(screen.getAllByTestId(testIds.issues.row)).toHaveLength(2));
  });

  it('can be walked through and acknowledged by keys, but not while something is typed', async () => {
    const { user, source } = open({ sends: { 'actions/acknowledge': done } });
    await rows();
    await user.keyboard('a');
    await user.keyboard('jj');
    expect(screen.getAllByTestId(testIds.issues.toggle)[1]).toHaveFocus();
    await user.keyboard('ka');
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/acknowledge', body: { incident: 'i1' } }]));
    await user.click(screen.getByTestId(testIds.issues.search));
    await user.keyboard('ja');
    expect(screen.getByTestId(testIds.issues.search)).toHaveValue('ja');
    expect(source.sent).toHaveLength(1);
  });

  it('do nothing by key that the role may not do', async () => {
    const { user, source } = open({ role: 'Viewer' });
    await rows();
    await user.keyboard('ja');
    expect(source.sent).toEqual([]);
  });
});

describe('its states', () => {
  it('is loading, and then empty with what would put something there', async () => {
    open({ resources: { incidents: async () => Promise.resolve({ incidents: [], more: false }) } });
    expect(screen.getAllByTestId(testIds.state.loading).length).toBeGreaterThan(0);
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent(/Nothing is ill.*from the moment the monitor sees/);
  });

  it('fails with a retry, and keeps the older answer', async () => {
    const { source, refresh, user } = open();
    await rows();
    source.answers = { resources: { incidents: refusal(503, 'Redis is away.') } };
    refresh();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis is away.');
    expect(screen.getAllByTestId(testIds.issues.row)).toHaveLength(2);
    source.answers = { resources: answers(db) };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.getAllByTestId(testIds.issues.row)).toHaveLength(1));
  });

  it('says that one may not see it', async () => {
    open({ resources: { incidents: refusal(403, 'This needs the role Viewer.') } });
    expect(await screen.findByTestId(testIds.state.denied)).toHaveTextContent('This needs the role Viewer.');
  });
});

describe('beside the issues', () => {
  const remediation = { time: Date.now() - 60_000, container: 'host-1/web-2', action: 'restart', status: 'rejected', guard: 'circuit_breaker', guard_reason: 'It is open.', incident: 'i1', id: 'r1' };

  it('stand remediations that failed or were refused (R039, R040)', async () => {
    const { source } = open({ frames: { remediations: [frameOf('remediations', [remediation, { ...remediation, id: 'r2', status: 'failed', guard: '', guard_reason: '' }])] } });
    const list = screen.getByTestId(testIds.issues.refused);
    await within(list).findByText('refused');
    expect(list).toHaveTextContent('circuit breaker: It is open.');
    expect(within(list).getByText('failed')).toBeVisible();
    expect(source.queries).toContainEqual(expect.objectContaining({ queryType: 'remediations', filters: { statuses: ['failed', 'rejected'] } }));
  });

  it('stand the alerts of the last minutes, five unless set otherwise (R041)', async () => {
    const alert = { time: Date.now() - 4 * 60_000, severity: 'high', container: 'host-1/web-2', text: 'it hangs', incident: 'i1', id: 'a1' };
    const frames = { events: [frameOf('events', [alert, { ...alert, id: 'a2', time: Date.now() - 7 * 60_000, text: 'long ago' }])] };
    const { unmount } = open({ frames });
    const list = screen.getByTestId(testIds.issues.alerts);
    await within(list).findByText('[ALERT] [HIGH]');
    expect(list).toHaveTextContent('Health alerts of the last 5 min');
    expect(list).not.toHaveTextContent('long ago');
    unmount();
    open({ frames, settings: { recentMinutes: 10 } });
    await within(screen.getByTestId(testIds.issues.alerts)).findByText(/long ago/);
  });
});
