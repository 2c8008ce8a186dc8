import { screen } from '@testing-library/react';
import React from 'react';
import { incidentAnswer } from '../testing/answers';
import { refusal } from '../testing/fake-source';
import { renderPage } from '../testing/renderPage';
import { testIds } from '../testIds';
import IncidentCard from './IncidentCard';
import { NextStep } from './NextStep';

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

test.each<[string, Parameters<typeof incidentAnswer>, RegExp]>([
  ['a question', ['a', 'awaiting_approval', { action: 'restart', expires_at: new Date(Date.now() + 3_600_500).toISOString() }], /^restart waits for your answer; the question ends in (1 hour|59 minutes)$/],
  ['a refusal', ['a', 'suppressed', { guard: 'blast_radius_hour', guard_reason: 'too many' }], /^refused by blast radius hour: too many$/],
  ['a no', ['a', 'suppressed', { decision: 'rejected', decided_by: 'ann' }], /^not done: ann said no$/],
  ['watching only', ['a', 'suppressed', { result: 'dry_run', action: 'restart' }], /^observed only: would have done restart$/],
  ['no help', ['a', 'failed', { action: 'restart', verdict: 'worse', verdict_reason: 'CPU rose' }], /^restart did not help: CPU rose$/],
  ['a failure that somebody knows of', ['a', 'failed', { action: 'restart', acknowledged_by: 'bob' }], /^restart failed · acknowledged by bob$/],
  ['hostile text', ['a', 'suppressed', { guard: '<b>x</b>', guard_reason: 'a/b' }], /^refused by <b>x<\/b>: a\/b$/],
])('next step: %s', (_, given, words) => {
  const { container } = renderPage(<NextStep incident={incidentAnswer(...given)} />);
  expect(container.textContent).toMatch(words);
});
