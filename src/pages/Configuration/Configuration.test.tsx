import { PluginContextProvider, type PluginMeta } from '@grafana/data';
import { getDataSourceSrv, setBackendSrv, type BackendSrv } from '@grafana/runtime';
import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { of, throwError } from 'rxjs';
import { statusAnswer } from '../../components/testing/answers';
import { refusal } from '../../components/testing/fake-source';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import { layOut } from '../../datasource/testing/layout';
import Configuration from './Configuration';
import { problemsOf, zonesOf } from './Configuration.utils';
import { SettingsForm } from './SettingsForm';
import { PageFrame } from '../../components/Page/PageFrame';

const META = { enabled: true, pinned: true, jsonData: { datasourceUid: 'hemostat-events', refresh: '10s', recentMinutes: 7 }, info: { links: [], version: '1' } } as unknown as PluginMeta;
const fetched = jest.fn();

beforeEach(() => {
  layOut();
  fetched.mockReset().mockReturnValue(of({ data: {} }));
  setBackendSrv({ fetch: fetched } as unknown as BackendSrv);
});
afterEach(() => jest.restoreAllMocks());

function show(reload: () => void = () => undefined, options: RenderPageOptions = {}) {
  return renderPage(
    <PluginContextProvider meta={META}>
      <SettingsForm reload={reload} />
    </PluginContextProvider>,
    options
  );
}

test('shows what holds now, and saves what was changed for everybody', async () => {
  const reload = jest.fn();
  const { user } = show(reload);
  expect(screen.getByRole('combobox', { name: /^Refresh/ })).toHaveValue('10s');
  expect(screen.getByTestId(testIds.configuration.save)).toHaveAttribute('aria-disabled', 'true');
  const minutes = screen.getByRole('spinbutton', { name: /Recent alerts/ });
  await user.clear(minutes);
  await user.type(minutes, '15');
  await user.click(screen.getByTestId(testIds.configuration.save));
  await waitFor(() => expect(reload).toHaveBeenCalledTimes(1));
  expect(fetched).toHaveBeenCalledWith(
    expect.objectContaining({
      method: 'POST',
      url: '/api/plugins/hemostat-monitor-app/settings',
      data: { enabled: true, pinned: true, jsonData: { datasourceUid: 'hemostat-events', refresh: '10s', timeZone: '', recentMinutes: 15, maxEvents: 100 } },
    })
  );
});

test('R020: offers New York and UTC first', async () => {
  const { user } = show();
  await user.click(screen.getByRole('combobox', { name: /^Time zone/ }));
  expect(await screen.findByRole('option', { name: 'America/New_York' })).toBeInTheDocument();
  expect(zonesOf(['Europe/Berlin', 'UTC'])).toEqual(['', 'America/New_York', 'UTC', 'Europe/Berlin']);
});

test.each(['0', '1441', '2.5', '', 'x'])('R041: %j minutes cannot be saved, and it says what can', (recentMinutes) => {
  expect(problemsOf({ datasourceUid: 'x', refresh: '', timeZone: '', recentMinutes, maxEvents: '100' })).toEqual({ recentMinutes: `"${recentMinutes}" is not a whole number from 1 to 1440.` });
});

test('R062: the bounds of the events shown first', () => {
  const of = (maxEvents: string) => problemsOf({ datasourceUid: 'x', refresh: '', timeZone: '', recentMinutes: '5', maxEvents });
  expect([of('10'), of('10000')]).toEqual([{}, {}]);
  expect([Object.keys(of('9')), Object.keys(of('10001'))]).toEqual([['maxEvents'], ['maxEvents']]);
});

test('R006: the data source is tested, and the message says how to mend it', async () => {
  const { user } = show();
  Object.assign(await getDataSourceSrv().get('x'), { testDatasource: jest.fn().mockRejectedValueOnce(new Error('Redis does not answer. Start it.')).mockResolvedValueOnce({ status: 'success', message: 'Redis answers.' }) });
  await user.click(screen.getByTestId(testIds.configuration.test));
  expect(await screen.findByText('Redis does not answer. Start it.')).toBeInTheDocument();
  await user.click(screen.getByTestId(testIds.configuration.test));
  expect(await screen.findByText('Redis answers.')).toBeInTheDocument();
});

test('others than Admins read, and are told why they cannot change', () => {
  show(undefined, { role: 'Editor' });
  expect(screen.getByText('This needs the role Admin; you are Editor.')).toBeInTheDocument();
  expect(screen.getByRole('combobox', { name: /^Refresh/ })).toBeDisabled();
  expect(screen.getByTestId(testIds.configuration.save)).toHaveAttribute('aria-disabled', 'true');
});

test('a refusal of Grafana is shown, and nothing is loaded anew', async () => {
  fetched.mockReturnValue(throwError(() => refusal(403, 'You are no admin here.')));
  const reload = jest.fn();
  const { user } = show(reload);
  await user.type(screen.getByRole('spinbutton', { name: /Events shown first/ }), '0');
  await user.click(screen.getByTestId(testIds.configuration.save));
  expect(await screen.findByText(/You are no admin here/)).toBeInTheDocument();
  expect(reload).not.toHaveBeenCalled();
});

test('the page also says what is missing, and what is elsewhere', async () => {
  renderPage(
    <PageFrame>
      <Configuration />
    </PageFrame>,
    { resources: { status: statusAnswer() } }
  );
  expect(await within(await screen.findByTestId(testIds.overview.firstRun)).findByText('Everything that HemoStat needs is there')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Alert rules' })).toBeInTheDocument();
});
