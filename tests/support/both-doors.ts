import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import type { FastifyInstance } from 'fastify';
import { createLogger } from '../../agents/runtime/logger';
import { createCore } from '../../src/backend/core/core';
import { frameToArrow } from '../../src/backend/core/frames/arrow';
import { frameJson, type FrameJson } from '../../src/backend/core/frames/json';
import type { Role, TimeRange } from '../../src/backend/core/types';
import { createHttpDoor } from '../../src/backend/http/server';
import { readTokens } from '../../src/backend/http/tokens';
import { coreSettingsOf } from '../../src/backend/plugin/settings';
import { SERVICES } from '../../src/backend/plugin/transport/services';
import { STREAM, type WireContext } from '../../src/backend/plugin/transport/wire';
import { testCore } from './core';
import { openDoorWith, wireContext, type OpenedDoor } from './plugin-door';
import { removeFolder, temporaryFolder } from './processes';

/** One who asks, as each door is told of it. */
export interface Asker {
  name: string;
  grpc: { user: { login: string; role: string } | null; headers?: Record<string, string> };
  http: Record<string, string>;
}

const TOKENS = { vera: 'viewer-token-0123456789', eddy: 'editor-token-0123456789', ada: 'admin-token-01234567890', proxy: 'proxy-token-01234567890', lowProxy: 'viewer-proxy-token-012345' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const person = (login: keyof typeof TOKENS, role: Role): Asker => ({ name: role, grpc: { user: { login, role } }, http: bearer(TOKENS[login]) });

export const VIEWER = person('vera', 'Viewer');
export const EDITOR = person('eddy', 'Editor');
export const ADMIN = person('ada', 'Admin');
export const NONE: Asker = { name: 'None', grpc: { user: { login: 'nina', role: 'None' } }, http: {} };
export const MACHINES: Asker[] = [
  { name: 'machine: Grafana by itself, a proxy that names nobody', grpc: { user: null }, http: bearer(TOKENS.lowProxy) },
  { name: 'machine: the scheduler of alert rules', grpc: { user: { login: 'grafana_scheduler', role: 'Admin' } }, http: { ...bearer(TOKENS.proxy), 'x-grafana-user': '' } },
  { name: 'machine: an alert rule in the name of an administrator', grpc: { user: { login: 'ada', role: 'Admin' }, headers: { FromAlert: 'true' } }, http: bearer(TOKENS.proxy) },
];

/** A frame as it came through a door, in one form for both. */
export interface PlainFrame {
  name: string | undefined;
  refId: string | undefined;
  meta: unknown;
  fields: Array<{ name: string; type: unknown; goType: string; nullable: boolean; labels: unknown; config: unknown; values: unknown[] }>;
}
export type Result = { status: number; frames: PlainFrame[] } | { status: number; error: string; errorSource: string };
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}
/** A query as its own JSON (a text is sent as it is), and what both doors send beside it. */
export interface Question {
  refId?: string;
  json: unknown;
  range?: TimeRange;
}

/** What a client can ask, whichever door it stands at. */
export interface DoorClient {
  query(asker: Asker, question: Question): Promise<Result>;
  resource(asker: Asker, method: string, path: string, search?: string, body?: Uint8Array | string): Promise<Reply>;
  /** A live channel; `since` is a place that the HTTP door told. */
  listen(asker: Asker, channel: string, since?: string): Promise<Ear>;
}
/** What one listener hears. */
export interface Ear {
  /** 200, or why it may not listen. */
  status: number;
  schema: () => FrameJson['schema'] | undefined;
  /** Each row by the names of the schema, in the order in which they came. */
  rows: () => Array<Record<string, unknown>>;
  /** The place after the last row. Only the HTTP door tells it: Grafana resumes by itself. */
  place: () => string;
  stop(): Promise<void>;
}
export interface Doors {
  grpc: DoorClient;
  http: DoorClient;
  plugin: OpenedDoor;
  url: string;
  close(): Promise<void>;
}

const GO_TYPES: Record<string, string> = { 'Timestamp<NANOSECOND>': 'time.Time', Float64: 'float64', Utf8: 'string', Bool: 'bool', Binary: 'json.RawMessage' };
const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
const DEFAULT_RANGE = () => ({ from: Date.now() - 86_400_000, to: Date.now() + 60_000 });
const POINTS = { maxDataPoints: 500, intervalMs: 1000 };

/** An Arrow file as Grafana would read it; times in ms. */
export function fromArrow(bytes: Uint8Array): PlainFrame {
  const table = tableFromIPC(bytes);
  // A table takes fields of one name for one field; what the file says stands with its reader.
  const { metadata, fields } = RecordBatchReader.from(bytes).open().schema;
  return {
    name: metadata.get('name'),
    refId: metadata.get('refId'),
    meta: parsed(metadata.get('meta')),
    fields: fields.map((field, index) => {
      const goType = GO_TYPES[String(field.type)] ?? String(field.type);
      const column = table.getChildAt(index);
      const nanos = column?.data[0]?.values as BigInt64Array | undefined;
      const read = (row: number): unknown => {
        const value = column?.get(row) as unknown;
        if (value === null || value === undefined) {
          return null;
        }
        if (goType === 'time.Time') {
          const exact = nanos?.[row] ?? 0n;
          return Number(exact / 1_000_000n) + Number(exact % 1_000_000n) / 1e6;
        }
        return goType === 'json.RawMessage' ? parsed(Buffer.from(value as Uint8Array).toString('utf8')) : value;
      };
      return { name: field.name, type: field.metadata.get('tstype'), goType, nullable: field.nullable, labels: parsed(field.metadata.get('labels')), config: parsed(field.metadata.get('config')), values: Array.from({ length: table.numRows }, (_, row) => read(row)) };
    }),
  };
}

/** Grafana's JSON form: what JSON cannot hold stands in `entities` and `nanos`. */
export function fromJson({ schema, data }: FrameJson): PlainFrame {
  const values = (index: number): unknown[] => {
    const entities = data?.entities?.[index] ?? {};
    const nanos = data?.nanos?.[index];
    return (data?.values[index] ?? []).map((value, row) => {
      if (entities.NaN?.includes(row)) {
        return Number.NaN;
      }
      const infinite = entities.Inf?.includes(row) ? Infinity : entities.NegInf?.includes(row) ? -Infinity : undefined;
      return infinite ?? (nanos && typeof value === 'number' ? value + (nanos[row] ?? 0) / 1e6 : value);
    });
  };
  return {
    name: schema?.name,
    refId: schema?.refId,
    meta: schema?.meta,
    fields: (schema?.fields ?? []).map((field, index) => {
      const { frame, nullable = false } = field.typeInfo as { frame: string; nullable?: boolean };
      return { name: String(field.name), type: field.type, goType: frame, nullable, labels: field.labels, config: field.config, values: values(index) };
    }),
  };
}

function rowsOf(schema: FrameJson['schema'] | undefined, frames: readonly FrameJson[]): Array<Record<string, unknown>> {
  const names = (schema?.fields ?? []).map((field) => String(field.name));
  return frames.flatMap(({ data }) => (data?.values[0] ?? []).map((_, row) => Object.fromEntries(names.map((name, index) => [name, data?.values[index]?.[row]]))));
}

function grpcClient(door: OpenedDoor, contextOf: (asker: Asker) => WireContext): DoorClient {
  const decoded = (bytes: Uint8Array | undefined) => JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as unknown;
  return {
    async query(asker, { refId = 'A', json, range = DEFAULT_RANGE() }) {
      const query = { refId, maxDataPoints: POINTS.maxDataPoints, intervalMS: POINTS.intervalMs, timeRange: { fromEpochMS: range.from, toEpochMS: range.to }, json: Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), queryType: '' };
      const { responses } = await door.call(SERVICES.data.queryData, { pluginContext: contextOf(asker), headers: asker.grpc.headers ?? {}, queries: [query] });
      const result = Object.hasOwn(responses, refId) ? responses[refId] : undefined;
      if (!result) {
        throw new Error(`The refId ${refId} has no answer, but ${Object.keys(responses).join(', ')}.`);
      }
      const { status, frames, error, errorSource = '' } = result;
      return error ? { status, error, errorSource } : { status, frames: (frames ?? []).map(fromArrow) };
    },
    async resource(asker, method, target, search = '', body = '') {
      const headers = Object.fromEntries(Object.entries(asker.grpc.headers ?? {}).map(([name, value]) => [name, { values: [value] }]));
      const [message] = await door.all(SERVICES.resource.callResource, { pluginContext: contextOf(asker), path: target, method, url: `${target}${search}`, headers, body: Buffer.from(body) });
      return {
        status: message?.code ?? 0,
        headers: Object.fromEntries(Object.entries(message?.headers ?? {}).map(([name, { values }]) => [name, values.join(', ')])),
        body: decoded(message?.body) as Reply['body'],
      };
    },
    async listen(asker, channel, since) {
      const target = { pluginContext: contextOf(asker), path: since ? `${channel}/since/${since}` : channel, data: Buffer.alloc(0), headers: asker.grpc.headers ?? {} };
      const { status, data } = await door.call(SERVICES.stream.subscribeStream, target);
      const schema = status === STREAM.ok ? (decoded(data) as FrameJson).schema : undefined;
      const heard: FrameJson[] = [];
      const call = schema && door.follow(SERVICES.stream.runStream, target);
      call?.on('error', () => undefined);
      call?.on('data', (packet: { data: Uint8Array }) => heard.push(decoded(packet.data) as FrameJson));
      return {
        status: { [STREAM.ok]: 200, [STREAM.notFound]: 404, [STREAM.denied]: 403 }[status] ?? status,
        schema: () => schema,
        rows: () => rowsOf(schema, heard),
        place: () => '',
        stop: async () => call?.cancel(),
      };
    },
  };
}

/** Takes server-sent events apart. */
class Events {
  private text = '';
  place = '';
  schema: FrameJson['schema'] | undefined;
  readonly frames: FrameJson[] = [];

  take(chunk: Uint8Array): void {
    this.text += Buffer.from(chunk).toString('latin1');
    const parts = this.text.split('\n\n');
    this.text = parts.pop() ?? '';
    parts.forEach((part) => this.event(new Map(part.split('\n').map((line): [string, string] => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]))));
  }

  private event(fields: Map<string, string>): void {
    this.place = fields.get('id') ?? this.place;
    const data = fields.get('data');
    const frame = data ? (JSON.parse(Buffer.from(data, 'latin1').toString('utf8')) as FrameJson) : undefined;
    if (frame?.schema) {
      this.schema = frame.schema;
    } else if (frame) {
      this.frames.push(frame);
    }
  }
}

function httpClient(url: string): DoorClient {
  return {
    async query(asker, { refId = 'A', json, range = DEFAULT_RANGE() }) {
      // A text is sent as it is, so that what is no JSON reaches the door.
      const query = typeof json === 'string' ? json : JSON.stringify(typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json, refId } : json);
      const answer = await fetch(`${url}/api/query`, { method: 'POST', headers: asker.http, body: `{"queries":[${query}],"range":${JSON.stringify(range)},"maxDataPoints":${POINTS.maxDataPoints},"intervalMs":${POINTS.intervalMs}}` });
      const body = (await answer.json()) as { results: Record<string, { status: number; frames?: FrameJson[]; error: string; errorSource: string }>; message: string };
      if (answer.status !== 200) {
        return { status: answer.status, error: body.message, errorSource: 'request' };
      }
      const result = Object.hasOwn(body.results, refId) ? body.results[refId] : undefined;
      if (!result) {
        throw new Error(`The refId ${refId} has no answer, but ${Object.keys(body.results).join(', ')}.`);
      }
      const { status, frames, error, errorSource } = result;
      return frames ? { status, frames: frames.map(fromJson) } : { status, error, errorSource };
    },
    async resource(asker, method, target, search = '', body = '') {
      // As one segment, so that fetch does not tidy `..` away; the door decodes it.
      const answer = await fetch(`${url}/api/resources/${encodeURIComponent(target)}${search}`, { method, headers: { ...asker.http, 'content-type': 'application/json' }, ...(body.length > 0 ? { body } : {}) });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: (await answer.json()) as Reply['body'] };
    },
    async listen(asker, channel, since) {
      const stop = new AbortController();
      const answer = await fetch(`${url}/api/live/${channel}`, { headers: { ...asker.http, ...(since ? { 'last-event-id': since } : {}) }, signal: stop.signal });
      const events = new Events();
      const done = (async () => {
        for await (const chunk of answer.body ?? []) {
          events.take(chunk as Uint8Array);
        }
      })();
      done.catch(() => undefined);
      return {
        status: answer.status,
        schema: () => events.schema,
        rows: () => rowsOf(events.schema, events.frames),
        place: () => events.place,
        stop: async () => {
          stop.abort();
          await done.catch(() => undefined);
        },
      };
    },
  };
}

/** The data source as somebody saved it who uses a Redis without a password. */
function contextOn(address: string, partitions: number, { grpc }: Asker): WireContext {
  const context = wireContext(grpc.user, { address, partitions });
  const { dataSourceInstanceSettings: source } = context;
  return { ...context, dataSourceInstanceSettings: source && { ...source, decryptedSecureJsonData: {} } };
}

/** Both doors in this process, each with a core of its own on the same Redis, without a cache. */
export async function openBothDoors(port: number, partitions = 1): Promise<Doors> {
  const folder = temporaryFolder('both-doors');
  const tokensFile = path.join(folder, 'tokens');
  writeFileSync(tokensFile, `${TOKENS.vera} Viewer vera\n${TOKENS.eddy} Editor eddy\n${TOKENS.ada} Admin ada\n${TOKENS.proxy} Admin grafana proxy\n${TOKENS.lowProxy} Viewer grafana proxy\n`);
  const core = testCore({ REDIS_PORT: String(port), HEMOSTAT_PARTITIONS: String(partitions) });
  const app: FastifyInstance = await createHttpDoor({ core, tokens: readTokens({ token: '', tokenUser: 'api', tokensFile }), logger: createLogger({ logLevel: 'silent', logFormat: 'text' }), rateLimit: 0, maxStreams: 10 });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const plugin = await openDoorWith({ openCore: (source) => createCore({ ...coreSettingsOf(source), cacheMs: 0 }), encodeArrow: frameToArrow, frameToJson: frameJson });
  return {
    grpc: grpcClient(plugin, (asker) => contextOn(`127.0.0.1:${port}`, partitions, asker)),
    http: httpClient(url),
    plugin,
    url,
    close: async () => {
      await Promise.all([plugin.close(), app.close()]);
      await core.close();
      removeFolder(folder);
    },
  };
}
