import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AGENT_NAMES } from '../../agents/cli/agents';
import { PORTS } from '../../agents/cli/ports';
import { apiSettings } from '../../agents/runtime/settings/api';
import { commonSettings } from '../../agents/runtime/settings/common';
import { analyzerSettings } from '../../agents/runtime/settings/analyzer';
import { exporterSettings } from '../../agents/runtime/settings/exporter';
import { monitorSettings } from '../../agents/runtime/settings/monitor';
import { notifierSettings } from '../../agents/runtime/settings/notifier';
import { dashboardSettings, observerSettings } from '../../agents/runtime/settings/observer';
import { responderSettings } from '../../agents/runtime/settings/responder';
import { alertSettings } from '../../agents/runtime/settings/start';
import { telemetrySettings } from '../../agents/runtime/settings/telemetry';
import { updaterSettings } from '../../agents/runtime/settings/updater';
import { settingsTable } from '../../scripts/readme/settings-table';
import { pluginEnvironment } from '../../src/backend/plugin/environment';

interface Service {
  image: string;
  user?: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string | number | null>;
  networks?: string[];
  ports?: string[];
  volumes?: string[];
  secrets?: string[];
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, unknown>;
}
interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

const root = join(__dirname, '../..');
const text = readFileSync(join(root, 'docker-compose.yaml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const known = settingsTable();
const agents = services.filter(([, service]) => service.command?.[0] === 'agent');
const read = (...parts: string[]) => readFileSync(join(root, ...parts), 'utf8');
const service = (name: string): Service => compose.services[name] ?? { image: '' };
const published = (name: string) => (service(name).ports ?? []).map((port) => /^\$\{HEMOSTAT_BIND:-127\.0\.0\.1\}:\$\{(\w+):-(\d+)\}:(\d+)$/.exec(port)?.slice(1));

describe('docker-compose.yaml', () => {
  it('is valid by the words of docker-compose itself', () => {
    // Version 1, which Debian 12 has, does not know the name of a project yet; all else is checked.
    const config = execFileSync('docker-compose', ['-f', '-', '--project-directory', root, 'config'], { input: text.replace(/^name: .*$/m, ''), encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
    expect(Object.keys((parse(config) as Compose).services)).toEqual(expect.arrayContaining(['redis', 'metrics', 'prometheus', 'grafana']));
  });

  it('sets only variables that the code reads', () => {
    const names = agents.flatMap(([, one]) => Object.keys(one.environment ?? {}));
    expect(names.length).toBeGreaterThan(100);
    const plain = (name: string) => (known.includes(`\`${name}\``) ? name : name.replace(/_FILE$/, ''));
    expect(names.filter((name) => !known.includes(`\`${plain(name)}\``))).toEqual([]);
  });

  it.each([
    ['monitor', monitorSettings],
    ['analyzer', analyzerSettings],
    ['responder', responderSettings],
    ['notifier', notifierSettings],
    ['api', { ...apiSettings, ...dashboardSettings }],
    ['metrics', exporterSettings],
    ['updater', updaterSettings],
    ['observer', observerSettings],
    ['alertmanager', alertSettings],
  ])('lets every setting of %s be set', (name, shape) => {
    const given = Object.keys(service(name).environment ?? {});
    // What the network of containers settles itself, and what reaches beyond one host.
    const settled = ['HEMOSTAT_API_PORT', 'HEMOSTAT_ENGINES', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'];
    const wanted = Object.values(shape).map((setting) => setting.name).filter((one) => !settled.includes(one));
    expect(wanted.filter((one) => !given.includes(one) && !given.includes(`${one}_FILE`))).toEqual([]);
  });

  it('gives every agent its Redis', () => {
    expect(Object.values(commonSettings).map((one) => one.name)).toEqual(expect.arrayContaining(['REDIS_HOST', 'REDIS_PASSWORD']));
    for (const [, one] of agents) {
      expect(one.environment).toMatchObject({ REDIS_HOST: 'redis', REDIS_PASSWORD_FILE: '/run/secrets/redis_password' });
      expect(one.depends_on).toMatchObject({ redis: { condition: 'service_healthy' } });
    }
  });

  it('lets every agent be told where its telemetry goes, and lets it get there (R490 to R497)', () => {
    const wanted = Object.values(telemetrySettings).map((setting) => setting.name);
    for (const [name, one] of agents) {
      const given = Object.keys(one.environment ?? {});
      expect([name, wanted.filter((variable) => !given.includes(variable) && !given.includes(`${variable}_FILE`))]).toEqual([name, []]);
      expect(one.secrets).toContain('otlp_headers');
      for (const store of ['loki', 'tempo', 'jaeger', 'otel']) {
        expect([name, store, service(store).networks?.some((network) => one.networks?.includes(network))]).toEqual([name, store, true]);
      }
    }
    expect(compose.networks.telemetry).toEqual({ internal: true });
    expect(['loki', 'tempo', 'jaeger', 'otel'].map((store) => service(store).profiles)).toEqual([['loki'], ['tempo'], ['jaeger'], ['otel']]);
    // Traces are written by OTLP and read at the port for questions (R493, R495).
    expect(service('jaeger').environment).toMatchObject({ COLLECTOR_OTLP_ENABLED: 'true' });
    expect(parse(read('monitoring/loki/loki.yaml'))).toMatchObject({ limits_config: { allow_structured_metadata: true }, server: { http_listen_port: 3100 } });
    expect(parse(read('monitoring/tempo/tempo.yaml'))).toMatchObject({ server: { http_listen_port: 3200 }, distributor: { receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } } } });
    const collector = parse(read('monitoring/otel/collector.yaml')) as { exporters: object; service: { pipelines: Record<string, { exporters: string[] }> } };
    expect(Object.keys(collector.service.pipelines).sort()).toEqual(['logs', 'metrics', 'traces']);
    expect(Object.values(collector.service.pipelines).flatMap((pipeline) => pipeline.exporters).sort()).toEqual(Object.keys(collector.exporters).sort());
  });

  it('lets the API and the data source in Grafana read the stores as well (R494 to R496)', () => {
    for (const [reader, store] of [['api', 'prometheus'], ['api', 'loki'], ['api', 'jaeger'], ['grafana', 'prometheus'], ['grafana', 'loki'], ['grafana', 'tempo'], ['observer', 'prometheus'], ['observer', 'alertmanager'], ['observer', 'grafana'], ['observer', 'loki']] as const) {
      expect([reader, store, service(reader).networks?.some((network) => service(store).networks?.includes(network))]).toEqual([reader, store, true]);
    }
    const ini = read('monitoring/grafana/grafana.ini');
    expect(ini).toContain(`[plugin.${(JSON.parse(read('src/datasource/plugin.json')) as { id: string }).id}]`);
    const handed = [...ini.matchAll(/^(\w+) = \$__env\{(\w+)\}$/gm)].map(([, key = '', variable = '']) => [key, variable]);
    const known = Object.values(pluginEnvironment).map((setting) => setting.name);
    expect(handed.length).toBe(3);
    for (const [key = '', variable = ''] of handed) {
      expect(known).toContain(`GF_PLUGIN_${key.toUpperCase()}`);
      expect(Object.keys(service('grafana').environment ?? {})).toContain(variable);
    }
    expect(service('grafana').volumes).toContain('./monitoring/grafana/grafana.ini:/etc/grafana/grafana.ini:ro');
  });

  it('asks the API for a sign of life every 30 s, three times, within 10 s (R488, R499)', () => {
    expect(service('api').healthcheck).toMatchObject({ test: ['CMD', 'node', 'healthcheck.mjs', 'http://127.0.0.1:8080/health'], interval: '30s', timeout: '10s', retries: 3 });
    expect(published('api')[0]?.slice(1)).toEqual(['8080', '8080']);
  });

  it('runs every agent once, on networks that exist', () => {
    const commands = agents.flatMap(([, one]) => one.command?.slice(1) ?? []);
    expect([...commands].sort()).toEqual([...AGENT_NAMES].sort());
    const networks = services.flatMap(([, one]) => one.networks ?? []);
    expect(networks.filter((name) => !(name in compose.networks))).toEqual([]);
  });

  it('opens the ports that the code and the README name (R176, R214, R264 to R266, R286), on this machine only', () => {
    const named = { grafana: 'GRAFANA_PORT', metrics: 'METRICS_PORT', prometheus: 'PROMETHEUS_PORT', alertmanager: 'ALERTMANAGER_PORT', api: 'HEMOSTAT_API_PORT', updater: 'HEMOSTAT_UPDATER_PORT' };
    for (const [name, variable] of Object.entries(named)) {
      expect(published(name)[0]?.slice(0, 2)).toEqual([variable, String(PORTS.find((port) => port.variable === variable)?.port)]);
    }
    expect(services.flatMap(([, one]) => one.ports ?? []).filter((port) => !port.startsWith('${HEMOSTAT_BIND:-127.0.0.1}:'))).toEqual([]);
    expect(service('redis').ports).toBeUndefined();
  });

  it('agrees with the configuration of Prometheus (R207, R215)', () => {
    const targets = [...read('monitoring/prometheus/prometheus.yml').replace(/^\s*#.*$/gm, '').matchAll(/targets: \['([\w.-]+):(\d+)'\]/g)].map(([, host, port]) => `${host}:${port}`);
    expect(targets).toEqual(['alertmanager:9093', 'metrics:9090', 'localhost:9090']);
    expect([published('alertmanager')[0]?.[2], published('metrics')[0]?.[2], published('prometheus')[0]?.[2]]).toEqual(['9093', '9090', '9090']);
    expect(service('metrics').environment).toMatchObject({ METRICS_PORT: '9090', HEMOSTAT_METRICS_HOST: '0.0.0.0' });
    for (const [one, other] of [['prometheus', 'metrics'], ['prometheus', 'alertmanager'], ['grafana', 'prometheus'], ['notifier', 'alertmanager'], ['grafana', 'redis']] as const) {
      expect(service(one).networks?.some((network) => service(other).networks?.includes(network))).toBe(true);
    }
  });

  it('gives Grafana every variable that its provisioning needs, and the app and its data source (R257, R266, R267)', () => {
    const files = ['datasources', 'dashboards', 'alerting', 'plugins'].flatMap((folder) => readdirSync(join(root, 'provisioning', folder)).filter((name) => name.endsWith('.yaml')).map((name) => read('provisioning', folder, name)));
    const wanted = new Set(files.flatMap((file) => [...file.replace(/^\s*#.*$/gm, '').matchAll(/(?<!\$)\$\{([A-Z][A-Z_]+)\}/g)].map(([, name = '']) => name)));
    const optional = ['GF_PATHS_PROVISIONING', 'HEMOSTAT_API_URL', 'GF_HEMOSTAT_API_TOKEN', 'HEMOSTAT_DATASOURCE_ACCESS', 'HEMOSTAT_REDIS_USER'];
    const environment = service('grafana').environment ?? {};
    expect([...wanted].filter((name) => !(name in environment) && !(`${name}__FILE` in environment) && !optional.includes(name))).toEqual([]);
    expect(environment).toMatchObject({
      HEMOSTAT_REDIS_ADDRESS: 'redis:6379',
      HEMOSTAT_PROMETHEUS_ADDRESS: 'prometheus:9090',
      HEMOSTAT_ALERTMANAGER_ADDRESS: 'alertmanager:9093',
      GF_SECURITY_ADMIN_USER: '${GF_SECURITY_ADMIN_USER:-admin}',
      GF_SECURITY_ADMIN_PASSWORD: '${GF_SECURITY_ADMIN_PASSWORD:-admin}',
      GF_USERS_ALLOW_SIGN_UP: 'false',
    });
    const ids = ['plugin.json', 'src/datasource/plugin.json'].map((file) => (JSON.parse(read(file)) as { id: string }).id);
    expect(environment.GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS).toBe(ids.join(','));
    expect(read('agents/Dockerfile')).toContain(`COPY --from=plugin /app/dist ${String(environment.GF_PATHS_PLUGINS)}/${ids[0] ?? ''}`);
  });

  it('starts the monitoring part without the healer (R265)', () => {
    const needed = (names: string[]): string[] => names.flatMap((name) => [name, ...needed(Object.keys(service(name).depends_on ?? {}))]);
    expect([...new Set(needed(['redis', 'metrics', 'prometheus', 'grafana']))].sort()).toEqual(['grafana', 'metrics', 'prometheus', 'redis']);
  });

  it('hardens every container', () => {
    for (const [, one] of services) {
      expect(one).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], mem_limit: expect.any(String) as string });
    }
    // Images of our own are non-root by their Dockerfile, Grafana's, Loki's, Tempo's, Jaeger's and the collector's by theirs.
    const others = ['redis', 'prometheus', 'alertmanager'].map((name) => service(name).user);
    expect(others).toEqual(['redis', '65534:65534', '65534:65534']);
    expect(read('agents/Dockerfile')).toMatch(/\nUSER node\n/);
    const running = services.filter(([, one]) => !one.profiles);
    expect(running.filter(([, one]) => !one.healthcheck).map(([name]) => name)).toEqual([]);
  });

  it('pins exact versions', () => {
    const images = services.map(([, one]) => one.image).filter((image) => !image.startsWith('hemostat'));
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+(-[a-z]+)?$/.test(image))).toEqual([]);
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    expect(read('agents/Dockerfile')).toContain(`NODE_IMAGE=node:${dependencies.node ?? ''}-`);
  });

  it('keeps secrets in files that are there or count as not set', () => {
    const used = services.flatMap(([, one]) => one.secrets ?? []);
    expect([...new Set(used)].sort()).toEqual(Object.keys(compose.secrets).sort());
    expect(Object.values(compose.secrets).filter(({ file }) => !/^\$\{\w+_FILE:-\/dev\/null\}$/.test(file))).toEqual([]);
    const inTheOpen = services.flatMap(([, one]) => Object.keys(one.environment ?? {})).filter((name) => /(PASSWORD|TOKEN|KEY|SECRET)$/.test(name));
    // The first login, which Grafana wants changed.
    expect([...new Set(inTheOpen)]).toEqual(['GF_SECURITY_ADMIN_PASSWORD']);
  });
});

/** The socket proxy puts ^ and $ around each expression by itself. */
function allows(name: string, method: string, path: string): boolean {
  const flag = `-allow${method}=`;
  return (service(name).command ?? []).filter((one) => one.startsWith(flag)).some((one) => new RegExp(`^${one.slice(flag.length)}$`).test(path));
}
const ID = 'a'.repeat(64);

describe('the way to the Docker engine', () => {
  it('is open to the monitor and the responder alone, each through its own proxy', () => {
    const reach = (network: string) => services.filter(([, one]) => one.networks?.includes(network)).map(([name]) => name);
    expect(reach('read')).toEqual(['docker-read', 'monitor']);
    expect(reach('act')).toEqual(['docker-act', 'responder']);
    expect([compose.networks.read, compose.networks.act, compose.networks.log]).toEqual([{ internal: true }, { internal: true }, { internal: true }]);
    expect(services.filter(([, one]) => one.volumes?.some((volume) => volume.includes('docker.sock'))).map(([name]) => name)).toEqual(['docker-read', 'docker-act']);
    expect(service('docker-read').command).toContain('-allowfrom=monitor');
    expect(service('docker-act').command).toContain('-allowfrom=responder');
  });

  it('lets the monitor read and nothing else', () => {
    for (const path of ['/_ping', '/version', '/v1.41/info', '/v1.41/events', '/v1.41/containers/json', `/v1.41/containers/${ID}/json`, '/v1.41/containers/shop-web-1/logs', `/v1.41/containers/${ID}/stats`, `/v1.41/containers/${ID}/top`]) {
      expect([path, allows('docker-read', 'GET', path)]).toEqual([path, true]);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      expect(allows('docker-read', method, `/v1.41/containers/${ID}/restart`)).toBe(false);
    }
    for (const path of ['/v1.41/secrets', '/v1.41/images/json', `/v1.41/containers/${ID}/archive`, `/v1.41/containers/${ID}/export`, '/v1.41/containers/../secrets/json', `/v1.41/exec/${ID}/json`]) {
      expect([path, allows('docker-read', 'GET', path)]).toEqual([path, false]);
    }
  });

  it('lets the responder restart, start and stop, and nothing else', () => {
    for (const verb of ['restart', 'start', 'stop']) {
      expect(allows('docker-act', 'POST', `/v1.41/containers/${ID}/${verb}`)).toBe(true);
    }
    for (const path of ['/v1.41/containers/create', `/v1.41/containers/${ID}/exec`, `/v1.41/containers/${ID}/kill`, `/v1.41/containers/${ID}/update`, `/v1.41/containers/x/../create`, `/v1.41/exec/${ID}/start`, '/v1.41/build', '/v1.41/containers/prune']) {
      expect([path, allows('docker-act', 'POST', path)]).toEqual([path, false]);
    }
    expect(allows('docker-act', 'DELETE', `/v1.41/containers/${ID}`)).toBe(false);
    expect(['/_ping', '/version', '/v1.41/info', '/v1.41/containers/json', `/v1.41/containers/${ID}/json`].every((path) => allows('docker-act', 'GET', path))).toBe(true);
  });
});

describe('the configuration of Alertmanager', () => {
  const script = join(root, 'monitoring/alertmanager/configure.sh');
  const check = (file: string) => execFileSync('amtool', ['check-config', file], { encoding: 'utf8' });
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hemostat-alertmanager-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  // The shell of Alertmanager's image is busybox.
  const configure = (environment: Record<string, string>) => {
    execFileSync('busybox', ['sh', script, folder], { env: { PATH: process.env.PATH, NODE_ENV: 'test', ...environment }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return readFileSync(join(folder, 'alertmanager.yml'), 'utf8');
  };

  it('is valid as it stands, and without any channel', () => {
    expect(check(join(root, 'monitoring/alertmanager/alertmanager.yml'))).toContain('SUCCESS');
    expect(parse(configure({}))).toEqual(parse(read('monitoring/alertmanager/alertmanager.yml')));
  });

  it('takes Slack, e-mail, PagerDuty, a webhook and a dead man\'s switch from the environment (R229, R271)', () => {
    const secretFile = join(folder, 'given');
    writeFileSync(secretFile, 'pager-secret\n');
    const made = configure({
      HEMOSTAT_ALERT_SLACK_URL: 'https://hooks.example/slack-secret',
      HEMOSTAT_ALERT_SLACK_CHANNEL: '#ops',
      HEMOSTAT_ALERT_EMAIL_TO: "o'neil@example.com",
      HEMOSTAT_ALERT_SMTP: 'mail.example:587',
      HEMOSTAT_ALERT_SMTP_USER: 'hemostat: "x"',
      HEMOSTAT_ALERT_SMTP_PASSWORD: 'mail-secret',
      HEMOSTAT_ALERT_PAGERDUTY_KEY_FILE: secretFile,
      HEMOSTAT_ALERT_WEBHOOK_URL: 'http://127.0.0.1:1/hook',
      HEMOSTAT_ALERT_HEARTBEAT_URL: 'http://127.0.0.1:1/alive',
    });
    expect(check(join(folder, 'alertmanager.yml'))).toContain('SUCCESS');
    const { receivers } = parse(made) as { receivers: Array<Record<string, unknown>> };
    const channels = receivers.map((one) => [one.name, Object.keys(one).filter((key) => key !== 'name')]);
    expect(channels).toEqual([
      ['quiet', []],
      ['heartbeat', ['webhook_configs']],
      ['team', ['slack_configs', 'email_configs', 'webhook_configs']],
      ['urgent', ['slack_configs', 'email_configs', 'pagerduty_configs', 'webhook_configs']],
    ]);
    expect(made).not.toMatch(/slack-secret|mail-secret|pager-secret/);
    expect(readFileSync(join(folder, 'pagerduty-key'), 'utf8')).toBe('pager-secret');
    expect(receivers[2]).toMatchObject({ email_configs: [{ to: "o'neil@example.com", auth_username: 'hemostat: "x"' }] });
  });

  it.each([
    [{ HEMOSTAT_ALERT_EMAIL_TO: 'a@example.com' }, /HEMOSTAT_ALERT_SMTP/],
    [{ HEMOSTAT_ALERT_SMTP: 'mail.example' }, /HEMOSTAT_ALERT_SMTP: "mail.example" is not host:port/],
    [{ HEMOSTAT_ALERT_SLACK_URL: 'hooks.example' }, /HEMOSTAT_ALERT_SLACK_URL is not a URL/],
    [{ HEMOSTAT_ALERT_SMTP_TLS: 'maybe' }, /neither true nor false/],
    [{ HEMOSTAT_ALERT_WEBHOOK_URL_FILE: '/nowhere/url' }, /HEMOSTAT_ALERT_WEBHOOK_URL_FILE names \/nowhere\/url/],
  ])('names what is wrong: %p', (environment, words) => {
    expect(() => configure(environment)).toThrow(words);
  });
});
