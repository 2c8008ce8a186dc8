import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { renderPage } from '../testing/renderPage';
import { refusal } from '../testing/fake-source';
import { testIds } from '../testIds';
import { MaintenanceButton } from './MaintenanceButton';
import { MaintenanceList } from './MaintenanceList';

const done = { event_id: 'e', command: 'maintenance', next: 'It is done.' };
const window = (scope: string) => ({ scope, user: 'vera', reason: 'deploy', since: new Date().toISOString(), until: new Date(Date.now() + 1_830_000).toISOString() });

describe('MaintenanceButton', () => {
  it('begins a window of the container it stands for', async () => {
    const { user, source } = renderPage(<MaintenanceButton scope="container:host-1/web" />, { role: 'Editor', sends: { 'actions/maintenance': done } });
    await user.click(screen.getByTestId(testIds.maintenance.begin));
    expect(screen.queryByLabelText(/What/)).toBeNull();
    await user.click(screen.getByText('30 min'));
    await user.type(screen.getByLabelText(/Reason/), 'deploy');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/maintenance', body: { scope: 'container:host-1/web', minutes: 30, reason: 'deploy' } }]));
  });

  it('asks for the scope where none is given, and takes no length that the server would refuse', async () => {
    const { user, source } = renderPage(<MaintenanceButton />, { sends: { 'actions/maintenance': done } });
    await user.click(screen.getByTestId(testIds.maintenance.begin));
    const [scope, minutes] = [screen.getByLabelText(/What/), screen.getByLabelText(/Minutes/)];
    await user.clear(scope);
    await user.type(scope, 'project:shop');
    await user.clear(minutes);
    await user.type(minutes, '20000');
    expect(screen.getByText('"20000" is no whole number from 1 to 10080.')).toBeVisible();
    expect(screen.getByTestId(testIds.actions.confirm)).toHaveAttribute('aria-disabled', 'true');
    await user.clear(minutes);
    await user.type(minutes, '90');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/maintenance', body: { scope: 'project:shop', minutes: 90 } }]));
  });

  it('shows why it failed and stays open', async () => {
    const { user } = renderPage(<MaintenanceButton />, { sends: { 'actions/maintenance': refusal(503, 'Redis cannot be reached.') } });
    await user.click(screen.getByTestId(testIds.maintenance.begin));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(await screen.findByText('Redis cannot be reached.')).toBeVisible();
  });

  it('is off for viewers', () => {
    renderPage(<MaintenanceButton />, { role: 'Viewer' });
    expect(screen.getByTestId(testIds.maintenance.begin)).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('MaintenanceList', () => {
  it('names what is left alone, by whom and until when, and ends it', async () => {
    const { user, source } = renderPage(<MaintenanceList windows={[window('project:shop'), window('container:host-1/web'), window('all')]} />, { role: 'Editor', sends: { 'actions/maintenance-end': done } });
    const items = within(screen.getByTestId(testIds.maintenance.list)).getAllByRole('listitem');
    expect(items.map((item) => item.querySelector('strong')?.textContent)).toEqual(['project shop', 'host-1/web', 'all containers']);
    expect(items[0]).toHaveTextContent(/ends in 30 minutes.*begun by vera.*deploy/);
    await user.click(screen.getAllByTestId(testIds.maintenance.end)[0] as HTMLElement);
    await waitFor(() => expect(source.sent).toEqual([{ path: 'actions/maintenance-end', body: { scope: 'project:shop' } }]));
  });
});
