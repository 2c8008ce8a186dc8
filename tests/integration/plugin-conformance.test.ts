import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { buildGoHost, buildPlugin, GoHost, grafanaEnvironment, type HostContext, type HostQuery } from '../support/go-host';
import { removeFolder, temporaryFolder } from '../support/processes';

const NOW = 1_700_000_000_000;
const VIEWER: HostContext = { orgId: 1, user: { login: 'ada', role: 'Viewer' }, dataSource: { uid: 'hemostat-events', jsonData: { address: 'localhost:6379' }, secure: { password: 'hush' }, updatedMs: 1 } };

function query(refId: string, text: string): HostQuery {
  return { refId, json: { queryType: 'events', filters: { text } }, from: NOW - 3_600_000, to: NOW, maxDataPoints: 1000, intervalMs: 1000 };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Started {
  pid: number;
  network: string;
  address: string;
  protocol: number;
}

describe('the plugin’s process under the libraries of Grafana', () => {
  let folder: string;
  let launcher: string;
  let bundle: string;
  let host: GoHost;
  const hosts: GoHost[] = [];

  /** A host of its own, so that tests do not meet in one process. */
  const startHost = async (environment = grafanaEnvironment(), program = launcher, args: string[] = []): Promise<{ host: GoHost; started: Started }> => {
    const own = new GoHost();
    hosts.push(own);
    return { host: own, started: await own.check<Started>({ op: 'start', program, args, env: environment }) };
  };

  beforeAll(() => {
    buildGoHost();
    folder = temporaryFolder('plugin');
    ({ launcher, bundle } = buildPlugin(folder, 'tests/support/showcase-plugin.ts'));
  }, 600_000);
  beforeAll(async () => {
    ({ host } = await startHost());
  });
  afterAll(async () => {
    await Promise.all(hosts.map((one) => one.end()));
    removeFolder(folder);
  });

  describe('start', () => {
    it('speaks version 2 over a socket that it makes itself, and answers go-plugin’s ping', async () => {
      const { host: own, started } = await startHost();
      expect(started).toMatchObject({ protocol: 2, network: 'unix' });
      expect(existsSync(started.address)).toBe(true);
      await own.check({ op: 'ping' });
    });

    it('puts the socket where the host wishes', async () => {
      const { started } = await startHost(grafanaEnvironment({ PLUGIN_UNIX_SOCKET_DIR: folder }));
      expect(path.dirname(started.address)).toBe(folder);
    });

    it('logs in the form that Grafana parses, without secrets', async () => {
      const lines = await host.check<string[]>({ op: 'logs' });
      const ready = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line['@message'] === 'HemoStat data source ready');
      expect(ready).toMatchObject({ '@level': 'info', version: expect.any(String) });
      expect(lines.join('\n')).not.toContain('hush');
    });

    it.each(['launcher', 'bundle'])('is refused by the %s without the cookie, with a hint', async (which) => {
      const [program, args] = which === 'launcher' ? [launcher, []] : [process.execPath, [bundle]];
      const run = await host.check<{ exitCode: number; stdout: string; stderr: string }>({ op: 'bare', program, args, env: [`GF_PLUGIN_NODE_PATH=${process.execPath}`, 'grafana_plugin_type=other'] });
      expect(run).toMatchObject({ exitCode: 1, stdout: '' });
      expect(run.stderr).toContain('Grafana starts it by itself');
    });

    it('has no service that it does not offer, and says so', async () => {
      await host.check({ op: 'absent' });
    });
  });

  describe('queries', () => {
    it('bring every type, unknown values, odd numbers, units, labels and meta unchanged', async () => {
      await host.check({
        op: 'query',
        context: VIEWER,
        queries: [query('A', 'showcase')],
        expect: {
          queries: {
            A: {
              status: 200,
              frames: [
                {
                  name: 'showcase',
                  rows: 4,
                  meta: { type: 'table', typeVersion: [0, 1], preferredVisualisationType: 'table', notices: [{ severity: 'warning', text: 'One entry could not be read.' }], custom: { cursor: 'c1' } },
                  fields: [
                    { name: 'time', type: 'time', nullable: true, values: [1_700_000_000_123, null, 0, -1] },
                    { name: 'value', type: 'number', nullable: true, unit: 'percent', labels: { container: 'web', host: 'größe "1"' }, values: [0.1, null, 0, Number.MAX_SAFE_INTEGER] },
                    { name: 'value', type: 'number', nullable: false, unit: 'bytes', labels: { container: 'db' }, values: [1, 2, 'NaN', '+Inf'] },
                    { name: 'text', type: 'string', nullable: true, values: ['', null, 'ünï – 🚑', 'line\nbreak'] },
                    { name: 'truth', type: 'boolean', nullable: true, values: [true, null, false, true] },
                    { name: 'all true', type: 'boolean', nullable: false, values: [true, true, true, true] },
                    { name: 'json', type: 'json', values: [{ a: [1, null] }, 'text', null, 3] },
                  ],
                },
              ],
            },
          },
        },
      });
    });

    it('of one request fail one by one, with status and source', async () => {
      await host.check({
        op: 'query',
        context: VIEWER,
        queries: [query('good', 'showcase'), query('uneven', 'uneven'), query('broken', 'broken'), query('refused', 'refused'), query('empty', 'empty'), { ...query('raw', ''), raw: '{"queryType":' }, { ...query('type', ''), json: { queryType: 'all' } }],
        expect: {
          queries: {
            good: { status: 200 },
            uneven: { status: 500, errorSource: 'plugin', error: 'b' },
            broken: { status: 500, errorSource: 'plugin', error: 'the core broke' },
            refused: { status: 503, errorSource: 'downstream', error: 'Redis is away.' },
            empty: { status: 200, frames: [{ name: 'memory', rows: 0 }, { name: 'no fields', rows: 0, fields: [] }] },
            raw: { status: 400, errorSource: 'plugin', error: 'not JSON' },
            type: { status: 400, errorSource: 'plugin', error: 'queryType' },
          },
        },
      });
      expect((await host.check<string[]>({ op: 'logs' })).join('\n')).not.toContain('hunter2secret');
    });

    it('come frame by frame with the same values', async () => {
      await host.check({ op: 'chunked', context: VIEWER, queries: [query('A', 'showcase'), query('B', 'refused')], expect: { queries: { A: { status: 200, frames: [{ rows: 4 }] }, B: { status: 503, error: 'Redis is away.' } } } });
    });

    it('bring a hundred thousand rows', async () => {
      await host.check({ op: 'query', context: VIEWER, queries: [query('A', 'large')], expect: { queries: { A: { frames: [{ rows: 100_000 }] } } } });
    });

    it('are answered two hundred at once', async () => {
      const { failed } = await host.check<{ failed: number }>({ op: 'query', context: VIEWER, queries: [query('A', 'showcase'), query('B', '')], repeat: 200, concurrency: 200 });
      expect(failed).toBe(0);
    });

    it('are given up when the caller goes away', async () => {
      await host.check({ op: 'query', context: VIEWER, queries: [query('A', 'slow')], cancelAfterMs: 200 });
      await eventually(async () => {
        const { body } = await host.check<{ body: string }>({ op: 'resource', context: VIEWER, method: 'GET', path: 'aborted' });
        expect(JSON.parse(body)).toEqual({ aborted: 1 });
      });
    });
  });

  describe('resources', () => {
    it('know who asks, and that nobody is a machine', async () => {
      const who = async (context: HostContext, headers = {}) => JSON.parse((await host.check<{ body: string }>({ op: 'resource', context, method: 'GET', path: 'whoami', headers })).body) as unknown;
      expect(await who(VIEWER)).toEqual({ caller: { user: 'ada', role: 'Viewer', machine: false }, uid: 'hemostat-events' });
      expect(await who({ ...VIEWER, user: { login: 'grafana_scheduler', role: 'Admin' } })).toMatchObject({ caller: { machine: true } });
      const { user: _nobody, ...nobody } = VIEWER;
      expect(await who(nobody)).toMatchObject({ caller: { user: '', machine: true } });
      expect(await who(VIEWER, { FromAlert: 'true' })).toMatchObject({ caller: { machine: true } });
    });

    it('take five megabytes and refuse seventeen', async () => {
      await host.check({ op: 'resource', context: VIEWER, method: 'POST', path: 'echo', url: 'echo?a=1&a=2', bodyBytes: 5_000_000, expect: { status: 200, contains: ['5000000', 'a=1&a=2'] } });
      await host.check({ op: 'resource', context: VIEWER, method: 'POST', path: 'echo', bodyBytes: 17 * 1024 * 1024, expect: { code: 'ResourceExhausted' } });
    });

    it.each(['../../etc/passwd', 'a//b', '%2F', '', 'ünï 🚑'])('answer the path %j with one message', async (odd) => {
      await host.check({ op: 'resource', context: VIEWER, method: 'GET', path: odd, expect: { status: 404 } });
    });
  });

  describe('health, metrics and settings', () => {
    it('answers with an object of details', async () => {
      await host.check({ op: 'health', context: VIEWER, expect: { text: 'OK', contains: ['Redis answers.', 'ok  redis: answers'] } });
    });

    it('gives metrics in the form of Prometheus, with nobody’s name', async () => {
      const text = await host.check<string>({ op: 'metrics', context: VIEWER, expect: { contains: ['hemostat_plugin_calls_total{call="query",outcome="ok"}', '# TYPE hemostat_plugin_instances gauge'] } });
      expect(text).not.toMatch(/ada|hush/);
    });

    it('opens anew when the settings change, without a restart', async () => {
      const other = { ...VIEWER, dataSource: { uid: 'second', jsonData: {}, updatedMs: 1 } };
      const aborted = async (context: HostContext) => (await host.check<{ body: string }>({ op: 'resource', context, method: 'GET', path: 'aborted' })).body;
      await host.check({ op: 'query', context: other, queries: [query('A', 'slow')], cancelAfterMs: 100 });
      await eventually(async () => expect(await aborted(other)).toBe('{"aborted":1}'));
      expect(await aborted({ ...other, dataSource: { ...other.dataSource, updatedMs: 2 } })).toBe('{"aborted":0}');
    });
  });

  describe('live channels', () => {
    it('give a schema at once and rows that fit it, until nobody listens', async () => {
      const channel = { context: VIEWER, path: 'events' };
      await host.check({ op: 'subscribe', ...channel, expect: { text: 'OK' } });
      await host.check({ op: 'run', ...channel });
      await host.check({ op: 'resource', context: VIEWER, method: 'POST', path: 'push', url: 'push?rows=1' });
      const rows = await host.check<Array<{ values: Record<string, unknown> }>>({ op: 'rows', ...channel, rows: 1 });
      expect(rows.map(({ values }) => values)).toEqual([{ time: NOW, value: 0.5, text: 'row 0 ✓', truth: true }]);
      await host.check({ op: 'cancel', ...channel });
      await eventually(async () => host.check({ op: 'metrics', context: VIEWER, expect: { contains: ['hemostat_plugin_live_streams 0'] } }));
    });

    it.each([
      ['an unknown path', { context: VIEWER, path: 'nothing' }, 'NOT_FOUND'],
      ['a user without role', { context: { ...VIEWER, user: { login: 'eve', role: 'None' } }, path: 'events' }, 'PERMISSION_DENIED'],
    ])('refuse %s', async (_what, channel, text) => {
      await host.check({ op: 'subscribe', ...channel, expect: { text } });
    });

    it('take nothing from an admin either', async () => {
      await host.check({ op: 'publish', context: { ...VIEWER, user: { login: 'root', role: 'Admin' } }, path: 'events', body: '{}', expect: { text: 'PERMISSION_DENIED' } });
    });
  });

  describe('the end', () => {
    it('comes when Grafana asks: it answers and leaves with 0, taking its socket along', async () => {
      const { host: own, started } = await startHost();
      await own.check({ op: 'shutdown' });
      expect(existsSync(started.address)).toBe(false);
    });

    it('comes when Grafana asks in the middle of a query and of a live channel', async () => {
      const { host: own } = await startHost();
      await own.check({ op: 'subscribe', context: VIEWER, path: 'events' });
      await own.check({ op: 'run', context: VIEWER, path: 'events' });
      const asked = own.send({ op: 'query', context: VIEWER, queries: [query('A', 'slow')] });
      await eventually(async () => own.check({ op: 'metrics', context: VIEWER, expect: { contains: ['hemostat_plugin_live_streams 1'] } }));
      await own.check({ op: 'shutdown' });
      expect((await asked).ok).toBe(false);
    });

    it('after a kill is followed by a new start that works as before', async () => {
      const { host: own, started } = await startHost();
      await own.check({ op: 'kill' });
      expect(alive(started.pid)).toBe(false);
      const again = await own.check<Started>({ op: 'start', program: launcher, env: grafanaEnvironment() });
      expect(again.pid).not.toBe(started.pid);
      await own.check({ op: 'query', context: VIEWER, queries: [query('A', 'showcase')], expect: { queries: { A: { status: 200 } } } });
    });

    it('comes with a code and a reason in the log when something unexpected is thrown', async () => {
      const { host: own, started } = await startHost();
      await own.send({ op: 'resource', context: VIEWER, method: 'POST', path: 'crash' });
      await eventually(() => expect(alive(started.pid)).toBe(false));
      await eventually(async () => expect((await own.check<string[]>({ op: 'logs' })).join('\n')).toContain('crash on demand'));
    });

    it('comes by itself when Grafana was killed', async () => {
      const { host: own, started } = await startHost();
      own.kill();
      await eventually(() => expect(alive(started.pid)).toBe(false));
      await eventually(() => expect(existsSync(started.address)).toBe(false));
    });
  });

  describe('the launcher', () => {
    /** Grafana starts, every call fails at once, and the log says these words as an error. */
    const startsWithReason = async (environment: string[], ...words: string[]): Promise<void> => {
      const { host: own } = await startHost(environment);
      expect((await own.send({ op: 'health', context: VIEWER })).ok).toBe(false);
      await eventually(async () => {
        const lines = (await own.check<string[]>({ op: 'logs' })).map((line) => JSON.parse(line) as Record<string, string>);
        const error = lines.find((line) => line['@level'] === 'error')?.['@message'] ?? '';
        words.forEach((word) => expect(error).toContain(word));
      });
    };
    const bare = grafanaEnvironment().filter((line) => !line.startsWith('GF_PLUGIN_NODE_PATH='));

    it.each([
      ['a path that is no program', '/nowhere/node'],
      ['a program that is no Node', '/bin/true'],
    ])('lets Grafana start and says why when it is given %s', async (_what, node) => {
      await startsWithReason([...bare, `GF_PLUGIN_NODE_PATH=${node}`], 'GF_PLUGIN_NODE_PATH', node);
    });

    it('says which Node is too old', async () => {
      const old = path.join(folder, 'old-node');
      writeFileSync(old, '#!/bin/sh\necho v20.1.0\n', { mode: 0o755 });
      await startsWithReason([...bare, `GF_PLUGIN_NODE_PATH=${old}`], 'old-node (Node 20)');
    });

    it('takes the runtime beside it, with no environment at all', async () => {
      const beside = temporaryFolder('beside');
      copyFileSync(bundle, path.join(beside, 'backend.cjs'));
      copyFileSync(launcher, path.join(beside, path.basename(launcher)));
      writeFileSync(path.join(beside, 'node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
      const { host: own, started } = await startHost([], path.join(beside, path.basename(launcher)));
      await own.check({ op: 'health', context: VIEWER, expect: { text: 'OK' } });
      await own.check({ op: 'shutdown' });
      expect(alive(started.pid)).toBe(false);
      removeFolder(beside);
    });

    it('points at a backend that runs elsewhere, which outlives Grafana', async () => {
      const socket = path.join(folder, 'backend.sock');
      const { start } = await import('../support/processes');
      const service = start(process.execPath, [bundle], { env: { GF_PLUGIN_BACKEND_LISTEN: `unix:${socket}` }, whenOrphaned: 'TERM' });
      try {
        await service.waitFor(/data source ready/);
        const { host: own, started } = await startHost([...bare, `GF_PLUGIN_BACKEND_ADDR=unix:${socket}`]);
        expect(started.address).toBe(socket);
        await own.check({ op: 'query', context: VIEWER, queries: [query('A', 'showcase')], expect: { queries: { A: { status: 200 } } } });
        // The sleeping launcher has to be killed, since it cannot be asked; that is how go-plugin ends what does not end.
        await own.send({ op: 'shutdown' });
        expect(alive(started.pid)).toBe(false);
        const { host: second } = await startHost([...bare, `GF_PLUGIN_BACKEND_ADDR=unix:${socket}`]);
        await second.check({ op: 'health', context: VIEWER, expect: { text: 'OK' } });
      } finally {
        await service.end('SIGTERM');
      }
      expect(existsSync(socket)).toBe(false);
    });

    it('is gone when Grafana was killed, also when it only points elsewhere', async () => {
      const { host: own, started } = await startHost([...bare, 'GF_PLUGIN_BACKEND_ADDR=127.0.0.1:1']);
      own.kill();
      await eventually(() => expect(alive(started.pid)).toBe(false));
    });
  });
});
