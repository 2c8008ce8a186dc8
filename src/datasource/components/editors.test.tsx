import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React, { useState } from 'react';
import { CoreApp, type DataSourceSettings, type QueryEditorProps } from '@grafana/data';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import type { HemostatDataSource } from '../datasource';
import { layOut } from '../testing/layout';
import { fakeTemplates } from '../testing/templates';
import type { HemostatDataQuery, HemostatOptions, HemostatSecrets, HemostatVariableQuery } from '../types';
import { AnnotationEditor } from './AnnotationEditor';
import { choices } from './choices';
import { ConfigEditor, urlProblem } from './ConfigEditor';
import { readPolicy } from './PolicyField';
import { QueryEditor } from './QueryEditor';
import { EXAMPLES, QueryEditorHelp } from './QueryEditorHelp';
import { limitOf } from './QueryOptions';
import { testIds } from './test-ids';
import { VariableQueryEditor } from './VariableQueryEditor';

type Settings = DataSourceSettings<HemostatOptions, HemostatSecrets>;
const field = (name: string) => screen.getByTestId(testIds.configEditor.field(name));
const type = (element: HTMLElement, value: string) => fireEvent.change(element, { target: { value } });

function openSettings(change: Partial<Settings> = {}) {
  const changes: Settings[] = [];
  function Bench() {
    const [options, setOptions] = useState({ jsonData: {}, secureJsonFields: {}, url: '', ...change } as Settings);
    const props = { options, onOptionsChange: (next: Settings) => (changes.push(next), setOptions(next)) };
    return <ConfigEditor {...(props)} />;
  }
  const view = render(<Bench />);
  return { view, last: () => changes.at(-1) };
}

describe('the settings', () => {
  it('begin with one Redis, and keep its password among the secrets', () => {
    const { last } = openSettings();
    type(field('address'), 'redis:6379');
    type(field('database'), '3');
    type(field('user'), 'reader');
    type(field('password'), 'secret');
    type(field('keyPrefix'), 'other');
    type(field('partitions'), '0');
    expect(last()?.jsonData).toEqual({ address: 'redis:6379', database: 3, user: 'reader', keyPrefix: 'other', partitions: 1 });
    expect(last()?.secureJsonData).toEqual({ password: 'secret' });
    expect(JSON.stringify(last()?.jsonData)).not.toContain('secret');
  });

  it('ask for what Sentinel and Cluster need', () => {
    const { last } = openSettings();
    fireEvent.click(screen.getByLabelText('Sentinel'));
    type(field('sentinels'), 's1:26379');
    type(field('sentinelName'), 'main');
    type(field('sentinelPassword'), 'secret');
    expect(last()).toMatchObject({ jsonData: { topology: 'sentinel', sentinels: 's1:26379', sentinelName: 'main' }, secureJsonData: { sentinelPassword: 'secret' } });
    fireEvent.click(screen.getByLabelText('Cluster'));
    type(field('clusterNodes'), 'n1:6379');
    expect(screen.queryByTestId(testIds.configEditor.field('database'))).not.toBeInTheDocument();
    expect(last()?.jsonData).toMatchObject({ topology: 'cluster', clusterNodes: 'n1:6379' });
  });

  it('show certificates only with TLS, and keep them among the secrets', () => {
    const { last } = openSettings();
    expect(screen.queryByTestId(testIds.configEditor.field('tlsCaCert'))).not.toBeInTheDocument();
    fireEvent.click(field('tls'));
    ['tlsCaCert', 'tlsClientCert', 'tlsClientKey'].forEach((name) => type(field(name), `-----BEGIN ${name}-----`));
    type(field('tlsServerName'), 'redis.example');
    expect(last()?.jsonData).toEqual({ tls: true, tlsServerName: 'redis.example' });
    expect(Object.keys(last()?.secureJsonData ?? {})).toEqual(['tlsCaCert', 'tlsClientCert', 'tlsClientKey']);
  });

  it('never show a saved secret, but let it be replaced', () => {
    const { last } = openSettings({ secureJsonFields: { password: true } });
    expect(field('password')).toHaveValue('configured');
    fireEvent.click(screen.getByRole('button', { name: /reset/i }));
    expect(last()).toMatchObject({ secureJsonFields: { password: false }, secureJsonData: { password: '' } });
    type(field('password'), 'new');
    expect(last()?.secureJsonData).toEqual({ password: 'new' });
  });

  it('go through the API with a token among the secrets', () => {
    const { last } = openSettings();
    fireEvent.click(screen.getByLabelText('HemoStat API'));
    type(field('apiUrl'), 'http://hemostat:8080');
    type(field('apiToken'), 'token');
    expect(last()).toMatchObject({ url: 'http://hemostat:8080', access: 'proxy', jsonData: { access: 'api' }, secureJsonData: { apiToken: 'token' } });
    expect(screen.queryByTestId(testIds.configEditor.field('address'))).not.toBeInTheDocument();
  });

  it.each<[string, Partial<Settings>]>([
    ['one Redis', { jsonData: { address: 'redis:6379', tls: true } }],
    ['Sentinel', { jsonData: { topology: 'sentinel', sentinels: 's:1' } }],
    ['Cluster', { jsonData: { topology: 'cluster', clusterNodes: 'n:1' } }],
    ['the API', { url: 'http://api', jsonData: { access: 'api' } }],
  ])('of %s cannot be changed when they are provisioned', (_, settings) => {
    const { view, last } = openSettings({ ...settings, readOnly: true });
    const inputs = view.container.querySelectorAll('input, textarea');
    expect(inputs.length).toBeGreaterThan(2);
    inputs.forEach((input) => expect(input).toBeDisabled());
    expect(last()).toBeUndefined();
  });

  it.each([
    [undefined, undefined],
    ['redis://redis:6379/1', undefined],
    ['rediss://user@redis', undefined],
    ['http://redis', /redis:\/\//],
    ['redis://user:secret@redis', /password out/],
    ['redis://:secret@redis', /password out/],
  ])('say what is wrong with the URL %s', (url, problem) => {
    expect(urlProblem(url) ?? '').toMatch(problem ?? /^$/);
  });
});

const values = jest.fn();
const datasource = { values } as unknown as HemostatDataSource;

beforeEach(() => {
  values.mockReset().mockResolvedValue([{ text: 'web-1', value: 'h/web-1' }]);
  setTemplateSrv(fakeTemplates({ container: { value: 'x' } }) as unknown as TemplateSrv);
  layOut();
});
afterEach(() => jest.restoreAllMocks());

function openQuery(query: Partial<HemostatDataQuery> = {}, app = CoreApp.Dashboard, Editor: React.ComponentType<QueryEditorProps<HemostatDataSource, HemostatDataQuery, HemostatOptions>> = QueryEditor) {
  const changes: HemostatDataQuery[] = [];
  const onRunQuery = jest.fn();
  function Bench() {
    const [value, setValue] = useState<HemostatDataQuery>({ refId: 'A', ...query });
    return <Editor datasource={datasource} query={value} onChange={(next) => (changes.push(next), setValue(next))} onRunQuery={onRunQuery} app={app} />;
  }
  render(<Bench />);
  return { last: () => changes.at(-1), onRunQuery };
}

async function choose(element: HTMLElement, option: string | RegExp) {
  fireEvent.click(element);
  // Lists fetch what they offer: the promise must be let run.
  await act(async () => undefined);
  fireEvent.click(await screen.findByRole('option', { name: option }));
}
const editor = testIds.queryEditor;

describe('the query editor', () => {
  it('asks for the question first', async () => {
    const { last, onRunQuery } = openQuery({ target: 'x', cursor: 'y', filters: { containers: ['c'] } });
    await choose(screen.getByTestId(editor.type), /^Incidents/);
    expect(last()).toEqual({ refId: 'A', queryType: 'incidents', filters: { containers: ['c'] } });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(screen.getByTestId(editor.filter('statuses'))).toBeInTheDocument();
    expect(screen.queryByTestId(editor.text)).not.toBeInTheDocument();
  });

  it('offers variables and values that exist, and takes several', async () => {
    const { last } = openQuery();
    await choose(screen.getByTestId(editor.filter('containers')), /web-1/);
    expect(last()?.filters).toEqual({ containers: ['h/web-1'] });
    expect(values).toHaveBeenCalledWith('containers', { text: '' });
    expect((await choices(datasource, 'containers', 'CONT')).map(({ value }) => value)).toEqual(['$container', 'h/web-1']);
    values.mockRejectedValue(new Error('away'));
    expect(await choices(datasource, 'containers', '')).toHaveLength(1);
  });

  it('runs a text when it is finished, not with each letter', () => {
    const { last, onRunQuery } = openQuery({ filters: { text: 'old' } });
    const text = screen.getByTestId(editor.text);
    type(text, 'exit');
    expect(onRunQuery).not.toHaveBeenCalled();
    fireEvent.keyDown(text, { key: 'Enter' });
    fireEvent.blur(text);
    expect(last()?.filters).toEqual({ text: 'exit' });
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    type(text, '');
    fireEvent.blur(text);
    expect(last()?.filters).toEqual({});
  });

  it('has format, limit, order and live under options, which say what is set while they are closed', () => {
    const { last } = openQuery({ filters: { agents: ['monitor'] }, adhoc: [{ key: 'level', operator: '=', value: 'error' }] });
    expect(screen.getByText('Format: logs · Limit: 100 · 1 more filter · 1 from labels')).toBeVisible();
    expect(screen.queryByTestId(editor.limit)).not.toBeInTheDocument();
    fireEvent.click(screen.getByTestId(editor.options));
    type(screen.getByTestId(editor.limit), '20000');
    fireEvent.blur(screen.getByTestId(editor.limit));
    expect(last()?.limit).toBe(10_000);
    fireEvent.click(within(screen.getByTestId(editor.format)).getByLabelText('Table'));
    expect(last()?.format).toBe('table');
    fireEvent.click(screen.getByLabelText('Oldest first'));
    expect(last()?.direction).toBe('forward');
    fireEvent.click(screen.getByTestId(editor.live));
    expect(last()?.live).toBe(true);
    fireEvent.click(screen.getByText('level = error'));
    expect(last()?.adhoc).toEqual([]);
  });

  it('shows what the type needs', () => {
    openQuery({ queryType: 'trace', target: 'f00' });
    expect(screen.getByTestId(editor.target)).toHaveValue('f00');
    expect(screen.queryByTestId(editor.limit)).not.toBeInTheDocument();
  });

  it('asks for figures of agents, how they are put together, and of whom', async () => {
    values.mockResolvedValue([{ text: 'analyzer', value: 'analyzer' }]);
    const { last } = openQuery({ queryType: 'agent_series' });
    await choose(screen.getByTestId(editor.metrics), /^Error rate/);
    expect(last()?.metrics).toEqual(['error_rate']);
    await choose(screen.getByTestId(editor.aggregation), /^99th percentile/);
    expect(last()).toMatchObject({ metrics: ['error_rate'], aggregation: 'p99' });
    await choose(screen.getByTestId(editor.filter('agents')), /^analyzer/);
    expect(last()?.filters).toEqual({ agents: ['analyzer'] });
    await choose(screen.getByTestId(editor.type), /^Container metrics/);
    expect(last()?.metrics).toBeUndefined();
  });

  it.each<[string, Partial<HemostatDataQuery>, 'statuses' | 'severities', string[]]>([
    ['components', { queryType: 'components' }, 'statuses', ['$container', 'degraded', 'healthy', 'unhealthy']],
    ['breakers', { queryType: 'breakers' }, 'statuses', ['$container', 'closed', 'half_open', 'open', 'unknown']],
    ['alerts about agents', { queryType: 'agent_alerts' }, 'statuses', ['$container', 'acknowledged', 'firing', 'resolved', 'silenced']],
    ['traces of agents', { queryType: 'agent_traces' }, 'statuses', ['$container', 'error', 'ok']],
    ['logs of agents', { queryType: 'agent_logs' }, 'severities', ['$container', 'debug', 'error', 'fatal', 'info', 'trace', 'warn']],
    ['errors of agents', { queryType: 'error_groups' }, 'severities', ['$container', 'critical', 'error', 'info', 'warning']],
  ])('offers for %s the words that mean something there', async (_name, query, filter, words) => {
    openQuery(query);
    fireEvent.click(screen.getByTestId(editor.filter(filter)));
    await act(async () => undefined);
    const offered = screen.getAllByRole('option').map(({ id }) => id.replace(/^.*combobox-option-/, ''));
    expect(offered.sort()).toEqual(words);
    expect(values).not.toHaveBeenCalled();
  });

  it('takes the id of one trace of the agents', () => {
    openQuery({ queryType: 'agent_traces', target: 'f00' });
    expect(screen.getByLabelText('Trace')).toHaveValue('f00');
    expect(screen.getByTestId(editor.filter('agents'))).toBeInTheDocument();
  });

  it('takes a policy as JSON, and says what is wrong with it', () => {
    const { last, onRunQuery } = openQuery({ queryType: 'what_if' });
    const policy = screen.getByTestId(editor.policy);
    type(policy, '{"defaults":');
    fireEvent.blur(policy);
    expect(screen.getByText(/not JSON/)).toBeVisible();
    expect(onRunQuery).not.toHaveBeenCalled();
    type(policy, '{"defaults":{"mode":"auto"}}');
    fireEvent.blur(policy);
    expect(last()?.policy).toEqual({ defaults: { mode: 'auto' } });
    expect(readPolicy('[]').problem).toMatch(/JSON object/);
    expect(readPolicy(' ')).toEqual({});
  });

  it('gives a new alert rule the query that it shows, once, and other places nothing', () => {
    const rule = openQuery({ queryType: 'frequency' }, CoreApp.UnifiedAlerting);
    expect(rule.last()).toEqual({ refId: 'A', queryType: 'frequency' });
    expect(rule.onRunQuery).not.toHaveBeenCalled();
    expect(openQuery({ queryType: 'events' }).last()).toBeUndefined();
  });

  it('offers numbers only to an alert rule, without live updates', () => {
    openQuery({ queryType: 'frequency' }, CoreApp.UnifiedAlerting);
    fireEvent.click(screen.getByTestId(editor.type));
    expect(screen.getAllByRole('option').map(({ id }) => id.replace('combobox-option-', ''))).toEqual(['frequency', 'statistics', 'container_metrics', 'system_status', 'health_history', 'agent_series', 'agent_summary']);
    fireEvent.click(screen.getByTestId(editor.options));
    expect(screen.queryByTestId(editor.live)).not.toBeInTheDocument();
  });

  it.each([
    ['', 100],
    ['x', 100],
    ['0', 100],
    ['2.6', 3],
    ['99999', 10_000],
  ])('reads the limit "%s" as %d', (text, limit) => {
    expect(limitOf(text)).toBe(limit);
  });
});

describe('the annotation editor', () => {
  it('asks what is marked', () => {
    const { last } = openQuery({}, CoreApp.Dashboard, AnnotationEditor);
    fireEvent.click(screen.getByLabelText('Incidents'));
    expect(last()).toMatchObject({ queryType: 'annotations', annotate: 'incidents' });
  });
});

describe('the variable editor', () => {
  function openVariable(query: unknown) {
    const onChange = jest.fn();
    const props = { datasource, query, onChange, onRunQuery: jest.fn() };
    render(<VariableQueryEditor {...(props as unknown as QueryEditorProps<HemostatDataSource, HemostatDataQuery, HemostatOptions, HemostatVariableQuery>)} />);
    return onChange;
  }

  it('begins with containers, also for a new variable without a query', async () => {
    const onChange = openVariable('');
    expect(screen.getByTestId(testIds.variableEditor.kind)).toHaveValue('Containers');
    expect(screen.getByLabelText('Project')).toBeInTheDocument();
    await choose(screen.getByTestId(testIds.variableEditor.kind), /^Hosts/);
    expect(onChange).toHaveBeenCalledWith({ refId: 'variable', kind: 'hosts' });
  });

  it('keeps what narrows the values', async () => {
    const onChange = openVariable({ refId: 'v', kind: 'images', host: 'h' });
    expect(screen.getByLabelText('Host')).toHaveValue('h');
    await choose(screen.getByTestId(testIds.variableEditor.kind), /^Projects/);
    expect(onChange).toHaveBeenCalledWith({ refId: 'v', kind: 'projects', host: 'h' });
  });
});

describe('the cheat sheet', () => {
  it('has examples that can be run', () => {
    const onClickExample = jest.fn();
    render(<QueryEditorHelp datasource={datasource} onClickExample={onClickExample} query={{ refId: 'A' }} />);
    screen.getAllByTestId(testIds.help.example).forEach((example) => fireEvent.click(example));
    expect(onClickExample.mock.calls.map(([query]) => query as HemostatDataQuery)).toEqual(EXAMPLES.map(({ query }) => ({ refId: 'A', ...query })));
  });
});
