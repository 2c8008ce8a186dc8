import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HemostatError } from '../runtime/errors';
import type { Logger } from '../runtime/logger';
import { engineAddress } from './address';
import { connectDocker, type DockerSettings, type Engine, type EngineEvent } from './engine';
import { negotiate } from './transport';

const logger = { warn: () => undefined } as unknown as Logger;
const SETTINGS: DockerSettings = { dockerHost: '', dockerTlsVerify: false, dockerCertPath: '', dockerTimeoutMs: 2000 };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const json = (status: number, value: unknown): Answer => (_request, response) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
const silence: Answer = () => undefined;

describe('an engine behind a socket', () => {
  let folder: string;
  let server: Server;
  let engine: Engine;
  let asked: string[];
  let answers: Record<string, Answer>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hemostat-engine-'));
    asked = [];
    answers = { '/version': json(200, { ApiVersion: '1.41', MinAPIVersion: '1.12' }) };
    server = createServer((request, response) => {
      asked.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
      const path = (request.url ?? '').split('?')[0]?.replace(/^\/v1\.41/, '') ?? '';
      (answers[path] ?? json(404, { message: 'No such container: x' }))(request, response);
    });
    const socket = join(folder, 'd.sock');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    engine = connectDocker({ ...SETTINGS, dockerHost: `unix://${socket}` }, logger);
  });

  afterEach(() => {
    engine.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('agrees on a version once', async () => {
    answers['/_ping'] = (_request, response) => void response.end('OK');
    await Promise.all([engine.ping(), engine.ping()]);
    expect(asked.sort()).toEqual(['GET /v1.41/_ping', 'GET /v1.41/_ping', 'GET /version']);
  });

  it.each([
    [404, 'docker_not_found', false],
    [409, 'docker_conflict', true],
    [403, 'docker_error', false],
    [500, 'docker_error', true],
  ])('names an answer %i as %s', async (status, code, retryable) => {
    answers['/containers/x/json'] = json(status, { message: 'the engine says why' });
    await expect(engine.inspect('x')).rejects.toMatchObject({ code, retryable, statusCode: status });
    await expect(engine.inspect('x')).rejects.toHaveProperty('mend', expect.stringMatching(/\w/));
  });

  it('gives up a call that gets no answer', async () => {
    answers['/containers/x/json'] = silence;
    await expect(engine.inspect('x', { timeoutMs: 30 })).rejects.toMatchObject({ code: 'docker_timeout', retryable: true });
  });

  it('gives up a call whose answer never ends', async () => {
    answers['/containers/x/json'] = (_request, response) => void response.write('{');
    await expect(engine.inspect('x', { timeoutMs: 30 })).rejects.toMatchObject({ code: 'docker_timeout' });
  });

  it('gives up a call that is not wanted any more', async () => {
    answers['/containers/x/json'] = silence;
    const unwanted = new AbortController();
    const call = engine.inspect('x', { signal: unwanted.signal });
    unwanted.abort();
    await expect(call).rejects.toMatchObject({ code: 'docker_aborted' });
  });

  it.each([['not json'], ['[]'], ['{"Id":5}']])('names an answer that cannot be read: %s', async (text) => {
    answers['/containers/x/json'] = (_request, response) => void response.end(text);
    await expect(engine.inspect('x')).rejects.toMatchObject({ code: 'docker_error' });
  });

  it('takes "it is so already" for well', async () => {
    answers['/containers/x/start'] = (_request, response) => void response.writeHead(304).end();
    await expect(engine.start('x')).resolves.toBeUndefined();
  });

  it('cannot be led astray by a name', async () => {
    await expect(engine.inspect('../../info?x=')).rejects.toMatchObject({ code: 'docker_not_found' });
    expect(asked).toContain('GET /v1.41/containers/../../info?x=/json');
    expect(asked).not.toContain('GET /v1.41/info');
  });

  it('does without what a proxy forbids', async () => {
    answers['/info'] = json(403, { message: 'forbidden' });
    await expect(engine.info()).resolves.toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/), name: '', apiVersion: '1.41', swarmManager: false });
  });

  it('tells events, skips what it cannot read, and says when the engine goes away', async () => {
    answers['/events'] = (_request, response) => {
      response.write('{"Action":"start","Actor":{"ID":"a"},"time":1,"timeNano":1000000001}\nrubbish\n{"Action":"die","Actor":{"ID":"a","Attributes":{"exit');
      response.end('Code":"3"}},"time":2,"timeNano":2000000002}\n');
    };
    const heard: EngineEvent[] = [];
    const listening = (async () => {
      for await (const event of engine.events({ since: '1767225600123456789', signal: new AbortController().signal })) {
        heard.push(event);
      }
    })();
    await expect(listening).rejects.toMatchObject({ code: 'docker_unreachable', retryable: true });
    expect(heard.map((event) => [event.action, event.timeNano, event.exitCode])).toEqual([
      ['start', '1000000001', undefined],
      ['die', '2000000002', 3],
    ]);
    expect(asked.at(-1)).toContain('since=1767225600.123456789');
  });

  it('ends events quietly when they are not wanted any more, and at their end when there is one', async () => {
    const enough = new AbortController();
    answers['/events'] = (request, response) => (request.url?.includes('until') ? response.end() : response.write('{"Action":"start","Actor":{"ID":"a"},"time":1}\n'));
    const heard: string[] = [];
    for await (const event of engine.events({ signal: enough.signal })) {
      heard.push(event.action);
      enough.abort();
    }
    for await (const event of engine.events({ until: '5000000000', signal: new AbortController().signal })) {
      heard.push(event.action);
    }
    expect(heard).toEqual(['start']);
  });

  it('keeps the end of long logs', async () => {
    answers['/containers/x/logs'] = (_request, response) => void response.end(Array.from({ length: 1000 }, (_, index) => `line ${index}`).join('\n'));
    const logs = await engine.logs('x', { tail: 1000, maxBytes: 100 });
    expect(logs.truncated).toBe(true);
    expect(logs.lines.at(-1)).toBe('line 999');
  });

  it('tells that a command took too long, with what it had written', async () => {
    answers['/containers/x/exec'] = json(201, { Id: 'e1' });
    answers['/exec/e1/start'] = (_request, response) => void response.write('so far');
    await expect(engine.exec('x', ['slow'], { timeoutMs: 50, maxBytes: 100 })).resolves.toEqual({ output: 'so far', truncated: true, timedOut: true });
  });

  it('scales a replicated service and no other', async () => {
    let body = '';
    answers['/services/web'] = json(200, { ID: 's1', Version: { Index: 7 }, Spec: { Name: 'web', Mode: { Replicated: { Replicas: 2 } } } });
    answers['/services/s1/update'] = (request, response) => void request.on('data', (chunk) => (body += String(chunk))).on('end', () => response.end('{}'));
    await engine.scaleService('web', 3);
    expect(JSON.parse(body)).toEqual({ Name: 'web', Mode: { Replicated: { Replicas: 3 } } });
    answers['/services/all'] = json(200, { ID: 's2', Version: { Index: 1 }, Spec: { Name: 'all', Mode: { Global: {} } } });
    await expect(engine.scaleService('all', 3)).rejects.toMatchObject({ code: 'docker_conflict' });
  });

  it('knows when nothing is there', async () => {
    const nowhere = connectDocker({ ...SETTINGS, dockerHost: `unix://${join(folder, 'none.sock')}` }, logger);
    await expect(nowhere.info()).rejects.toMatchObject({ code: 'docker_unreachable', mend: expect.stringContaining('DOCKER_HOST') });
  });

  it('ends what is under way when it is closed', async () => {
    answers['/containers/x/json'] = silence;
    const call = engine.inspect('x');
    engine.close();
    await expect(call).rejects.toMatchObject({ code: 'docker_aborted' });
  });
});

describe('DOCKER_HOST', () => {
  it.each([
    ['unix:///run/d.sock', { text: '/run/d.sock', secure: false }],
    ['unix://', { text: '/var/run/docker.sock' }],
    ['tcp://proxy:2375', { text: 'proxy:2375', secure: false }],
    ['proxy:2375', { text: 'proxy:2375' }],
    ['tcp://proxy:2376', { text: 'proxy:2376', secure: true }],
    ['https://proxy', { text: 'proxy:2376', secure: true }],
    ['tcp://[::1]:2375', { text: '[::1]:2375' }],
  ])('%s', (dockerHost, expected) => {
    expect(engineAddress({ ...SETTINGS, dockerHost })).toMatchObject(expected);
  });

  it.each(['ssh://host', 'ftp://x', 'tcp://', ''])('%s is refused, with its name and the default', (dockerHost) => {
    expect(() => engineAddress({ ...SETTINGS, dockerHost })).toThrow(HemostatError);
    expect(() => engineAddress({ ...SETTINGS, dockerHost })).toThrow(/DOCKER_HOST.*unix:\/\/\/var\/run\/docker\.sock/);
  });

  it('names the folder of keys that cannot be read', () => {
    expect(() => engineAddress({ ...SETTINGS, dockerHost: 'tcp://x:2376', dockerCertPath: '/nowhere' })).toThrow(/DOCKER_CERT_PATH.*ca\.pem/);
  });
});

it.each([
  ['1.41', '1.12', '1.41'],
  ['1.52', '1.24', '1.47'],
  ['1.60', '1.50', '1.50'],
  ['1.9', undefined, '1.9'],
])('speaks with an engine of %s (at least %s) in %s', (ApiVersion, MinAPIVersion, expected) => {
  expect(negotiate({ ApiVersion, ...(MinAPIVersion ? { MinAPIVersion } : {}) })).toBe(expected);
});
