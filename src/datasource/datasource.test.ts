import { waitFor } from '@testing-library/react';
import { CoreApp, dateTime, LoadingState, SupplementaryQueryType, type DataFrameJSON, type DataQueryRequest, type DataQueryResponse, type DataSourceInstanceSettings } from '@grafana/data';
import { setBackendSrv, setGrafanaLiveSrv, setTemplateSrv, type BackendSrv, type BackendSrvRequest, type GrafanaLiveSrv, type TemplateSrv } from '@grafana/runtime';
import { lastValueFrom, NEVER, of, throwError, toArray, type Observable } from 'rxjs';
import { HemostatDataSource } from './datasource';
import { fakeTemplates } from './testing/templates';
import type { HemostatDataQuery, HemostatOptions } from './types';

type Answer = (request: BackendSrvRequest) => Observable<unknown>;

const frame: DataFrameJSON = {
  schema: {
    refId: 'A',
    fields: [
      { name: 'timestamp', type: 'time' as never },
      { name: 'body', type: 'string' as never },
      { name: 'stream_id', type: 'string' as never },
    ],
  },
  data: { values: [[Date.now()], ['started'], ['0/1-0']] },
};
const results = (refId = 'A') => of({ ok: true, status: 200, data: { results: { [refId]: { status: 200, frames: [frame] } } } });

function begin(jsonData: HemostatOptions = {}, answer: Answer = () => results()) {
  const requests: BackendSrvRequest[] = [];
  setBackendSrv({
    fetch: (request: BackendSrvRequest) => {
      requests.push(request);
      return answer(request);
    },
  } as unknown as BackendSrv);
  setGrafanaLiveSrv({ getStream: () => NEVER } as unknown as GrafanaLiveSrv);
  setTemplateSrv(fakeTemplates({ many: { value: ['a', 'b'] }, none: { value: '' } }) as unknown as TemplateSrv);
  const settings = { id: 1, uid: 'uid', type: 'hemostat-events-datasource', name: 'HemoStat', url: '/api/datasources/proxy/uid/uid', jsonData, meta: { id: 'hemostat-events-datasource' } };
  const source = new HemostatDataSource(settings as unknown as DataSourceInstanceSettings<HemostatOptions>);
  return { source, requests };
}

function ask(targets: Array<Partial<HemostatDataQuery>>, more: Partial<DataQueryRequest<HemostatDataQuery>> = {}): DataQueryRequest<HemostatDataQuery> {
  const range = { from: dateTime(1000), to: dateTime(61_000), raw: { from: 'now-1m', to: 'now' } };
  return {
    requestId: 'Q1',
    interval: '1s',
    intervalMs: 1000,
    maxDataPoints: 100,
    range,
    rangeRaw: range.raw,
    scopedVars: {},
    targets: targets.map((target) => ({ refId: 'A', ...target })),
    timezone: 'utc',
    app: CoreApp.Dashboard,
    startTime: 0,
    ...more,
  };
}
const all = async (answers: Observable<DataQueryResponse>) => lastValueFrom(answers.pipe(toArray()));
const queriesOf = (request: BackendSrvRequest | undefined) => (request?.data as { queries: HemostatDataQuery[] }).queries;

describe('a new query', () => {
  it('is log lines, but counts for an alert rule', () => {
    const { source } = begin();
    expect(source.getDefaultQuery(CoreApp.Explore)).toEqual({ queryType: 'events', format: 'logs', limit: 100 });
    expect(source.getDefaultQuery(CoreApp.UnifiedAlerting)).toEqual({ queryType: 'frequency' });
    expect(source.annotations?.getDefaultQuery?.()).toEqual({ queryType: 'annotations', annotate: 'both', limit: 100 });
  });

  it('for annotations is what the form shows, also before anybody has touched it', () => {
    const { annotations } = begin().source;
    const untouched = { name: 'New annotation', enable: true, iconColor: 'red' };
    expect(annotations?.prepareQuery?.(untouched)).toEqual({ refId: 'Anno', queryType: 'annotations', annotate: 'both', limit: 100 });
    expect(annotations?.prepareQuery?.({ ...untouched, target: { refId: 'Anno', annotate: 'errors', limit: 5 } })).toEqual({ refId: 'Anno', queryType: 'annotations', annotate: 'errors', limit: 5 });
  });
});

describe('a query that is not finished', () => {
  const { source } = begin();
  it.each<[boolean, Partial<HemostatDataQuery>]>([
    [true, {}],
    [false, { hide: true }],
    [false, { queryType: 'trace' }],
    [true, { queryType: 'trace', target: 'i' }],
    [true, { queryType: 'trace', filters: { incidents: ['i'] } }],
    [false, { queryType: 'trace', filters: { containers: ['c'] } }],
    [false, { queryType: 'container_metrics' }],
    [true, { queryType: 'container_metrics', filters: { containers: ['c'] } }],
    [true, { queryType: 'dependents' }],
    [false, { queryType: 'what_if' }],
    [true, { queryType: 'what_if', policy: {} }],
  ])('is asked: %s for %j', (asked, query) => {
    expect(source.filterQuery({ refId: 'A', ...query })).toBe(asked);
  });

  it('is not asked when its variable has no value', async () => {
    const bench = begin();
    expect(await all(bench.source.query(ask([{ queryType: 'trace', target: '$none' }])))).toEqual([{ data: [] }]);
    expect(bench.requests).toEqual([]);
  });
});

describe('through the process', () => {
  it('sends variables as lists, and never asks for the channel that Grafana would follow by itself', async () => {
    const { source, requests } = begin();
    const filters = [{ key: 'type', operator: '=', value: 'command' }];
    await all(source.query(ask([{ filters: { containers: ['$many'] }, live: true }], { rangeRaw: { from: dateTime(0), to: dateTime(1) }, filters })));
    expect(requests[0]?.url).toContain('/api/ds/query');
    expect(queriesOf(requests[0])[0]).toMatchObject({ live: false, filters: { containers: ['a', 'b'] }, adhoc: filters });
  });

  it('asks for values of filters and of ad-hoc filters', async () => {
    const { source, requests } = begin({}, () => of({ data: { values: [{ text: 'web', value: 'h/web' }], more: false } }));
    expect(await source.getTagKeys()).toContainEqual({ text: 'container' });
    expect(await source.getTagValues({ key: 'container' })).toEqual([{ text: 'web', value: 'h/web' }]);
    expect(await source.getTagValues({ key: 'text' })).toEqual([]);
    expect(await source.getTagValues({ key: 'constructor' })).toEqual([]);
    expect(requests.map(({ url, params }) => [url, params])).toEqual([['/api/datasources/uid/uid/resources/variables', { kind: 'containers' }]]);
  });

  it('gives a new variable what its editor shows, since Grafana runs no empty query', () => {
    expect(begin({}, () => of({ data: {} })).source.variables?.getDefaultQuery?.()).toEqual({ kind: 'containers' });
  });
});

describe('live', () => {
  it.each([
    ['on a dashboard by the query', { live: true }, {}],
    ['in Explore by its button', {}, { liveStreaming: true }],
  ])('%s: the answer stays open', async (_, query, more) => {
    const { source } = begin();
    const shown: DataQueryResponse[] = [];
    const done = jest.fn();
    const following = source.query(ask([query], more)).subscribe({ next: (response) => shown.push(response), complete: done });
    await waitFor(() => expect(shown).toMatchObject([{ key: 'live-A', state: LoadingState.Streaming, data: [{ length: 1 }] }]));
    following.unsubscribe();
    expect(done).not.toHaveBeenCalled();
  });

  it.each<[string, Partial<HemostatDataQuery>, Partial<DataQueryRequest<HemostatDataQuery>>]>([
    ['a range that does not end now', { live: true }, { rangeRaw: { from: 'now-2h', to: 'now-1h' } }],
    ['a comparison of policies', { live: true, queryType: 'what_if', policy: {} }, {}],
    ['what HemoStat’s own agents log', { queryType: 'agent_logs' }, { liveStreaming: true }],
    ['a page further back', { live: true, cursor: 'b_1' }, {}],
  ])('is not %s', async (_, query, more) => {
    const { source } = begin();
    expect(await all(source.query(ask([query], more)))).toMatchObject([{ state: LoadingState.Done }]);
  });

  it('keeps other queries of the panel apart', async () => {
    const { source, requests } = begin({}, ({ data }) => results((data as { queries: HemostatDataQuery[] }).queries[0]?.refId));
    const shown: DataQueryResponse[] = [];
    const following = source.query(ask([{ live: true }, { refId: 'B', queryType: 'incidents' }])).subscribe((response) => shown.push(response));
    await waitFor(() => expect(shown).toHaveLength(2));
    following.unsubscribe();
    expect(Object.fromEntries(shown.map(({ key, state }) => [key, state]))).toEqual({ 'live-A': LoadingState.Streaming, once: LoadingState.Done });
    expect(requests.map((request) => queriesOf(request).map(({ refId }) => refId))).toEqual([['A'], ['B']]);
  });

  it('begins a refreshed panel with what it showed last', async () => {
    const { source } = begin();
    const shown: DataQueryResponse[] = [];
    const follow = () => source.query(ask([{ live: true }], { panelId: 7 })).subscribe((response) => shown.push(response));
    const first = follow();
    await waitFor(() => expect(shown).toHaveLength(1));
    first.unsubscribe();
    follow().unsubscribe();
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatchObject({ data: [{ length: 1 }] });
  });
});

describe('through the API', () => {
  const api: HemostatOptions = { access: 'api' };

  it('asks the proxy and turns the answer into frames, without a token', async () => {
    const { source, requests } = begin(api);
    const [response] = await all(source.query(ask([{ filters: { containers: ['$many'] } }])));
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/api/datasources/proxy/uid/uid/api/query', data: { range: { from: 1000, to: 61_000 }, maxDataPoints: 100, intervalMs: 1000 } });
    expect(queriesOf(requests[0])[0]?.filters).toEqual({ containers: ['a', 'b'] });
    expect(JSON.stringify(requests).toLowerCase()).not.toMatch(/authorization|token/);
    expect(response?.data[0]).toMatchObject({ refId: 'A', length: 1 });
  });

  it('names the query that failed', async () => {
    const { source } = begin(api, () => of({ ok: true, status: 200, data: { results: { A: { status: 404, error: 'There is no incident x.' } } } }));
    const [response] = await all(source.query(ask([{ queryType: 'trace', target: 'x' }])));
    expect(response).toMatchObject({ state: LoadingState.Error, errors: [{ refId: 'A', message: 'There is no incident x.' }] });
  });

  it('asks for values there too', async () => {
    const { source, requests } = begin(api, () => of({ data: { values: [] } }));
    await source.values('hosts', { text: 'h' });
    expect(requests[0]).toMatchObject({ url: '/api/datasources/proxy/uid/uid/api/resources/variables', params: { kind: 'hosts', text: 'h' } });
  });

  it.each([
    [400, /refuses the token/],
    [404, /no HemoStat API/],
    [502, /cannot reach/],
  ])('says what is wrong when the test is answered with %d', async (status, message) => {
    const { source } = begin(api, () => throwError(() => ({ status, data: {} })));
    await expect(source.testDatasource()).rejects.toThrow(message);
  });

  it('tells what stands behind the API from the API itself', async () => {
    const ready = { checks: [{ name: 'Redis', ok: false, message: 'Redis is away.', mend: 'Start it.' }] };
    const { source } = begin(api, ({ url }) => (url.endsWith('/ready') ? throwError(() => ({ status: 503, data: ready })) : of({ data: { values: [] } })));
    expect(await source.testDatasource()).toEqual({ status: 'error', message: 'Redis is away. Start it.' });
    const { source: well } = begin(api, ({ url }) => of({ data: url.endsWith('/ready') ? { message: 'The sources answer.', checks: [] } : { values: [] } }));
    expect(await well.testDatasource()).toEqual({ status: 'success', message: 'The sources answer.' });
  });
});

describe('for Explore', () => {
  it('has a histogram where the counts can answer it', () => {
    const { source } = begin();
    expect(source.getSupportedSupplementaryQueryTypes(ask([{}]))).toEqual([SupplementaryQueryType.LogsVolume]);
    expect(source.getSupplementaryRequest(SupplementaryQueryType.LogsVolume, ask([{}]))?.targets).toMatchObject([{ refId: 'log-volume-A', queryType: 'frequency' }]);
    expect(source.getSupplementaryRequest(SupplementaryQueryType.LogsVolume, ask([{ queryType: 'incidents' }]))).toBeUndefined();
  });
});
