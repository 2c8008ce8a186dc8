import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { eventually } from '../../../tests/support/eventually';
import { memoryFrame } from '../../../tests/support/memory-core';
import { FakeProcess, openDoor, wireContext, type TestDoor } from '../../../tests/support/plugin-door';
import type { QueryRequest, ResourceRequest } from '../core/types';
import { serve } from './serve';
import { SERVICES } from './transport/services';
import { HEALTH, STREAM, type WireQuery, type WireQueryRequest } from './transport/wire';

const { data, resource, diagnostics, stream, controller, health } = SERVICES;

function queryOf(refId: string, json: unknown = {}): WireQuery {
  return { refId, maxDataPoints: 500, intervalMS: 1000, timeRange: { fromEpochMS: 1000, toEpochMS: 2000 }, json: Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), queryType: '' };
}

function ask(...queries: WireQuery[]): WireQueryRequest {
  return { pluginContext: wireContext(), headers: {}, queries };
}

const decoded = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;

describe('the door that Grafana calls', () => {
  let door: TestDoor;
  const doors: TestDoor[] = [];
  const open = async (...options: Parameters<typeof openDoor>) => {
    const opened = await openDoor(...options);
    doors.push(opened);
    return opened;
  };
  beforeEach(async () => {
    door = await open();
  });
  afterEach(async () => {
    await Promise.all(doors.splice(0).map((one) => one.close()));
  });

  describe('start and stop', () => {
    it('binds a socket that only we can open, then prints the handshake', () => {
      const { address } = door.serving.address;
      expect(door.process.stdout.text).toBe(`1|2|unix|${address}|grpc|\n`);
      expect(statSync(address).mode & 0o777).toBe(0o600);
    });

    it('refuses to be run by hand, with a hint', async () => {
      const process = new FakeProcess();
      await expect(serve(() => Promise.reject(new Error('never loaded')), { environment: {}, process, console } as never)).resolves.toBeUndefined();
      expect(process.exitCode).toBe(1);
      expect(process.stdout.text).toBe('');
      expect(process.stderr.text).toContain('Grafana starts it by itself');
    });

    it('answers Shutdown, then ends with 0 and takes its socket away', async () => {
      await expect(door.call(controller.shutdown, {})).resolves.toBeDefined();
      await expect(door.process.over()).resolves.toBe(0);
      expect(existsSync(door.serving.address.address)).toBe(false);
    });

    it('leaves SIGINT to Grafana, ends at SIGTERM, and fails at an unexpected error', async () => {
      door.process.emit('SIGINT');
      expect(door.process.exitCode).toBeUndefined();
      door.process.emit('SIGTERM');
      await expect(door.process.over()).resolves.toBe(0);
      const second = await open();
      second.process.emit('unhandledRejection', new Error('in the background'));
      expect(second.process.exitCode).toBeUndefined();
      second.process.emit('uncaughtException', new Error('boom'));
      expect(second.process.exitCode).toBe(1);
      expect(second.process.log().map((line) => line.error)).toContain('boom');
    });

    it('serves as a service at a fixed address, where Shutdown ends nothing', async () => {
      const service = await open({ grafana_plugin_type: '', GF_PLUGIN_BACKEND_LISTEN: '127.0.0.1:0' });
      expect(service.serving.address.network).toBe('tcp');
      expect(service.process.stdout.text).toBe('');
      await service.call(controller.shutdown, {});
      await expect(service.call(health.check, { service: 'plugin' })).resolves.toMatchObject({ status: 1 });
      expect(service.process.exitCode).toBeUndefined();
    });

    it.each(['nonsense', 'host:port', '127.0.0.1'])('names GF_PLUGIN_BACKEND_LISTEN when it cannot be used: %s', async (address) => {
      await expect(openDoor({ GF_PLUGIN_BACKEND_LISTEN: address })).rejects.toThrow('GF_PLUGIN_BACKEND_LISTEN');
    });

    it('names the folder when the socket path is too long', async () => {
      await expect(openDoor({ PLUGIN_UNIX_SOCKET_DIR: `/tmp/${'x'.repeat(100)}` })).rejects.toThrow('PLUGIN_UNIX_SOCKET_DIR');
    });
  });

  describe('queries', () => {
    it('answer every refId, with the frames of the core under the refId of the query', async () => {
      const { responses } = await door.call(data.queryData, ask(queryOf('A', { queryType: 'incidents', limit: 7 }), queryOf('B')));
      expect(Object.keys(responses).sort()).toEqual(['A', 'B']);
      expect(responses.A).toMatchObject({ status: 200, error: '' });
      expect(decoded(responses.A?.frames?.[0] ?? Buffer.alloc(0))).toMatchObject({ refId: 'A', name: 'memory' });
      const asked = door.core.asked.find(({ request }) => (request as QueryRequest).query.refId === 'A');
      expect(asked?.request).toMatchObject({ query: { queryType: 'incidents', limit: 7 }, range: { from: 1000, to: 2000 }, maxDataPoints: 500, intervalMs: 1000 });
      expect(asked?.caller).toEqual({ user: 'ada', role: 'Viewer', machine: false });
    });

    it.each([
      ['no JSON', '{', 'not JSON'],
      ['a list', '[]', 'not a JSON object'],
      ['an unknown type', { queryType: 'everything' }, 'queryType'],
      ['a limit beyond the greatest', { limit: 1e9 }, 'limit'],
    ])('with %s fail alone', async (_what, json, words) => {
      const { responses } = await door.call(data.queryData, ask(queryOf('A', json), queryOf('B')));
      expect(responses.A).toMatchObject({ status: 400, errorSource: 'plugin' });
      expect(responses.A?.error).toContain(words);
      expect(responses.B?.status).toBe(200);
    });

    it('pass on why the core could not answer', async () => {
      door.core.answer = async () => ({ ok: false, failure: { status: 503, message: 'Redis is away.', source: 'downstream' } });
      const { responses } = await door.call(data.queryData, ask(queryOf('A')));
      expect(responses.A).toMatchObject({ status: 503, error: 'Redis is away.', errorSource: 'downstream' });
    });

    it('fail alone when a frame cannot be encoded, without the secrets of the error', async () => {
      const own = await open({}, async (frame) => {
        if (frame.refId === 'A') {
          throw new Error('fields of unequal length, password=hunter2secret');
        }
        return Buffer.from(JSON.stringify(frame));
      });
      const { responses } = await own.call(data.queryData, ask(queryOf('A'), queryOf('B')));
      expect(responses.A).toMatchObject({ status: 500, errorSource: 'plugin' });
      expect(responses.A?.error).toContain('unequal length');
      expect(responses.A?.error).not.toContain('hunter2secret');
      expect(own.process.stderr.text).not.toContain('hunter2secret');
      expect(responses.B?.status).toBe(200);
    });

    it('are cancelled when the caller goes away', async () => {
      let given: AbortSignal | undefined;
      door.core.answer = (_request, signal) => {
        given = signal;
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
      };
      const method = data.queryData;
      const call = door.client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, ask(queryOf('A')), () => undefined);
      await eventually(() => expect(given).toBeDefined());
      call.cancel();
      await eventually(() => expect(given?.aborted).toBe(true));
    });

    it('come frame by frame when they are asked for so', async () => {
      door.core.answer = async ({ query }) => ({ ok: true, frames: [memoryFrame(query.refId, 1), memoryFrame(query.refId, 2)] });
      const chunks = await door.all(data.queryChunkedData, ask(queryOf('A'), queryOf('B', '{')));
      expect(chunks.map(({ refId, frameId, status: code }) => [refId, frameId, code])).toEqual([
        ['A', 'A-0', 200],
        ['A', 'A-1', 200],
        ['B', '', 400],
      ]);
    });

    it('fail all with the same words when the settings of the data source cannot be used', async () => {
      const { responses } = await door.call(data.queryData, { ...ask(queryOf('A'), queryOf('B')), pluginContext: { ...wireContext(), dataSourceInstanceSettings: null } });
      expect(responses.A?.error).toContain('data source');
      expect(responses.B).toMatchObject({ status: 400, errorSource: 'downstream' });
    });

    it('of any shape get an answer or an error, and never end the process', async () => {
      const any = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.record({ queryType: fc.string(), filters: fc.jsonValue(), limit: fc.jsonValue(), cursor: fc.jsonValue() }).map((value) => JSON.stringify(value)));
      await fc.assert(
        fc.asyncProperty(any, fc.string({ minLength: 1 }), async (json, refId) => {
          const { responses } = await door.call(data.queryData, ask(queryOf(refId, json)));
          expect([200, 400]).toContain(Object.values(responses)[0]?.status);
        }),
        { numRuns: 300 }
      );
      expect(door.process.exitCode).toBeUndefined();
    });
  });

  describe('who asks', () => {
    it.each([
      ['a viewer', { login: 'ada', role: 'Viewer' }, {}, { user: 'ada', role: 'Viewer', machine: false }],
      ['an admin', { login: 'root', role: 'Admin' }, {}, { user: 'root', role: 'Admin', machine: false }],
      ['nobody', null, {}, { user: '', role: 'Viewer', machine: true }],
      ['the scheduler of alert rules', { login: 'grafana_scheduler', role: 'Admin' }, {}, { user: 'grafana_scheduler', role: 'Admin', machine: true }],
      ['an alert rule', { login: 'ada', role: 'Admin' }, { FromAlert: 'true' }, { user: 'ada', role: 'Admin', machine: true }],
      ['an alert rule, as a forwarded header', { login: 'ada', role: 'Admin' }, { 'http_fromalert': 'true' }, { user: 'ada', role: 'Admin', machine: true }],
      ['a user without role', { login: 'eve', role: '' }, {}, { user: 'eve', role: 'None', machine: false }],
      ['an unknown role', { login: 'eve', role: 'Owner' }, {}, { user: 'eve', role: 'None', machine: false }],
      ['a visitor without login', { login: '', role: 'Editor' }, {}, { user: '', role: 'Editor', machine: true }],
    ])('is %s', async (_what, user, headers, caller) => {
      await door.call(data.queryData, { pluginContext: wireContext(user), headers: headers, queries: [queryOf('A')] });
      expect(door.core.asked[0]?.caller).toEqual(caller);
    });
  });

  describe('resources', () => {
    const request = (path: string, more: object = {}) => ({ pluginContext: wireContext(), path, method: 'GET', url: path, headers: {}, body: Buffer.alloc(0), ...more });

    it('pass method, path, query and body as they were sent, and answer with one message', async () => {
      const messages = await door.all(resource.callResource, request('a/../b//c', { method: 'post', url: 'a/../b//c?x=1&x=2&y=%2F#z', body: Buffer.from('{"a":1}'), headers: { Accept: { values: ['*/*'] } } }));
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({ code: 200, headers: { 'content-type': { values: ['application/json'] } } });
      const asked = door.core.asked[0]?.request as ResourceRequest;
      expect(asked).toMatchObject({ method: 'POST', path: 'a/../b//c' });
      expect([asked.query.getAll('x'), asked.query.get('y'), Buffer.from(asked.body).toString()]).toEqual([['1', '2'], '/', '{"a":1}']);
    });

    it('answer with an error as a message, too', async () => {
      door.core.respond = async () => {
        throw new Error('boom');
      };
      const [message] = await door.all(resource.callResource, request('incidents'));
      expect(message?.code).toBe(500);
      expect(decoded(message?.body ?? Buffer.alloc(0)).message).toContain('boom');
    });

    it('take bodies of five megabytes and refuse seventeen', async () => {
      await expect(door.all(resource.callResource, request('x', { body: Buffer.alloc(5_000_000) }))).resolves.toHaveLength(1);
      await expect(door.all(resource.callResource, request('x', { body: Buffer.alloc(17 * 1024 * 1024) }))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    });

    it('of any path and query get one message', async () => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (path, search) => {
          await expect(door.all(resource.callResource, request(path, { url: `${path}?${search}` }))).resolves.toHaveLength(1);
        }),
        { numRuns: 200 }
      );
    });
  });

  describe('health and metrics', () => {
    it('tells each check, with the words that Grafana unfolds', async () => {
      door.core.healthy = { ok: false, message: 'Redis refuses the password.', checks: [{ name: 'redis', ok: false, message: 'WRONGPASS', mend: 'Set the password.' }] };
      const answer = await door.call(diagnostics.checkHealth, { pluginContext: wireContext(), headers: {} });
      expect(answer).toMatchObject({ status: HEALTH.error, message: 'Redis refuses the password.' });
      expect(decoded(answer.jsonDetails)).toMatchObject({ verboseMessage: 'FAILED  redis: WRONGPASS Set the password.', checks: [{ name: 'redis' }] });
    });

    it('tells which setting is wrong', async () => {
      const answer = await door.call(diagnostics.checkHealth, { pluginContext: null, headers: {} });
      expect(answer.status).toBe(HEALTH.error);
      expect(answer.message).toContain('data source');
    });

    it('counts calls without naming anybody', async () => {
      await door.call(data.queryData, ask(queryOf('A')));
      const { metrics } = await door.call(diagnostics.collectMetrics, {});
      const text = Buffer.from(metrics.prometheus).toString('utf8');
      expect(text).toContain('hemostat_plugin_calls_total{call="query",outcome="ok"} 1');
      expect(text).toContain('hemostat_plugin_instances 1');
      expect(text).not.toMatch(/ada|hush|hemostat-events/);
    });
  });

  describe('live channels', () => {
    const channel = (path: string, user: Parameters<typeof wireContext>[0] = { login: 'ada', role: 'Viewer' }) => ({ pluginContext: wireContext(user), path, data: Buffer.alloc(0), headers: {} });

    it('give the schema to each subscriber, and packets of data only', async () => {
      const answer = await door.call(stream.subscribeStream, channel('events'));
      expect(answer.status).toBe(STREAM.ok);
      const { schema } = decoded(answer.data ?? Buffer.alloc(0)) as { schema: { fields: unknown[] } };
      door.core.rows.push(memoryFrame('', 0));
      door.core.rows.push(memoryFrame('', 2));
      const call = door.follow(stream.runStream, channel('events'));
      call.on('error', () => undefined);
      const [packet] = (await once(call, 'data')) as [{ data: Uint8Array }];
      const parts = decoded(packet.data) as { data: { values: unknown[][] } };
      expect(Object.keys(parts)).toEqual(['data']);
      expect(parts.data.values).toHaveLength(schema.fields.length);
      expect(parts.data.values[0]).toEqual([1_700_000_000_000, null]);
      call.cancel();
    });

    it.each([
      ['an unknown path', channel('nothing'), STREAM.notFound],
      ['a user without role', channel('events', { login: 'eve', role: 'None' }), STREAM.denied],
    ])('refuse %s', async (_what, request, code) => {
      await expect(door.call(stream.subscribeStream, request)).resolves.toMatchObject({ status: code });
    });

    it('take nothing from clients, whoever they are', async () => {
      await expect(door.call(stream.publishStream, channel('events', { login: 'root', role: 'Admin' }))).resolves.toMatchObject({ status: STREAM.denied });
    });

    it('end with an error that makes Grafana try again when the core fails', async () => {
      const call = door.follow(stream.runStream, channel('events'));
      const failed = once(call, 'error');
      door.core.rows.fail(new Error('Redis is away'));
      const [failure] = (await failed.catch((cause: unknown) => [cause])) as [{ code: number }];
      expect(failure.code).toBe(status.UNAVAILABLE);
    });

    it('let go of the core when nobody listens any more', async () => {
      const call = door.follow(stream.runStream, channel('events'));
      call.on('error', () => undefined);
      const running = async () => Buffer.from((await door.call(diagnostics.collectMetrics, {})).metrics.prometheus).toString('utf8');
      await eventually(async () => expect(await running()).toContain('hemostat_plugin_live_streams 1'));
      call.cancel();
      await eventually(async () => expect(await running()).toContain('hemostat_plugin_live_streams 0'));
    });
  });
});
