import type { DataFrame } from '@grafana/data';
import { act, screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../components/testing/fake-source';
import { frameFrom } from '../../components/testing/frame';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import { layOut } from '../../datasource/testing/layout';
import type { HemostatDataQuery } from '../../datasource/types';
import EventTimeline from './EventTimeline';

// A graph needs a canvas: it is looked at in the browser tests.
jest.mock('./FrequencyGraph', () => ({ FrequencyGraph: () => null }));

const NOW = Date.now();
/** Event number `n`; higher ones are newer. */
const line = (n: number, more: Record<string, unknown> = {}) => ({
  timestamp: NOW - 600_000 + n,
  stream_id: `0/${NOW - 600_000 + n}-0`,
  id: `e${n}`,
  body: `[EVENT] host-1/web: event ${n}`,
  happened: NOW - 150_000,
  incident: '',
  container_key: 'host-1/web',
  labels: { type: 'container_event', agent: 'monitor' },
  ...more,
});
const ALERT = line(3, { body: '[ALERT] [HIGH] host-1/web: CPU 97 %', incident: 'i1', labels: { type: 'health_alert', agent: 'monitor', severity: 'high' } });
const LINES = [ALERT, line(2, { incident: 'i1', container_key: '', body: '[EVENT] notifier: told Slack', labels: { type: 'notification_sent', agent: 'notifier' } }), line(1)];

const page = (lines: ReadonlyArray<Record<string, unknown>>, custom: Record<string, unknown> = {}, notices: DataFrame['meta'] = {}): DataFrame => ({ ...frameFrom(lines), meta: { custom, ...notices } });
/** Answers the newest page and, where it is asked for with a cursor, older ones. */
const log = (newest: DataFrame, older: DataFrame = page([])) => ({ events: (query: HemostatDataQuery) => [query.cursor ? older : newest] });
const FILTERS = { 'schema/filters': { types: ['health_alert', 'command'], severities: ['high'], containers: ['host-1/web'] } };
const stored = { stream_id: '0/3-0', text: 'CPU 97 %, limit 80 %', event: { id: 'e3', time: '', type: 'health_alert', agent: 'monitor', cause_id: 'e1', policy_version: '7', data: { cpu: '<b>97</b>' } } };

const show = (options: RenderPageOptions = {}) => renderPage(<EventTimeline />, { frames: log(page(LINES)), ...options, resources: { ...FILTERS, 'events/detail': stored, ...options.resources } });
const rows = async () => screen.findAllByTestId(testIds.timeline.row);

describe('the event timeline', () => {
  beforeEach(layOut);
  afterEach(() => jest.restoreAllMocks());

  it('R058, R059: shows events newest first with mark, severity, container and words', async () => {
    const { source } = show();
    expect((await rows()).map((row) => row.textContent)).toEqual([
      '2 minutes ago[ALERT][HIGH]host-1/webCPU 97 %',
      '2 minutes ago[EVENT]HemoStat (notifier)told Slack',
      '2 minutes ago[EVENT]host-1/webevent 1',
    ]);
    expect(source.queries[0]).toMatchObject({ queryType: 'events', format: 'logs', live: true, limit: 100 });
    await waitFor(() => expect(screen.getByTestId(testIds.timeline.position)).toHaveTextContent(/ to 3 of 3, at /));
  });

  it('R062: asks for as many as the setting says, and for older ones from where these end', async () => {
    const { source } = show({ settings: { maxEvents: 3 }, frames: log(page(LINES, { more: true, cursor: 'c' }), page([line(0)], {})) });
    await waitFor(async () => expect(await rows()).toHaveLength(4));
    expect(source.queries[0]?.limit).toBe(3);
    expect(source.queries.find(({ cursor }) => cursor)).toMatchObject({ limit: 500, cursor: `b_${(NOW - 600_000 + 1).toString(36)}-0_0` });
    expect(screen.getByText('The time range begins here.')).toBeVisible();
  });

  it('R060: opens an event with all that the log holds of it, and keeps that in the address', async () => {
    const { user, search, source } = show();
    const [first] = await rows();
    await user.click(first as HTMLElement);
    expect(search()).toContain('event=e3');
    const detail = await screen.findByTestId(testIds.timeline.detail);
    expect(detail).toHaveTextContent('CPU 97 %, limit 80 %');
    expect(within(detail).getByLabelText('Raw event')).toHaveTextContent('"cpu": "<b>97</b>"');
    expect(within(detail).getByRole('link', { name: 'i1' })).toHaveAttribute('href', expect.stringContaining('/incidents/i1'));
    expect(within(detail).getByRole('link', { name: 'e1' })).toHaveAttribute('href', expect.stringContaining('event=e1'));
    expect(source.read.find(({ path }) => path === 'events/detail')?.params).toEqual({ id: 'e3' });
    await user.click(within(detail).getByRole('button', { name: 'Only this incident' }));
    expect(search()).toContain('incident=i1');
    await waitFor(() => expect(source.queries.at(-1)?.filters?.incidents).toEqual(['i1']));
  });

  it('keeps what is read in its place: new events wait and are counted', async () => {
    const { user, source, refresh } = show({ search: '?live=off' });
    await rows();
    source.answers.frames = log(page([line(5), line(4), ...LINES]));
    refresh();
    await user.click(await screen.findByRole('button', { name: 'Show the newest: 2 wait' }));
    expect((await rows()).map((row) => row.textContent?.slice(-7))).toEqual(['event 5', 'event 4', 'CPU 97 %'.slice(-7), 'd Slack', 'event 1']);
    expect(screen.queryByTestId(testIds.timeline.waiting)).not.toBeInTheDocument();
  });

  it('lets new events in by itself while it is live, and not while something is open', async () => {
    const { user, source, refresh, search } = show();
    await rows();
    source.answers.frames = log(page([line(4), ...LINES]));
    refresh();
    await waitFor(async () => expect(await rows()).toHaveLength(4));
    await user.click((await rows())[1] as HTMLElement);
    source.answers.frames = log(page([line(5), line(4), ...LINES]));
    refresh();
    expect(await screen.findByRole('button', { name: 'Show the newest: 1 wait' })).toBeVisible();
    expect(screen.getByTestId(testIds.timeline.live)).toHaveTextContent('Live, held while you read');
    await user.click(screen.getByTestId(testIds.timeline.live));
    expect(search()).toContain('live=off');
    expect(screen.getByTestId(testIds.timeline.live)).toHaveTextContent('Paused');
  });

  it('begins at the event that the address names', async () => {
    const far = [line(-50, { id: 'far', body: '[EVENT] host-1/db: the one' }), line(-49)];
    const { source } = show({
      search: '?event=far',
      resources: { 'events/detail': { ...stored, stream_id: `0/${NOW - 600_050}-0` } },
      frames: { events: (query) => [query.direction === 'forward' ? page(far) : query.cursor ? page([line(-51)]) : page(LINES)] },
    });
    await waitFor(async () => expect((await rows()).map((row) => row.textContent?.slice(-7))).toEqual(['ent -49', 'the one', 'ent -51']));
    expect(source.queries.find(({ direction }) => direction === 'forward')).toBeDefined();
    expect(await screen.findByTestId(testIds.timeline.detail)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Show the newest: 3 or more wait' })).toBeVisible();
  });

  it('says when the event that the address names is gone, and shows the others', async () => {
    show({ search: '?event=gone', resources: { 'events/detail': refusal(404, 'There is no event gone.') } });
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('There is no event gone.');
    expect(await rows()).toHaveLength(3);
  });

  it('filters by the address, and offers a way out when nothing fits', async () => {
    const { source, user, search } = show({ search: '?type=command&severity=high&container=host-1/web&q=oom', frames: {} });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('fits the filters');
    expect(source.queries[0]?.filters).toMatchObject({ types: ['command'], severities: ['high'], containers: ['host-1/web'], text: 'oom' });
    await user.click(screen.getAllByRole('button', { name: 'Clear the filters' })[0] as HTMLElement);
    await waitFor(() => expect(search()).not.toMatch(/type=|q=/));
  });

  it('keeps the text that is looked for in the address', async () => {
    const { user, search, source } = show();
    await rows();
    await user.type(screen.getByRole('textbox', { name: 'Text of the event' }), 'oom');
    await waitFor(() => expect(search()).toContain('q=oom'));
    await waitFor(() => expect(source.queries.at(-1)?.filters?.text).toBe('oom'));
  });

  it('R070: counts what could not be read', async () => {
    show({ frames: log(page(LINES, { unreadable: 2 }, {})) });
    expect(await screen.findByTestId(testIds.timeline.unreadable)).toHaveTextContent('2 entries of the log could not be read');
  });

  it('goes from event to event by keys', async () => {
    const { user } = show();
    const [first, second] = await rows();
    act(() => first?.focus());
    await user.keyboard('j');
    expect(second).toHaveFocus();
    await user.keyboard('{ArrowUp}');
    expect(first).toHaveFocus();
  });

  it('says what would fill it when there is nothing', async () => {
    show({ frames: {} });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('npx hemostat agent all');
  });

  it('says that it loads, what failed, and keeps the older answer below a failed refresh', async () => {
    const { source, refresh } = show();
    expect(screen.getByTestId(testIds.state.loading)).toBeVisible();
    await rows();
    source.answers.frames = { events: new Error('Redis cannot be reached.') };
    refresh();
    expect(await screen.findByText(/Redis cannot be reached\./)).toBeVisible();
    expect(await rows()).toHaveLength(3);
  });

  it('says what failed while it read on, and tries again', async () => {
    const { source, user } = show({ frames: { events: (query: HemostatDataQuery) => { if (query.cursor) { throw new Error('too slow'); } return [page(LINES)]; } } });
    await waitFor(() => expect(screen.getByText(/too slow/)).toBeVisible());
    source.answers.frames = log(page(LINES), page([line(0)]));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(async () => expect(await rows()).toHaveLength(4));
  });

  it('says that the user may not see it', async () => {
    show({ frames: { events: Object.assign(new Error('forbidden'), { status: 403 }) } });
    expect(await screen.findByTestId(testIds.state.denied)).toBeVisible();
  });
});
