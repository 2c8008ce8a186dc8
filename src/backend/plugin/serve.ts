import { Server, status, type ServerOptions } from '@grpc/grpc-js';
import { errorText } from '../../../agents/runtime/errors';
import { readSettings, type Environment } from '../../../agents/runtime/settings/define';
import { VERSION } from '../../../agents/runtime/version';
import type { DoorServices } from './door';
import { COOKIE, pluginEnvironment, type PluginEnvironment } from './environment';
import { addControl, HostTies } from './transport/control';
import { handleSignals, stopOnce, watchForOrphanage } from './transport/life-cycle';
import { handshakeLine, listen, removeSocket, type Address } from './transport/listen';
import { captureConsole, createLogger, type Logger } from './transport/logger';
import { SERVICES } from './transport/services';

const MEGABYTE = 1024 * 1024;

/** Requests as large as the Go SDK takes; answers as large as they are. */
const SERVER_OPTIONS: ServerOptions = {
  'grpc.max_receive_message_length': 16 * MEGABYTE,
  'grpc.max_send_message_length': -1,
  // One connection, from the host that started us: nothing to report about it.
  'grpc.enable_channelz': 0,
  'grpc.max_concurrent_streams': 10_000,
};

/** The process as it is outside of tests. */
export interface Surroundings {
  environment: Environment;
  process: NodeJS.EventEmitter & { exit(code: number): void; stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream };
  console: Console;
}

export interface Serving {
  address: Address;
  /** Answers what runs and ends the process. */
  stop: (reason: string) => void;
}

/** Makes the services. Called once, after the handshake; calls that come earlier wait. */
export type LoadServices = (logger: Logger, environment: PluginEnvironment) => Promise<DoorServices>;

type AnyHandler = (call: { emit(event: 'error', cause: unknown): unknown }, respond?: (cause: unknown) => void) => void;
type ServiceName = 'data' | 'resource' | 'diagnostics' | 'stream';

/** Handlers of a service that hand each call on as soon as the services are there. */
function later(services: () => Promise<DoorServices>, service: ServiceName): Record<string, AnyHandler> {
  const handler = (method: string): AnyHandler => (call, respond) => {
    services().then(
      (loaded) => (loaded[service] as unknown as Record<string, AnyHandler>)[method]?.(call, respond),
      (cause: unknown) => {
        const failure = { code: status.INTERNAL, details: `The data source could not be loaded: ${errorText(cause)}` };
        return respond ? respond(failure) : call.emit('error', failure);
      }
    );
  };
  return Object.fromEntries(Object.keys(SERVICES[service]).map((method) => [method, handler(method)]));
}

function addServices(server: Server, services: () => Promise<DoorServices>): void {
  for (const service of ['data', 'resource', 'diagnostics', 'stream'] as const) {
    server.addService(SERVICES[service], later(services, service));
  }
}

function once<T>(make: () => Promise<T>): { get: () => Promise<T>; made: () => Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  return { get: () => (made ??= make()), made: () => made };
}

const HINT = `This program is the back half of the HemoStat data source: Grafana starts it by itself.
To run it as a service of its own, set GF_PLUGIN_BACKEND_LISTEN (host:port or unix:/path), and GF_PLUGIN_BACKEND_ADDR for Grafana.
`;

/** True when it was started by hand by mistake, which is said on standard error. */
function startedByHand(environment: PluginEnvironment, stderr: NodeJS.WriteStream): boolean {
  const mistaken = environment.cookie !== COOKIE && !environment.listen;
  if (mistaken) {
    stderr.write(HINT);
  }
  return mistaken;
}

/** Writes to a host that is gone fail; that is found out otherwise. */
function tolerateBrokenPipes({ stdout, stderr }: Surroundings['process']): void {
  stdout.on('error', () => undefined);
  stderr.on('error', () => undefined);
}

function announce({ process, console }: Surroundings, address: Address, logger: Logger, service: boolean): void {
  if (!service) {
    process.stdout.write(handshakeLine(address));
    captureConsole({ stdout: process.stdout, console }, logger);
  }
  logger.info('HemoStat data source ready', { version: VERSION, address: address.address });
}

/**
 * Serves Grafana until it is told to stop. Binds first and prints the handshake then, because the host dials at once.
 * @returns undefined when nothing was started: the process has been told to end.
 * @throws SettingsError, HemostatError or the system's error when the address cannot be bound.
 */
export async function serve(load: LoadServices, surroundings: Surroundings): Promise<Serving | undefined> {
  const { process } = surroundings;
  tolerateBrokenPipes(process);
  const environment = readSettings(pluginEnvironment, surroundings.environment);
  if (startedByHand(environment, process.stderr)) {
    process.exit(1);
    return undefined;
  }
  const logger = createLogger((line) => process.stderr.write(line), environment.logLevel);
  const server = new Server(SERVER_OPTIONS);
  const ties = new HostTies();
  const service = environment.listen !== '';
  const services = once(async () => load(logger, environment));

  addServices(server, services.get);
  let stop = (_reason: string): void => undefined;
  // A Grafana that stops asks to end, but a service of its own serves on.
  addControl(server, ties, () => (service ? logger.info('a Grafana has let go') : stop('asked by Grafana')));
  const address = await listen(server, environment);
  const exit = (code: number) => {
    removeSocket(address);
    process.exit(code);
  };
  const close = async () => (await services.made())?.close();
  stop = stopOnce({ server, ties, logger, close, exit });
  handleSignals(process, logger, stop, exit);
  if (!service) {
    watchForOrphanage(ties, stop);
  }
  announce(surroundings, address, logger, service);
  setImmediate(() => {
    services.get().catch((cause: unknown) => logger.error('the data source could not be loaded', { error: errorText(cause) }));
  });
  return { address, stop };
}
