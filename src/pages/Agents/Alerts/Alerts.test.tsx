import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../../components/testing/fake-source';
import { agentAlert, alertsAnswer, sourceState } from '../../../components/testing/observed';
import { renderPage, type RenderPageOptions } from '../../../components/testing/renderPage';
import { testIds } from '../../../components/testIds';
import type { AgentAlert } from '../../../contract/events/observer';
import type { AgentAlertsAnswer } from '../../../contract/observability/payloads';
import { useResource } from '../../../hooks/useResource';
import { Alerts } from './Alerts';

const Shown = () => <Alerts answer={useResource<AgentAlertsAnswer>('dashboard/alerts')} />;
const show = (alerts: readonly AgentAlert[], options: RenderPageOptions = {}) => renderPage(<Shown />, { resources: { 'dashboard/alerts': alertsAnswer(alerts) }, ...options });
const rows = async () => screen.findAllByTestId(testIds.agents.alert);
const names = async () => (await rows()).map((row) => /Alert \d/.exec(row.textContent ?? '')?.[0]);
const done = { status: 'acknowledged', event_id: 'e', next: 'It is marked as seen.' };

const info = agentAlert('1', { severity: 'info' });
const warning = agentAlert('2', { severity: 'warning', status: 'acknowledged', acknowledged_by: 'vera', acknowledged_at: new Date().toISOString(), comment: 'known since the update' });
const critical = agentAlert('3', { severity: 'critical' });
const failing = agentAlert('4', { severity: 'error', status: 'silenced', silenced_by: 'omar', silenced_until: new Date(Date.now() + 1_830_000).toISOString() });
const all = [info, warning, critical, failing];

describe('the alert list', () => {
  it('R459: groups by severity in the order critical, error, warning, info', async () => {
    show(all);
    await rows();
    expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual(['critical 1', 'error 1', 'warning 1', 'info 1']);
    expect(screen.getByText('Active: critical 1, error 0, warning 1, info 1 · firing 2, acknowledged 1')).toBeVisible();
  });

  it('R460 R461: tells name, message, state in words, by whom, and for how long', async () => {
    show(all);
    const [first, second, third] = await rows();
    expect(first).toHaveTextContent('criticalAlert 3It is 3.firing5m');
    expect(second).toHaveTextContent(/silencedends in 30 minutes/);
    expect(third).toHaveTextContent('acknowledgedby vera');
  });

  it('R458 R459: hides acknowledged and silenced ones and ungroups as the address says', async () => {
    const { user, search } = show(all, { search: '?acknowledged=off&silenced=off' });
    expect(await names()).toEqual(['Alert 3', 'Alert 1']);
    await user.click(screen.getByLabelText('Acknowledged'));
    await waitFor(async () => expect(await names()).toEqual(['Alert 3', 'Alert 2', 'Alert 1']));
    await user.click(screen.getByLabelText('By severity'));
    await waitFor(() => expect(screen.queryAllByRole('heading', { level: 3 })).toEqual([]));
    expect(search()).toContain('grouped=off');
    expect(search()).not.toContain('acknowledged');
  });

  it('R457: shows ten at most, the most urgent, and says how many are hidden', async () => {
    show([info, ...Array.from({ length: 11 }, (_, index) => agentAlert(`b${index}`, { severity: 'critical', condition: String(index) }))]);
    expect(await rows()).toHaveLength(10);
    expect(screen.getByText('2 more are not shown, less urgent ones.')).toBeVisible();
    expect(screen.queryByText('Alert 1')).toBeNull();
  });

  it('R464: shows everything about one, which the address keeps, and closes it by Escape', async () => {
    const { user, search } = show(all);
    const [, , row] = await rows();
    await user.click(within(row as HTMLElement).getByRole('button', { name: 'Details' }));
    const details = await screen.findByTestId(testIds.agents.alertDetails);
    for (const text of ['Measured7.25', 'Threshold5', 'Commentknown since the update', 'Rulehigh_error_rate', 'Labelscomponent=agent']) {
      expect(details).toHaveTextContent(text);
    }
    expect(within(details).getByRole('link', { name: 'Its history in the timeline' })).toHaveAttribute('href', expect.stringMatching(/timeline\?type=agent_alert&q=Alert(?: |%20)2/));
    expect(search()).toContain(`alert=${warning.alert_id}`);
    within(row as HTMLElement).getByRole('button', { name: 'Details of Alert 2' }).focus();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId(testIds.agents.alertDetails)).toBeNull());
    await user.keyboard('{Enter}');
    expect(await screen.findByTestId(testIds.agents.alertDetails)).toBeVisible();
  });

  it('shows an alert that the address names although it is over, and says when nothing is known of it', async () => {
    const over = agentAlert('5', { status: 'resolved', resolved_at: new Date().toISOString() });
    show([over], { search: `?alert=${over.alert_id}&alert=feedbeef-1` });
    expect(await screen.findByTestId(testIds.agents.alertDetails)).toHaveTextContent(/Resolved.*by itself/);
    expect(screen.getByText('Nothing is known of the alert feedbeef any more.')).toBeVisible();
    expect(screen.getByText('No alert is active.')).toBeVisible();
  });

  it('R368: says that it is not known when alerts cannot be read', async () => {
    show([], { resources: { 'dashboard/alerts': alertsAnswer([], [sourceState('alerts', { ok: false, error: 'away' })]) } });
    expect(await screen.findByText('Not known: Alerts cannot be read from redis.')).toBeVisible();
    expect(screen.queryByText('No alert is active.')).toBeNull();
  });
});

describe('what is done about an alert', () => {
  it('R444 R480: acknowledge with a comment', async () => {
    const path = `dashboard/alerts/${critical.alert_id}/acknowledge`;
    const { user, source, toasts } = show(all, { role: 'Editor', sends: { [path]: done } });
    await user.click(within((await rows())[0] as HTMLElement).getByRole('button', { name: 'Acknowledge …' }));
    await user.type(screen.getByLabelText(/Comment/), ' I look at it ');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toEqual([{ path, body: { comment: 'I look at it' } }]));
    await waitFor(() => expect(screen.queryByTestId(testIds.actions.confirm)).toBeNull());
    expect(toasts).toEqual(['alert-success It is marked as seen.']);
  });

  it('R445 R481: silence for 5 to 1440 minutes', async () => {
    const path = `dashboard/alerts/${critical.alert_id}/silence`;
    const { user, source } = show(all, { role: 'Editor', sends: { [path]: done } });
    await user.click(within((await rows())[0] as HTMLElement).getByRole('button', { name: 'Silence …' }));
    const minutes = screen.getByLabelText(/Minutes/);
    for (const wrong of ['4', '1441', '']) {
      await user.clear(minutes);
      await user.type(minutes, wrong || ' ');
      expect(screen.getByTestId(testIds.actions.confirm)).toHaveAttribute('aria-disabled', 'true');
    }
    await user.clear(minutes);
    await user.type(minutes, '5');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toEqual([{ path, body: { duration_minutes: 5 } }]));
  });

  it('R463: resolve one that is acknowledged; a refusal is told and the question stays', async () => {
    const path = `dashboard/alerts/${warning.alert_id}/resolve`;
    const { user, source } = show(all, { sends: { [path]: refusal(409, 'It is resolved already.', 'Nothing is left to do.') } });
    await user.click(within((await rows())[2] as HTMLElement).getByRole('button', { name: 'Resolve …' }));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(await screen.findByText('It is resolved already.')).toBeVisible();
    expect(source.sent).toEqual([{ path, body: {} }]);
  });

  it('R462 R463: offers what makes sense in each state', async () => {
    show(all);
    const offered = (await rows()).map((row) => within(row).getAllByRole('button').map(({ textContent }) => textContent).filter(Boolean));
    expect(offered).toEqual([
      ['Acknowledge …', 'Silence …', 'Details'],
      ['Acknowledge …', 'Details'],
      ['Resolve …', 'Silence …', 'Details'],
      ['Acknowledge …', 'Silence …', 'Details'],
    ]);
  });

  it('is off for Viewers, who can still look', async () => {
    const { user } = show(all, { role: 'Viewer' });
    const row = within((await rows())[0] as HTMLElement);
    expect(row.getByRole('button', { name: 'Acknowledge …' })).toHaveAttribute('aria-disabled', 'true');
    await user.click(row.getByRole('button', { name: 'Details' }));
    expect(await screen.findByTestId(testIds.agents.alertDetails)).toBeVisible();
  });
});
