import { breakerSchema, componentSchema, type Breaker } from '../../../src/contract/observability/schemas';
import { startReceiver, type Receiver } from '../../../tests/support/fake-slack';
import { before, NOW, testState, testTrouble } from '../test-support';
import { toComponent } from './component';
import { dockerFindings, enginesOf } from './docker';
import { modelFindings } from './model';
import { judgeRedis } from './redis';
import { probeWeb, webParts, type WebPart } from './web';

const monitor = (state: Record<string, string | number | boolean>, more = {}) => testState('monitor', { state: { leading: true, connected: true, engine: 'unix:///var/run/docker.sock', ...state }, ...more });

describe('a finding as it is told (R109)', () => {
  it('has every field, one line without secrets, and null for what was not measured', () => {
    const component = toComponent({ name: 'grafana', kind: 'grafana', status: 'unhealthy', error: 'no\nway: password=hunter2secret', mend: 'x' }, NOW);
    expect(componentSchema.parse(component)).toEqual(component);
    expect(component).toMatchObject({ response_time_ms: null, last_check: before(0), has_error: true, critical: false });
    expect(component.error_message).not.toMatch(/hunter2secret|\n/);
    expect(toComponent({ name: 'redis', kind: 'redis', status: 'healthy', ms: 1.23456, critical: true }, NOW)).toMatchObject({ response_time_ms: 1.23, has_error: false, error_message: null, mend: null, critical: true });
  });
});

describe('Redis as a part', () => {
  it.each([
    [{ used_memory: '5', maxmemory: '0', maxmemory_policy: 'allkeys-lru' }, 'healthy'],
    [{ used_memory: '97', maxmemory: '100', maxmemory_policy: 'noeviction' }, 'healthy'],
    [{ used_memory: '98', maxmemory: '100', maxmemory_policy: 'noeviction' }, 'degraded'],
    [{ used_memory: '1', maxmemory: '100', maxmemory_policy: 'allkeys-lru' }, 'degraded'],
    [{}, 'healthy'],
  ])('%j is %s', (info, status) => {
    expect(judgeRedis(info).status).toBe(status);
    expect(judgeRedis(info).mend !== undefined).toBe(status !== 'healthy');
  });
});

describe('Docker engines as parts', () => {
  it('is healthy while the monitor that leads is connected, with the time that the engine took', () => {
    expect(dockerFindings([monitor({ host: 'host-1', docker_ms: 12.5 })], new Map(), NOW)).toEqual([{ name: 'docker:host-1', kind: 'docker', status: 'healthy', critical: true, ms: 12.5 }]);
  });

  it('is unhealthy when the monitor cannot reach it, under the name that it had', () => {
    const away = monitor({ leading: false, connected: false }, { troubles: [testTrouble('docker')] });
    const remembered = new Map([['unix:///var/run/docker.sock', 'host-1']]);
    expect(dockerFindings([away], remembered, NOW)).toEqual([{ name: 'docker:host-1', kind: 'docker', status: 'unhealthy', critical: true, error: 'docker is away.', mend: 'Start docker.' }]);
    expect(dockerFindings([away], new Map(), NOW)[0]?.name).toBe('docker:unix:///var/run/docker.sock');
  });

  it('is degraded when nobody looks at it', () => {
    const dead = monitor({ host: 'host-1' }, { seen_at: before(60) });
    expect(enginesOf([dead], NOW).size).toBe(0);
    expect(dockerFindings([dead], new Map([['unix:///x', 'host-1']]), NOW)).toMatchObject([{ name: 'docker:host-1', status: 'degraded', mend: 'npx hemostat agent monitor' }]);
  });

  it('has one part a host, whatever number of monitors', () => {
    const states = [monitor({ host: 'a', engine: 'tcp://a' }), monitor({ host: 'b', engine: 'tcp://b' }), monitor({ leading: false, engine: 'tcp://a' }, { instance: 'standby' })];
    expect(dockerFindings(states, enginesOf(states, NOW), NOW).map(({ name, status }) => [name, status])).toEqual([
      ['docker:a', 'healthy'],
      ['docker:b', 'healthy'],
    ]);
  });
});

describe('the model as a part', () => {
  const breaker = (state: Breaker['state'], more: Partial<Breaker> = {}): Breaker => breakerSchema.parse({ name: 'model (analyzer)', kind: 'model', state, failure_count: 0, success_rate: 1, avg_response_time: 100, total_calls: 1, free_at: null, ...more });

  it('is none where no model is set, and as bad as the worst breaker', () => {
    expect(modelFindings([], [], NOW)).toEqual([]);
    expect(modelFindings([], [breaker('closed')], NOW)).toEqual([{ name: 'model', kind: 'model', status: 'healthy', ms: 100 }]);
    expect(modelFindings([], [breaker('closed'), breaker('half_open')], NOW)).toMatchObject([{ status: 'degraded' }]);
    expect(modelFindings([testState('analyzer', { troubles: [testTrouble('model')] })], [breaker('open'), breaker('closed')], NOW)).toMatchObject([{ status: 'unhealthy', error: 'model is away.', mend: 'Start model.' }]);
  });

  it('weighs its time by the calls', () => {
    expect(modelFindings([], [breaker('closed', { avg_response_time: 100, total_calls: 3 }), breaker('closed', { avg_response_time: 500, total_calls: 1 }), breaker('closed', { avg_response_time: null })], NOW)[0]?.ms).toBe(200);
  });
});

describe('servers beside HemoStat', () => {
  const none = { prometheusUrl: '', alertmanagerUrl: '', grafanaUrl: '', grafanaUrlOfAll: '', logStoreUrl: '', traceStoreUrl: '', metricsStoreUrl: '' };

  it('are those whose address is set', () => {
    expect(webParts(none)).toEqual([]);
    const all = webParts({ prometheusUrl: 'http://p', alertmanagerUrl: 'http://a', grafanaUrl: '', grafanaUrlOfAll: 'http://g', logStoreUrl: 'http://l', traceStoreUrl: 'http://jaeger:16686', metricsStoreUrl: 'http://m' });
    expect(all.map(({ name, path, variable }) => `${name} ${path} ${variable}`)).toEqual([
      'prometheus /-/ready HEMOSTAT_PROMETHEUS_URL',
      'alertmanager /-/ready HEMOSTAT_ALERTMANAGER_URL',
      'grafana /api/health GRAFANA_URL',
      'log store /ready LOG_STORE_URL',
      'trace store / TRACE_STORE_URL',
      'metrics store /-/ready METRICS_STORE_URL',
    ]);
    expect(webParts({ ...none, traceStoreUrl: 'http://tempo:3200' })).toMatchObject([{ title: 'Tempo', path: '/ready' }]);
    expect(webParts({ ...none, prometheusUrl: 'http://p', metricsStoreUrl: 'http://p' })).toHaveLength(1);
  });

  describe('asked (a server of the test stands for them)', () => {
    let server: Receiver;
    const part = (more: Partial<WebPart> = {}): WebPart => ({ name: 'prometheus', kind: 'prometheus', title: 'Prometheus', url: server.url, path: '/-/ready', variable: 'HEMOSTAT_PROMETHEUS_URL', ...more });
    const probe = (more?: Partial<WebPart>, timeoutMs = 5000) => probeWeb(part(more), timeoutMs, new AbortController().signal);
    beforeEach(async () => {
      server = await startReceiver();
    });
    afterEach(() => server.stop());

    it('answers in a measured time', async () => {
      expect(await probe()).toEqual({ name: 'prometheus', kind: 'prometheus', status: 'healthy', ms: expect.any(Number) as number });
      expect(server.requests.map(({ path }) => path)).toEqual(['/-/ready']);
    });

    it('is ill when it is not ready, silent or not there, and no login stands in the words', async () => {
      server.misdeeds.push({ status: 503 }, { hang: true });
      const withLogin = server.url.replace('//', '//ada:s3cret-word@');
      expect(await probe()).toMatchObject({ status: 'unhealthy', error: `Prometheus at ${server.url} answers 503.` });
      expect(await probe({ url: withLogin }, 60)).toMatchObject({ status: 'unhealthy', error: `Prometheus at ${server.url} does not answer within 0.06 s.` });
      await server.stop();
      expect(await probe({ url: withLogin })).toMatchObject({ status: 'unhealthy', error: expect.stringContaining(`Prometheus at ${server.url} cannot be reached: `) as string, mend: expect.stringContaining('HEMOSTAT_PROMETHEUS_URL') as string });
      server = await startReceiver();
    });

    it('is well behind a sign-in, and is shown the login of its address', async () => {
      server.misdeeds.push({ status: 401 });
      expect(await probe({ url: server.url.replace('//', '//ada:word@') })).toMatchObject({ status: 'healthy' });
      expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:word').toString('base64')}`);
    });
  });
});
