import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { frameFrom } from '../../../components/testing/frame';
import { renderPage, type RenderPageOptions } from '../../../components/testing/renderPage';
import { testIds } from '../../../components/testIds';
import { layOut } from '../../../datasource/testing/layout';
import Containers from '../Containers';

beforeEach(layOut);
afterEach(() => jest.restoreAllMocks());

const now = Date.now();
const container = (name: string, more: Record<string, unknown> = {}) => ({
  container: `host-1/${name}`,
  name,
  host: 'host-1',
  project: 'shop',
  service: name,
  image: `shop/${name}:1`,
  status: 'running',
  health: 'healthy',
  ill: false,
  ill_since: null,
  incident: '',
  cpu: 5,
  memory: 20,
  restarts: 0,
  exit_code: 0,
  oom_killed: false,
  seen: now - 2000,
  network_rx_rate: 1500,
  network_tx_rate: null,
  ...more,
});
const FLEET = [
  container('db', { cpu: 91, project: '' }),
  container('gone', { status: 'removed' }),
  container('mail', { status: 'exited', health: 'unknown', exit_code: 3 }),
  container('web', { health: 'unhealthy', ill: true, ill_since: now - 130_000, incident: 'i-web', cpu: null }),
  container('worker', { cpu: 10 }),
];
const REMEDIATIONS = [
  { time: now - 60_000, container: 'host-1/db', action: 'restart', status: 'rejected', verdict: '', incident: 'i-2' },
  { time: now - 270_000, container: 'host-1/worker', action: 'restart', status: 'success', verdict: 'helped', incident: 'i-1' },
];
const INCIDENTS = [{ time: now - 130_000, incident: 'i-web', container: 'host-1/web', state: 'awaiting_approval' }];

const show = (options: RenderPageOptions = {}) =>
  renderPage(<Containers />, { frames: { containers: [frameFrom(FLEET)], remediations: [frameFrom(REMEDIATIONS)], incidents: [frameFrom(INCIDENTS)] }, ...options });
const rows = async () => screen.findAllByTestId(testIds.containers.row);
const names = async () => (await rows()).map((row) => within(row).getByRole('rowheader').querySelector('a')?.textContent);

describe('the list of containers', () => {
  it('R044 to R051: shows each with state in words, figures and last update, what asks for a look first', async () => {
    const { source } = show();
    expect(await names()).toEqual(['web', 'worker', 'mail', 'db']);
    expect((await rows()).map((row) => row.dataset.condition)).toEqual(['waiting', 'healed', 'stopped', 'well']);
    const [web, worker, mail, db] = await rows();
    expect(web).toHaveTextContent(/waits for youill since 2 minutes ago/);
    expect(web).toHaveTextContent('running, unhealthy');
    expect(within(web as HTMLElement).getByRole('link', { name: 'waits for you' })).toHaveAttribute('href', expect.stringContaining('/incidents/i-web'));
    expect(worker).toHaveTextContent(/restart helped.*4 minutes ago/);
    expect(mail).toHaveTextContent('exited, exit code 3');
    expect(db).toHaveTextContent(/91 %.*20 %.*1.5 kB\/s–0/);
    expect(db).not.toHaveTextContent('restart refused');
    expect(within(db as HTMLElement).getByRole('link', { name: 'db' })).toHaveAttribute('href', expect.stringMatching(/containers\?container=host-1(\/|%2F)db$/));
    expect(source.queries.find(({ queryType }) => queryType === 'containers')?.metrics).toEqual(['network_rx_rate', 'network_tx_rate']);
  });

  it('sorts by a column, largest first, unknown last, and keeps it in the address', async () => {
    const { user, search } = show();
    await rows();
    await user.click(screen.getByRole('button', { name: 'CPU' }));
    expect(await names()).toEqual(['db', 'worker', 'mail', 'web']);
    expect(search()).toContain('sort=cpu');
    expect(screen.getByRole('columnheader', { name: 'CPU' })).toHaveAttribute('aria-sort', 'descending');
    await user.click(screen.getByRole('button', { name: 'CPU' }));
    expect(await names()).toEqual(['mail', 'worker', 'db', 'web']);
    expect(search()).toContain('order=asc');
  });

  it.each([
    ['?q=WOR', ['worker']],
    ['?project=-', ['db']],
    ['?state=stopped&state=waiting', ['web', 'mail']],
    ['?removed=1&q=gone', ['gone']],
    ['?host=host-1&sort=container', ['db', 'mail', 'web', 'worker']],
  ])('filters by the address %s', async (address, wanted) => {
    show({ search: address });
    expect(await names()).toEqual(wanted);
  });

  it('keeps what is typed in the address, and offers a way out when nothing fits', async () => {
    const { user, search } = show();
    await rows();
    await user.type(screen.getByRole('textbox', { name: 'Name, image, project or host' }), 'nobody');
    await waitFor(() => expect(search()).toContain('q=nobody'));
    expect(screen.getByTestId(testIds.containers.count)).toHaveTextContent('0 of 5 containers');
    await user.click(screen.getByRole('button', { name: 'Clear the filters' }));
    expect(await names()).toHaveLength(4);
  });

  it('goes from row to row by keys', async () => {
    const { user } = show();
    const [first, second] = await rows();
    within(first as HTMLElement).getByRole('link', { name: 'web' }).focus();
    await user.keyboard('j');
    expect(within(second as HTMLElement).getByRole('link', { name: 'worker' })).toHaveFocus();
    await user.keyboard('{ArrowUp}');
    expect(within(first as HTMLElement).getByRole('link', { name: 'web' })).toHaveFocus();
  });

  it('says what would fill it when no container is known', async () => {
    show({ frames: {} });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('npx hemostat agent monitor');
  });

  it('says that it loads, what failed, and keeps the older answer below a failed refresh', async () => {
    const { source, refresh } = show();
    expect(screen.getByTestId(testIds.state.loading)).toBeVisible();
    await rows();
    source.answers.frames = { containers: new Error('Redis cannot be reached.') };
    refresh();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis cannot be reached.');
    expect(await rows()).toHaveLength(4);
  });

  it('says that the user may not see it', async () => {
    show({ frames: { containers: Object.assign(new Error('forbidden'), { status: 403 }) } });
    expect(await screen.findByTestId(testIds.state.denied)).toBeVisible();
  });
});
