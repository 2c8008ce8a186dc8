import { screen, waitFor } from '@testing-library/react';
import React from 'react';
import { renderPage, type RenderPageOptions } from '../testing/renderPage';
import { refusal } from '../testing/fake-source';
import { testIds } from '../testIds';
import { PauseButton } from './PauseButton';

const paused = { user: 'vera', reason: 'deploy', since: '2026-11-21T08:00:00Z' };
const done = (command: string) => ({ event_id: 'e', command, next: 'It is done.' });
const show = (now: typeof paused | null, options: RenderPageOptions = {}) => renderPage(<PauseButton paused={now} />, options);

describe('PauseButton', () => {
  it('pauses in two clicks, with the reason that was given', async () => {
    const { user, source, toasts } = show(null, { sends: { 'actions/pause': done('pause') } });
    await user.click(screen.getByTestId(testIds.pause.button));
    await user.type(screen.getByLabelText(/Reason/), ' deploy ');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/pause', body: { reason: 'deploy' } }]));
    await waitFor(() => expect(screen.queryByTestId(testIds.actions.confirm)).toBeNull());
    expect(toasts).toEqual(['alert-success It is done.']);
  });

  it('says who paused it, and resumes without a reason', async () => {
    const { user, source } = show(paused, { sends: { 'actions/resume': done('resume') } });
    await user.click(screen.getByRole('button', { name: 'Resume healing' }));
    expect(screen.getByText(/Paused by vera/)).toHaveTextContent('deploy');
    await user.click(screen.getByRole('button', { name: 'Resume now' }));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/resume', body: {} }]));
  });

  it('stays open and says what went wrong', async () => {
    const { user } = show(null, { sends: { 'actions/pause': refusal(503, 'Redis cannot be reached.', 'Start it.') } });
    await user.click(screen.getByTestId(testIds.pause.button));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(await screen.findByText('Redis cannot be reached.')).toBeVisible();
    expect(screen.getByText('Start it.')).toBeVisible();
  });

  it.each(['Viewer', 'Editor'] as const)('is off for the role %s, which it says', async (role) => {
    const { user, source } = show(null, { role });
    const button = screen.getByTestId(testIds.pause.button);
    expect(button).toHaveAttribute('aria-disabled', 'true');
    await user.click(button);
    await user.hover(button);
    expect(await screen.findByText(`This needs the role Admin; you are ${role}.`)).toBeInTheDocument();
    expect(source.sent).toEqual([]);
    expect(screen.queryByTestId(testIds.actions.confirm)).toBeNull();
  });
});
