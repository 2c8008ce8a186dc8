import { EventEmitter, once } from 'node:events';
import { Client, credentials, Metadata, type ClientReadableStream, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import type { Frame } from '../../src/backend/core/types';
import { createDoor, type DoorParts } from '../../src/backend/plugin/door';
import { serve, type Serving } from '../../src/backend/plugin/serve';
import type { WireContext } from '../../src/backend/plugin/transport/wire';
import type { Environment } from '../../agents/runtime/settings/define';
import { MemoryCore } from './memory-core';

class FakeStream extends EventEmitter {
  text = '';
  write = (chunk: string) => {
    this.text += chunk;
    return true;
  };
}

/** A process that keeps what is done to it. */
export class FakeProcess extends EventEmitter {
  exitCode: number | undefined;
  readonly stdout = new FakeStream();
  readonly stderr = new FakeStream();
  /** What was written before the handshake took the stream over. */
  readonly exit = (code: number) => {
    this.exitCode ??= code;
    this.emit('over');
  };

  async over(): Promise<number | undefined> {
    if (this.exitCode === undefined) {
      await once(this, 'over');
    }
    return this.exitCode;
  }

  /** The log as parsed lines. */
  log(): Array<Record<string, string>> {
    return this.stderr.text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, string>);
  }
}

export interface OpenedDoor {
  serving: Serving;
  process: FakeProcess;
  client: Client;
  call<Request, Response>(method: MethodDefinition<Request, Response>, request: Request, headers?: Metadata): Promise<Response>;
  follow<Request, Response>(method: MethodDefinition<Request, Response>, request: Request): ClientReadableStream<Response>;
  /** Every message of a server stream. */
  all<Request, Response>(method: MethodDefinition<Request, Response>, request: Request): Promise<Response[]>;
  close(): Promise<void>;
}

export interface TestDoor extends OpenedDoor {
  core: MemoryCore;
}

function asJson(frame: Frame, include: 'schema' | 'data'): object {
  return include === 'schema'
    ? { schema: { name: frame.name, fields: frame.fields.map(({ name, type }) => ({ name, type })) } }
    : { data: { values: frame.fields.map((field) => [...(field.values as readonly unknown[])]) } };
}

/** The plugin's door in this process, with a core in memory. Frames are encoded as JSON, so that tests can read them. */
export async function openDoor(environment: Environment = {}, encodeArrow: (frame: Frame) => Promise<Uint8Array> = async (frame) => Buffer.from(JSON.stringify(frame))): Promise<TestDoor> {
  const core = new MemoryCore();
  return { core, ...(await openDoorWith({ openCore: () => core, encodeArrow, frameToJson: asJson }, environment)) };
}

/** The plugin's door in this process, on a real socket, with a client that is connected to it. */
export async function openDoorWith(parts: DoorParts, environment: Environment = {}): Promise<OpenedDoor> {
  const process = new FakeProcess();
  const surroundings = { environment: { grafana_plugin_type: 'datasource', ...environment }, process, console: { ...console } };
  const serving = await serve(async (logger) => createDoor(parts, logger), surroundings as never);
  if (!serving) {
    throw new Error(`The door did not open: ${process.stderr.text}`);
  }
  const { network, address } = serving.address;
  const client = new Client(network === 'unix' ? `unix:${address}` : address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const follow: OpenedDoor['follow'] = (method, request) => client.makeServerStreamRequest(method.path, method.requestSerialize, method.responseDeserialize, request, new Metadata());
  return {
    serving,
    process,
    client,
    call: (method, request, headers = new Metadata()) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, headers, (failure: ServiceError | null, response) => (failure || response === undefined ? reject(failure ?? new Error('no answer')) : resolve(response)));
      }),
    follow,
    all: async (method, request) => {
      const messages = [];
      for await (const message of follow(method, request)) {
        messages.push(message);
      }
      return messages;
    },
    close: async () => {
      client.close();
      serving.stop('test over');
      await process.over();
    },
  };
}

export function wireContext(user: { login: string; role: string } | null = { login: 'ada', role: 'Viewer' }, json: object = { address: 'localhost' }): WireContext {
  return {
    orgId: 1,
    pluginId: 'hemostat-events-datasource',
    user: user ? { name: '', email: '', ...user } : null,
    grafanaConfig: {},
    userAgent: 'Grafana/12.4.0',
    dataSourceInstanceSettings: { id: 1, name: 'HemoStat', url: '', user: '', database: '', jsonData: Buffer.from(JSON.stringify(json)), decryptedSecureJsonData: { password: 'hush' }, lastUpdatedMS: 1, uid: 'hemostat-events' },
  };
}
