import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../components/testing/fake-source';
import { asked, detail, frameOf, incident, stored, waiting } from '../../components/testing/incidents';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import type { IncidentDetailAnswer } from '../../contract/api';
import Incident from './Incident';

const side = { from: '', to: '', samples: 12, status: 'running', health_status: 'unhealthy', metrics: { cpu_percent: 97 }, restart_count: 0 };
const call = { model: 'qwen3:8b', provider: 'ollama', started_at: '2026-11-21T10:00:00Z', duration_seconds: 2, input_tokens: 2000, output_tokens: 100, cost_usd: 0.0004, prompt_hash: 'abcdef0123456789', finish_reason: 'stop', outcome: 'ok' as const };
const healed = () =>
  detail(incident({ state: 'resolved', fields: { confidence: '0.75', method: 'ai' } }), [
    stored('remediation_needed', { evidence: [{ what: 'health', value: 'unhealthy' }], model_calls: [call] }),
    stored('forensics_captured', { logs: ['GET / 500', 'password=[redacted]'], redactions: 1, inspect: { State: { Status: 'running' } }, missing: [{ part: 'top', reason: 'it does not run' }], top: { titles: ['PID'], processes: [['4242']] } }),
    stored('remediation_complete', { action: 'restart', dry_run: false, result: { status: 'success' }, guards: [{ guard: 'cooldown', allowed: true, limit: '3600 s', measured: '7200 s', reason: 'Long ago.' }] }, '2026-11-21T10:00:02.000Z'),
    stored('remediation_verified', { action: 'restart', verdict: 'helped', reason: 'Well again.', before: side, after: { ...side, health_status: 'healthy', metrics: { cpu_percent: 4 } }, duration_seconds: 60 }, '2026-11-21T10:01:02.000Z'),
    stored('command', { command: 'comment', user: 'vera', text: 'Thanks <b>bot</b>' }, '2026-11-21T10:02:00.000Z'),
  ]);
const span = (spanID: string, parentSpanID: string, startTime: number) => ({ spanID, parentSpanID, operationName: spanID, serviceName: 'responder', startTime, duration: 100, statusCode: 1, statusMessage: '' });
const frames = () => ({
  trace: [frameOf('trace', [span('root', '', 1000), span('verify', 'root', 1050)], [])],
  container_metrics: [frameOf('m', [{ time: Date.parse('2026-11-21T10:00:00Z'), cpu_percent: 97 }, { time: Date.parse('2026-11-21T10:01:00Z'), cpu_percent: 4 }])],
});
const open = (answer: IncidentDetailAnswer | unknown = healed(), options: RenderPageOptions = {}) =>
  renderPage(<Incident />, { params: { id: 'i1' }, resources: { 'incidents/detail': answer }, frames: frames(), ...options });

describe('an incident', () => {
  it('tells what happened, whether it helped, and on what that rests', async () => {
    const { source } = open();
    expect(await screen.findByTestId(testIds.incident.summary)).toHaveTextContent('web-2 on host-1 fell ill.');
    expect(screen.getByText('resolved')).toBeVisible();
    expect(screen.getByText(/confidence 0.75 \(model\)/)).toBeVisible();
    expect(screen.getByText('helped')).toBeVisible();
    const effect = screen.getByTestId(testIds.incident.effect);
    expect(effect).toHaveTextContent('Healthunhealthyhealthy');
    expect(effect).toHaveTextContent('CPU97 %4 %');
    expect(await screen.findByRole('img', { name: 'CPU: 97 % before, 4 % after' })).toBeInTheDocument();
    expect(within(await screen.findByTestId(testIds.incident.waterfall)).getByText('verify')).toBeVisible();
    expect(screen.getByTestId(testIds.incident.lines)).toHaveTextContent('10:00:02.000+1.5 sremediation_complete in words');
    expect(source.queries.find(({ queryType }) => queryType === 'trace')).toMatchObject({ target: 'i1' });
  });

  it('shows guards, evidence, model calls with hash, tokens and cost, and what was saved', async () => {
    open();
    expect(await screen.findByTestId(testIds.incident.guards)).toHaveTextContent('cooldownallowed1 h2 h–Long ago.');
    const models = screen.getByTestId(testIds.incident.models);
    expect(models).toHaveTextContent('qwen3:8b ollamaok2000 / 100$0.000402 sabcdef012345');
    expect(within(models).getByTitle('abcdef0123456789')).toBeVisible();
    const saved = screen.getByTestId(testIds.incident.forensics);
    for (const text of ['password=[redacted]', '1 secrets blacked out', 'top is missing: it does not run', '4242', '"Status": "running"']) {
      expect(saved).toHaveTextContent(text);
    }
  });

  it('shows comments as text, and takes new ones', async () => {
    const { user, source } = open(healed(), { sends: { 'actions/comment': { event_id: 'e', command: 'comment', next: 'It stands there.' } } });
    const comments = await screen.findByTestId(testIds.incident.comments);
    expect(comments).toHaveTextContent('Thanks <b>bot</b>');
    await user.type(screen.getByTestId(testIds.actions.comment), 'seen');
    await user.click(screen.getByTestId(testIds.actions.commentSend));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/comment', body: { incident: 'i1', text: 'seen' } }]));
  });

  it('shows the exact action that waits for approval', async () => {
    open(detail(waiting(), [asked()]));
    expect(await screen.findByTestId(testIds.actions.plan)).toHaveTextContent('host-1/proxy');
    expect(screen.getByTestId(testIds.actions.decide)).toBeVisible();
  });

  it('copies the story as Markdown', async () => {
    // Only then may a page write to the clipboard.
    Object.defineProperty(window, 'isSecureContext', { value: true });
    const { user } = open();
    await user.click(await screen.findByTestId(testIds.incident.copy));
    expect(await navigator.clipboard.readText()).toContain('## web\\-2 · not acted on · high');
  });

  it('says when retention has removed a part of it, or there is more', async () => {
    open({ ...healed(), missing: 3, more: true });
    expect(await screen.findByText(/3 of its events were removed by retention/)).toBeVisible();
    expect(screen.getByText(/these are the newest/)).toBeVisible();
  });
});

describe('its states', () => {
  it('loads, and says that there is no such incident', async () => {
    open(refusal(404, 'There is no incident i1.'));
    expect(screen.getByTestId(testIds.state.loading)).toBeInTheDocument();
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('There is no incident i1');
  });

  it('fails with a retry and keeps what was read; or is not allowed', async () => {
    const { source, refresh, unmount } = open();
    await screen.findByTestId(testIds.incident.summary);
    source.answers = { resources: { 'incidents/detail': refusal(503, 'Redis is away.') }, frames: frames() };
    refresh();
    expect(await screen.findByText(/Redis is away/)).toBeVisible();
    expect(screen.getByTestId(testIds.incident.summary)).toBeVisible();
    unmount();
    open(refusal(403, 'No.'));
    expect(await screen.findByTestId(testIds.state.denied)).toBeVisible();
  });
});
