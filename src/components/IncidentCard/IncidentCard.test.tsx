import { screen } from '@testing-library/react';
import React from 'react';
import { incidentAnswer } from '../testing/answers';
import { refusal } from '../testing/fake-source';
import { renderPage } from '../testing/renderPage';
import { testIds } from '../testIds';
import IncidentCard from './IncidentCard';

test('shows one incident in brief, with its story and a link', async () => {
  const incident = incidentAnswer('web-2', 'resolved', { severity: 'critical' });
  renderPage(<IncidentCard incident="web-2" />, { resources: { 'incidents/detail': { incident, headline: '', summary: 'It hung, and was restarted.', events: [], missing: 0, more: false } } });
  expect(await screen.findByTestId(testIds.incidentCard)).toHaveTextContent(/\[CRITICAL\].*web-2.*resolved.*It hung, and was restarted\./);
  expect(screen.getByRole('link', { name: 'web-2' })).toHaveAttribute('href', expect.stringContaining('/incidents/web-2'));
});

test('shows the last incident of a container, or that there was none', async () => {
  const { source, unmount } = renderPage(<IncidentCard container="h/web" />, { resources: { incidents: { incidents: [], more: false } } });
  expect(await screen.findByText('h/web has had no incident')).toBeInTheDocument();
  expect(source.read).toEqual([{ path: 'incidents', params: { all: true, container: 'h/web', limit: 1 } }]);
  unmount();
  renderPage(<IncidentCard />);
  expect(screen.getByText('No incident and no container was named')).toBeInTheDocument();
});

test('an incident that is gone is told as the server tells it', async () => {
  renderPage(<IncidentCard incident="x" />, { resources: { 'incidents/detail': refusal(404, 'There is no incident x.') } });
  expect(await screen.findByText(/There is no incident x/)).toBeInTheDocument();
});
