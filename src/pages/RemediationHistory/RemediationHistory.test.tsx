import { act, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../components/testing/fake-source';
import { frameFrom } from '../../components/testing/frame';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import { layOut } from '../../datasource/testing/layout';
import type { HemostatDataQuery } from '../../datasource/types';
import RemediationHistory from './RemediationHistory';

const NOW = Date.now();
const REASON = 'The health check of the container has failed three times in a row, and the last probe answered with the status 500 (rule unhealthy)';
const done = (n: number, more: Record<string, unknown> = {}) => ({
  id: `r${n}`,
  time: NOW - 1_000_000 + n,
  container: 'host-1/web',
  project: 'shop',
  action: 'restart',
  status: 'success',
  verdict: '',
  reason: 'Its health check fails.',
  outcome: '',
  guard: '',
  guard_reason: '',
  confidence: 0.85,
  duration: 0.4,
  authorised_by: 'rosa',
  mode: 'auto',
  incident: `i${n}`,
  ...more,
});
const ROWS = [
  done(9, { verdict: 'helped', reason: REASON, health_before: 'unhealthy', health_after: 'healthy', cpu_before: 97, cpu_after: 4, memory_before: 20, memory_after: 20 }),
  done(8, { status: 'rejected', guard: 'cooldown', guard_reason: 'The last action was 48 min ago.', authorised_by: '', confidence: null }),
];
const STATISTICS = [{ remediations: 41, success: 38, failed: 0, rejected: 3, helped: 30, success_rate: 100 }];
const frame = (rows: ReadonlyArray<Record<string, unknown>>, cursor = '') => ({ ...frameFrom(rows), meta: { custom: { cursor, more: cursor !== '' } } });

const show = (options: RenderPageOptions = {}) =>
  renderPage(<RemediationHistory />, {
    resources: { 'schema/filters': { actions: ['restart'], containers: ['host-1/web'], projects: ['shop'] } },
    ...options,
    frames: { remediations: [frame(ROWS)], statistics: [frameFrom(STATISTICS)], ...options.frames },
  });
const rows = async () => screen.findAllByTestId(testIds.history.row);
/** What each row says, without the word on the time. */
const words = async () => (await rows()).map((row) => within(row).getAllByRole('cell').slice(2).map((cell) => cell.textContent));

describe('the remediation history', () => {
  beforeEach(layOut);
  afterEach(() => jest.restoreAllMocks());

  it('R052, R053: lists every remediation with its columns, as a table', async () => {
    show();
    expect(await words()).toEqual([
      ['host-1/webshop', 'restartby rosa', 'done', expect.stringMatching(/^The health check .*…$/), '85 %', 'helpedhealth unhealthy → healthy, CPU 97 % → 4 %', 'story'],
      ['host-1/webshop', 'restart', 'refused', 'Its health check fails.cooldown: The last action was 48 min ago.', '–', '–', 'story'],
    ]);
    expect(screen.getAllByRole('columnheader').slice(1).map((one) => one.textContent)).toEqual(['Time', 'Container', 'Action', 'Status', 'Reason', 'Confidence', 'Verdict', 'Incident']);
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '3');
    expect((await rows())[0]).toHaveTextContent('16 minutes ago');
    expect(within((await rows())[0] as HTMLElement).getByRole('link', { name: 'story' })).toHaveAttribute('href', expect.stringContaining('/incidents/i9'));
    expect(await screen.findByText('41 in this time range')).toBeVisible();
    expect(screen.getByTestId(testIds.history.counts)).toHaveTextContent(/38 done3 refused30 helped.*success rate 100 %/);
  });

  it('R057: opens to the whole reason, and keeps that in the address and over a refresh', async () => {
    const { user, search, refresh, source } = show();
    await user.click(within((await rows())[0] as HTMLElement).getByRole('button', { name: 'Details of restart of host-1/web' }));
    expect(search()).toContain('open=r9');
    expect(screen.getByTestId(testIds.history.detail)).toHaveTextContent(REASON);
    expect(screen.getByTestId(testIds.history.detail)).toHaveTextContent(/Took400 ms.*CPU97 %4 %/);
    source.answers.frames = { ...source.answers.frames, remediations: [frame([done(10, { status: 'failed', outcome: 'No such container' }), ...ROWS])] };
    refresh();
    await waitFor(async () => expect(await rows()).toHaveLength(3));
    expect((await words())[0]).toEqual(expect.arrayContaining(['failed', 'Its health check fails.No such container']));
    expect(screen.getByTestId(testIds.history.detail)).toHaveTextContent(REASON);
  });

  it('R054 to R056: filters by the address; a verdict holds beside a status', async () => {
    const { source } = show({ search: '?status=success&status=failed&verdict=worse&action=restart&container=host-1/web&project=shop' });
    await rows();
    const wanted = { filters: { statuses: ['success', 'failed'], actions: ['restart'], containers: ['host-1/web'], projects: ['shop'] }, adhoc: [{ key: 'status', operator: '=|', value: 'worse', values: ['worse'] }] };
    expect(source.queries.find(({ queryType }) => queryType === 'remediations')).toMatchObject(wanted);
    expect(source.queries.find(({ queryType }) => queryType === 'statistics')).toMatchObject(wanted);
  });

  it('reads older ones page by page, each once', async () => {
    const { source } = show({ frames: { remediations: ({ cursor }: HemostatDataQuery) => [cursor ? frame([done(7), done(6)]) : frame(ROWS, 'next')] } });
    await waitFor(async () => expect(await rows()).toHaveLength(4));
    expect(source.queries.filter(({ cursor }) => cursor === 'next')).toHaveLength(1);
    expect(screen.getByText('All 4 are shown.')).toBeVisible();
  });

  it('draws of a long table only what is in sight, and lives on when more comes', async () => {
    const many = Array.from({ length: 400 }, (_, index) => done(1000 - index));
    const { source, refresh } = show({ frames: { remediations: [frame(many)] } });
    expect((await rows()).length).toBeLessThan(400);
    source.answers.frames = { ...source.answers.frames, remediations: [frame([done(2000), ...many])] };
    refresh();
    expect(await screen.findByText('All 401 are shown.')).toBeVisible();
    expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '402');
  });

  it('saves everything that fits as a file', async () => {
    const files: Blob[] = [];
    URL.createObjectURL = (file) => {
      files.push(file as Blob);
      return 'blob:x';
    };
    URL.revokeObjectURL = () => undefined;
    const clicked = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    const { user, source, toasts } = show({ search: '?status=success', frames: { remediations: ({ cursor, limit }: HemostatDataQuery) => [cursor || limit !== 1000 ? frame([done(7)]) : frame(ROWS, 'next')] } });
    await rows();
    await user.click(screen.getByTestId(testIds.history.csv));
    await waitFor(() => expect(toasts).toEqual(['alert-success 3 remediations saved']));
    expect([files.length, clicked.mock.calls.length]).toEqual([1, 1]);
    expect(source.queries.filter(({ limit }) => limit === 1000).map(({ cursor, filters }) => [cursor, filters?.statuses])).toEqual([['', ['success']], ['next', ['success']]]);
    source.answers.frames = { remediations: new Error('Redis cannot be reached.') };
    await user.click(screen.getByTestId(testIds.history.csv));
    await waitFor(() => expect(toasts[1]).toMatch(/^alert-error Redis cannot be reached/));
    expect(files).toHaveLength(1);
  });

  it('goes from row to row by keys', async () => {
    const { user } = show();
    const [first, second] = (await rows()).map((row) => within(row).getByRole('button'));
    act(() => first?.focus());
    await user.keyboard('{ArrowDown}');
    expect(second).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(screen.getByTestId(testIds.history.detail)).toHaveTextContent('cooldown: The last action was 48 min ago.');
  });

  it.each([
    ['', 'as soon as a container falls ill'],
    ['?status=failed', 'fits the filters'],
  ])('says why it is empty at %p', async (search, text) => {
    show({ search, frames: { remediations: [] } });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent(text);
  });

  it('says that it loads, what failed, and keeps the older answer below a failed refresh', async () => {
    const { source, refresh, user } = show();
    expect(screen.getByTestId(testIds.state.loading)).toBeVisible();
    await rows();
    source.answers.frames = { remediations: new Error('Redis cannot be reached.') };
    refresh();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis cannot be reached.');
    expect(await rows()).toHaveLength(2);
    source.answers.frames = { remediations: [frame(ROWS)] };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByTestId(testIds.state.failed)).not.toBeInTheDocument());
  });

  it('says that the user may not see it', async () => {
    show({ frames: { remediations: (() => refusal(403, 'forbidden')) as never } });
    expect(await screen.findByTestId(testIds.state.denied)).toBeVisible();
  });
});
