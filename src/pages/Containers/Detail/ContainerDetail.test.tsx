import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { PageFrame } from '../../../components/Page/PageFrame';
import { frameFrom } from '../../../components/testing/frame';
import { refusal } from '../../../components/testing/fake-source';
import { renderPage, type RenderPageOptions } from '../../../components/testing/renderPage';
import { testIds } from '../../../components/testIds';
import type { ContainerDetailAnswer } from '../../../contract/api';
import { POLICY_DEFAULTS } from '../../../contract/policy';
import { layOut } from '../../../datasource/testing/layout';
import Containers from '../Containers';

// Grafana's panels are not there in jsdom; the browser tests look at the charts.
jest.mock('./Charts', () => ({ Charts: () => null }));
jest.setTimeout(60_000);
beforeEach(layOut);
afterEach(() => jest.restoreAllMocks());

const KEY = 'host-1/web';
const now = Date.now();
const detail: ContainerDetailAnswer = {
  key: KEY,
  container: {
    host: 'host-1', container: 'web', container_id: 'c1', image: 'shop/web:1', status: 'exited', health_status: 'unknown', exit_code: 3, oom_killed: false, restart_count: 2, finished_at: new Date(now - 200_000).toISOString(),
    restart_policy: 'always', labels: { 'hemostat.cooldown': '5x' }, project: 'shop', service: 'web', depends_on: [], network_parent: '', metrics: { cpu_percent: 12, memory_percent: 50, memory_usage: 48 * 1024 ** 2, memory_limit: 96 * 1024 ** 2 },
    ill: true, ill_since: new Date(now - 190_000).toISOString(), seen_at: new Date(now - 2000).toISOString(),
  },
  policy: { ...POLICY_DEFAULTS, mode: 'auto', cooldown_seconds: 1800, enabled: true, enabled_reason: 'The policy covers all containers.', own_containers: [], maintenance: [], origins: { mode: 'project', cooldown_seconds: 'label' }, warnings: ['The label hemostat.cooldown has the value "5x", which cannot be read; the safest meaning is taken.'] },
  incidents: [{ id: 'i1', state: 'suppressed', events: 3, fields: {} }],
  dependents: [],
  warnings: [],
};
const maintenance = [{ scope: 'project:shop', user: 'vera', reason: 'deploy', since: new Date(now).toISOString(), until: new Date(now + 1_830_000).toISOString() }, { scope: 'project:other', user: 'vera', reason: '', since: '', until: '' }];
const status = { ok: true, problems: [], mode: ['auto'], agents: [], groups: [], dead_letters: 0, paused: null, maintenance, fleet: { total: 1, running: 1, stopped: 0, ill: 0 }, redis: null };
const node = (id: string, mainstat: string, secondarystat = '') => ({ id: `host-1/${id}`, title: id, subtitle: 'shop', mainstat, secondarystat });
const frames = {
  dependents: [frameFrom([node('db', 'running', 'healthy'), node('web', 'ill'), node('side', 'running')], 'nodes'), frameFrom([{ id: 'a', source: 'host-1/db', target: KEY, mainstat: 'depends on it' }, { id: 'b', source: KEY, target: 'host-1/side', mainstat: 'shares its network' }], 'edges')],
  remediations: [frameFrom([{ id: 'r1', time: now - 60_000, action: 'restart', status: 'rejected', verdict: '', incident: 'i1', guard: 'cooldown', guard_reason: 'restarted 5 min ago' }, { id: 'r2', time: now - 900_000, action: 'restart', status: 'success', verdict: 'helped', incident: 'i0', cpu_before: 97, cpu_after: 4 }])],
  events: [frameFrom([{ id: 'e1', timestamp: now - 190_000, body: '[ALERT] [HIGH] host-1/web: exited with code 3' }])],
};
const show = (options: RenderPageOptions = {}) =>
  renderPage(
    <PageFrame>
      <Containers />
    </PageFrame>,
    { search: `?container=${encodeURIComponent(KEY)}`, resources: { status, 'containers/detail': detail }, frames, ...options }
  );

describe('the page of one container', () => {
  it('says how it is, with its incident, figures and the maintenance that covers it', async () => {
    const { source } = show();
    const page = within(await screen.findByTestId(testIds.containers.detail));
    expect(page.getByRole('heading', { name: 'web', level: 2 })).toBeVisible();
    expect(page.getByRole('link', { name: 'Incident: not acted' })).toHaveAttribute('href', expect.stringContaining('/incidents/i1'));
    expect(page.getByText('Status').parentElement).toHaveTextContent('exited, exit code 3');
    expect(page.getByText('Ill since').parentElement).toHaveTextContent('3 minutes ago');
    expect(page.getAllByText('Memory')[0]?.parentElement).toHaveTextContent('50 % (48 MiB of 96 MiB)');
    expect(within(page.getByTestId(testIds.maintenance.list)).getAllByRole('listitem')).toHaveLength(1);
    expect(source.read.find(({ path }) => path === 'containers/detail')?.params).toEqual({ key: KEY });
  });

  it('tells what was done with verdict or guard, and what was said last', async () => {
    show();
    expect(await screen.findByText('cooldown: restarted 5 min ago')).toBeVisible();
    expect(screen.getByText('CPU 97 % -> 4 %').closest('li')).toHaveTextContent('helped');
    expect(screen.getByRole('link', { name: /exited with code 3/ })).toHaveAttribute('href', expect.stringContaining('event=e1'));
  });

  it('draws what it needs and what needs it, with health in words and links', async () => {
    show();
    const graph = within(await screen.findByTestId(testIds.containers.graph));
    expect(graph.getByText(/Needs: db \(depends on it\).*Is needed by: side \(shares its network\)/)).toBeVisible();
    const box = (words: string) => graph.getByText(words, { selector: 'title' }).closest('a');
    expect(box('db: running, healthy')).toHaveAttribute('href', expect.stringContaining('container=host-1%2Fdb'));
    expect(box('web: ill')).toHaveAttribute('aria-current', 'true');
  });

  it('shows the policy in force with the origin of each value, labels, and what is unclear in them', async () => {
    const { user, search } = show();
    expect((await screen.findByRole('rowheader', { name: 'Mode' })).closest('tr')).toHaveTextContent('Autoproject');
    expect(screen.getByRole('rowheader', { name: 'Cooldown' }).closest('tr')).toHaveTextContent('30 minlabel of the container');
    expect(screen.queryByRole('rowheader', { name: 'Breaker opens at' })).toBeNull();
    await user.click(screen.getByRole('button', { name: /Show all/ }));
    expect(screen.getByRole('rowheader', { name: 'Breaker opens at' }).closest('tr')).toHaveTextContent('3built-in default');
    expect(search()).toContain('policy=all');
    expect(screen.getByText('hemostat.cooldown=5x')).toBeVisible();
    expect(screen.getByText(/which cannot be read; the safest meaning/)).toBeVisible();
  });

  it('offers maintenance to editors, and actions by hand to admins only', async () => {
    const { user, source } = show({ role: 'Editor', sends: { 'actions/maintenance': { event_id: 'e', command: 'maintenance', next: 'ok' } } });
    await user.click(await screen.findByTestId(testIds.maintenance.begin));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent[0]?.body).toEqual({ scope: `container:${KEY}`, minutes: 60 }));
    expect(screen.getByTestId(testIds.actions.remediate)).toHaveAttribute('aria-disabled', 'true');
  });

  it('says that the monitor knows no such container, and leads back', async () => {
    show({ resources: { status, 'containers/detail': refusal(404, 'The monitor knows no container host-1/web.') } });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('The monitor knows no container host-1/web');
    expect(screen.getByRole('link', { name: 'All containers' })).toHaveAttribute('href', expect.stringMatching(/containers$/));
  });

  it('says that nothing happened and that it stands alone', async () => {
    show({ frames: {} });
    expect(await screen.findByText('It stands alone')).toBeVisible();
    expect(await screen.findByText('Nothing in this time range')).toBeVisible();
  });

  it('keeps the older answer below a failed refresh', async () => {
    const { source, refresh } = show();
    await screen.findByTestId(testIds.containers.detail);
    source.answers.resources = { status, 'containers/detail': refusal(503, 'Redis cannot be reached.') };
    refresh();
    expect(await screen.findByText(/Redis cannot be reached/)).toBeVisible();
    expect(screen.getByTestId(testIds.containers.detail)).toBeVisible();
  });
});
