import { screen, waitFor } from '@testing-library/react';
import React from 'react';
import { refusal } from '../testing/fake-source';
import { asked, detail, frameOf, incident, waiting } from '../testing/incidents';
import { renderPage, type RenderPageOptions } from '../testing/renderPage';
import { testIds } from '../testIds';
import { CommentBox } from './CommentBox';
import { IncidentActions } from './IncidentActions';
import { incidentOfRow, type ActedIncident } from './incident';
import { vectorOf } from './RemediateModal';
import { minutesProblem } from './SilenceDialog';

const done = { event_id: 'e', command: 'x', next: 'It is done.' };
const show = (of: ActedIncident, options: RenderPageOptions = {}) => renderPage(<IncidentActions incident={of} />, options);
const names = () => screen.queryAllByRole('button').map((button) => button.textContent);

describe('what is offered', () => {
  it('fits the state: an approval comes first, marks that are set are not offered again, an ended one has none', () => {
    const until = new Date(Date.now() + 600_000).toISOString();
    const { unmount } = show(waiting());
    expect(names()).toEqual(['Approve restart …', 'Acknowledge', 'Silence …', 'Close …']);
    unmount();
    const second = show(incident({ fields: { acknowledged_by: 'vera', silenced_until: until } }));
    expect(names()).toEqual(['Remediate now …', 'End silence', 'Close …']);
    second.unmount();
    show(incident({ state: 'resolved' }));
    expect(names()).toEqual([]);
  });

  it('can be narrowed', () => {
    renderPage(<IncidentActions incident={incident()} only={['acknowledge', 'silence']} />);
    expect(names()).toEqual(['Acknowledge', 'Silence …']);
  });

  it.each([
    ['Viewer', ['decide', 'acknowledge', 'silence', 'resolve']],
    ['Editor', ['decide']],
  ] as const)('is off for the role %s with the reason', async (role, off) => {
    const { user, source } = show(waiting(), { role });
    for (const name of off) {
      const button = screen.getByTestId(testIds.actions[name]);
      expect(button).toHaveAttribute('aria-disabled', 'true');
      await user.click(button);
    }
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(source.sent).toEqual([]);
    await user.hover(screen.getByTestId(testIds.actions.decide));
    expect(await screen.findByText(`This needs the role Admin; you are ${role}.`)).toBeInTheDocument();
  });
});

describe('an approval', () => {
  const resources = () => ({ 'incidents/detail': detail(waiting(), [asked()]) });

  it('shows the exact action and is bound to its digest', async () => {
    const { user, source } = show(waiting(), { resources: resources(), sends: { 'actions/approve': done } });
    await user.click(screen.getByTestId(testIds.actions.decide));
    const plan = await screen.findByTestId(testIds.actions.plan);
    expect(plan).toHaveTextContent('host-1/web-2');
    expect(plan).toHaveTextContent('host-1/proxy');
    expect(plan).toHaveTextContent('abcdef012345');
    expect(plan).toHaveTextContent('1 allow it, 0 refuse it');
    await user.click(screen.getByRole('button', { name: 'Approve restart' }));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/approve', body: { incident: 'i1', digest: 'abcdef0123456789' } }]));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('can be rejected with a reason', async () => {
    const { user, source } = show(waiting(), { resources: resources(), sends: { 'actions/reject': done } });
    await user.click(screen.getByTestId(testIds.actions.decide));
    await screen.findByTestId(testIds.actions.plan);
    await user.type(screen.getByLabelText(/Reason/), 'not now');
    await user.click(screen.getByTestId(testIds.actions.reject));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/reject', body: { incident: 'i1', digest: 'abcdef0123456789', reason: 'not now' } }]));
  });

  it('cannot be given to another action than the one that was shown', async () => {
    const { user, source, refresh } = show(waiting(), { resources: resources() });
    await user.click(screen.getByTestId(testIds.actions.decide));
    await screen.findByTestId(testIds.actions.plan);
    source.answers = { resources: { 'incidents/detail': detail(waiting({ digest: 'other' }), [asked(), asked('other')]) } };
    refresh();
    expect(await screen.findByText(/answered or withdrawn meanwhile/)).toBeInTheDocument();
    expect(screen.getByTestId(testIds.actions.plan)).toHaveTextContent('abcdef012345');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await user.click(screen.getByTestId(testIds.actions.reject));
    expect(source.sent).toEqual([]);
  });

  it('cannot be given after it expired', async () => {
    const old = asked();
    Object.assign(old.event.data as object, { expires_at: '2020-01-01T00:00:00.000Z' });
    const { user, source } = show(waiting(), { resources: { 'incidents/detail': detail(waiting(), [old]) } });
    await user.click(screen.getByTestId(testIds.actions.decide));
    expect(await screen.findByText(/has expired/)).toBeInTheDocument();
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(source.sent).toEqual([]);
  });

  it('stays open and says why the server refuses it', async () => {
    const { user } = show(waiting(), { resources: resources(), sends: { 'actions/approve': refusal(409, 'It waits for no approval.', 'Load it again.') } });
    await user.click(screen.getByTestId(testIds.actions.decide));
    await screen.findByTestId(testIds.actions.plan);
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(await screen.findByText('It waits for no approval.')).toBeInTheDocument();
    expect(screen.getByText('Load it again.')).toBeInTheDocument();
  });
});

describe('marks', () => {
  it('acknowledge at one click', async () => {
    const { user, source, toasts } = show(incident(), { sends: { 'actions/acknowledge': done } });
    await user.click(screen.getByTestId(testIds.actions.acknowledge));
    await waitFor(() => expect(toasts).toEqual(['alert-success It is done.']));
    expect(source.sent).toEqual([{ path: 'actions/acknowledge', body: { incident: 'i1' } }]);
  });

  it('silence in two clicks for a usual length, or for any minutes from 5 to 1440 (R481)', async () => {
    const { user, source } = show(incident(), { sends: { 'actions/silence': done } });
    await user.click(screen.getByTestId(testIds.actions.silence));
    await user.click(screen.getByRole('button', { name: '4 h' }));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/silence', body: { incident: 'i1', minutes: 240 } }]));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());

    await user.click(screen.getByTestId(testIds.actions.silence));
    const minutes = screen.getByRole('spinbutton');
    await user.clear(minutes);
    await user.type(minutes, '4');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(screen.getByRole('alert')).toHaveTextContent('Silence takes 5 to 1440 whole minutes, not "4".');
    await user.type(minutes, '5');
    await user.click(screen.getByRole('button', { name: 'Silence for 45 min' }));
    await waitFor(() => expect(source.sent[1]).toEqual({ path: 'actions/silence', body: { incident: 'i1', minutes: 45 } }));
  });

  it.each([
    ['5', true],
    ['1440', true],
    ['4', false],
    ['1441', false],
    ['7.5', false],
    ['', false],
    ['x', false],
  ])('takes %s minutes: %s', (text, ok) => expect(minutesProblem(text) === undefined).toBe(ok));

  it('end a silence, and close by hand', async () => {
    const of = incident({ fields: { silenced_until: new Date(Date.now() + 600_000).toISOString() } });
    const { user, source } = show(of, { sends: { 'actions/unsilence': done, 'actions/resolve': done } });
    await user.click(screen.getByTestId(testIds.actions.unsilence));
    await user.click(screen.getByTestId(testIds.actions.resolve));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent.map(({ path }) => path)).toEqual(['actions/unsilence', 'actions/resolve']));
  });

  it('comment', async () => {
    const { user, source } = renderPage(<CommentBox incident="i1" />, { sends: { 'actions/comment': done } });
    await user.click(screen.getByTestId(testIds.actions.commentSend));
    await user.type(screen.getByTestId(testIds.actions.comment), ' looks like the deploy ');
    await user.click(screen.getByTestId(testIds.actions.commentSend));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/comment', body: { incident: 'i1', text: 'looks like the deploy' } }]));
    await waitFor(() => expect(screen.getByTestId(testIds.actions.comment)).toHaveValue(''));
  });
});

describe('remediate now', () => {
  it('orders the action that was chosen', async () => {
    const { user, source } = show(incident(), { sends: { 'actions/remediate': done } });
    await user.click(screen.getByTestId(testIds.actions.remediate));
    await user.click(screen.getByRole('radio', { name: /^stop/ }));
    await user.click(screen.getByRole('button', { name: 'Order: stop' }));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/remediate', body: { container: 'host-1/web-2', action: 'stop' } }]));
  });

  it('takes the argument vector of a command line by line, and none at all is not enough', async () => {
    const { user, source } = show(incident(), { sends: { 'actions/remediate': done } });
    await user.click(screen.getByTestId(testIds.actions.remediate));
    await user.click(screen.getByRole('radio', { name: /^run a command/ }));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(source.sent).toEqual([]);
    await user.type(screen.getByRole('textbox', { name: /Command/ }), 'nginx{enter}-s{enter}reload now');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/remediate', body: { container: 'host-1/web-2', action: 'exec', arguments: ['nginx', '-s', 'reload now'] } }]));
  });

  it('keeps spaces of arguments and drops empty lines', () => expect(vectorOf(' a b \n\n  \nc')).toEqual([' a b ', 'c']));
});

describe('a row of the query', () => {
  it('is an incident like one of the resource', () => {
    const frame = frameOf('incidents', [{ time: Date.parse('2026-11-21T10:00:00Z'), incident: 'i9', container: 'host-1/web-2', state: 'open', confidence: 0.5, guard: null }]);
    expect(incidentOfRow(frame, 0)).toEqual({
      id: 'i9',
      state: 'open',
      fields: { opened_at: '2026-11-21T10:00:00.000Z', incident: 'i9', key: 'host-1/web-2', container: 'web-2', host: 'host-1', state: 'open', confidence: '0.5' },
    });
  });
});
