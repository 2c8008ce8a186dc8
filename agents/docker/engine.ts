import type { Logger } from '../runtime/logger';
import { sha256 } from '../runtime/ids';
import { engineAddress, type DockerSettings } from './address';
import { demux } from './demux';
import { DockerError } from './errors';
import { DockerTransport, type Call } from './transport';
import type {
  CallOptions,
  ContainerDetails,
  ContainerSummary,
  Engine,
  EngineEvent,
  EngineInfo,
  ExecResult,
  LogTail,
  ServiceState,
  StatsReading,
  TopTable,
} from './types';
import { readDetails, readEvent, readSummaries, readTop } from './wire';
import { readStats } from './wire-stats';

export type * from './types';
export { DockerError } from './errors';
export type { DockerSettings } from './address';

/** What the monitor needs to hear; all else (exec_*, top, attach, …) stays in the engine. */
const FOLLOWED = ['create', 'start', 'die', 'stop', 'kill', 'oom', 'pause', 'unpause', 'destroy', 'restart', 'rename', 'update', 'health_status'];
const LOG_BYTES = 262_144;
/** Read before the end is kept: a line has 16 KiB at most, since the engine splits longer ones. */
const READ_LOG_BYTES = 4 * 1024 * 1024;
/** The engine itself waits so long before it kills, when nothing else is set. */
const STOP_SECONDS = 10;

const containerPath = (id: string, rest = '') => `/containers/${encodeURIComponent(id)}${rest}`;
type Json = Record<string, unknown>;
const asText = (value: unknown, fallback = ''): string => (typeof value === 'string' && value !== '' ? value : fallback);
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** Nanoseconds as the engine reads them: seconds, a dot, nanoseconds. */
function secondsText(nano: string): string {
  const padded = nano.padStart(10, '0');
  return `${padded.slice(0, -9)}.${padded.slice(-9)}`;
}

class DockerEngine implements Engine {
  readonly address: string;

  constructor(
    private readonly transport: DockerTransport,
    private readonly timeoutMs: number,
    private readonly logger: Logger
  ) {
    this.address = transport.address.text;
  }

  async info(options: CallOptions = {}): Promise<EngineInfo> {
    this.transport.forgetVersion();
    const apiVersion = await this.transport.apiVersion();
    const info = await this.infoIfAllowed(options);
    return {
      // A proxy may hide the engine's id: then the address has to do, and all monitors must use the same one.
      id: asText(info.ID, sha256(this.address).slice(0, 32)),
      name: asText(info.Name, this.transport.address.hostname),
      version: asText(info.ServerVersion),
      apiVersion,
      swarmManager: asObject(info.Swarm).ControlAvailable === true,
      systemTime: Date.parse(asText(info.SystemTime)) || Date.now(),
    };
  }

  async ping(options: CallOptions = {}): Promise<void> {
    await this.transport.bytes({ ...options, path: '/_ping' });
  }

  async list({ labels, ...options }: CallOptions & { labels?: readonly string[] } = {}): Promise<ContainerSummary[]> {
    const filters = labels && labels.length > 0 ? JSON.stringify({ label: labels }) : undefined;
    return this.decode(readSummaries, { ...options, path: '/containers/json', query: { all: true, filters } });
  }

  inspect(id: string, options: CallOptions = {}): Promise<ContainerDetails> {
    return this.decode(readDetails, { ...options, path: containerPath(id, '/json') });
  }

  restart(id: string, options: CallOptions & { timeoutSeconds?: number } = {}): Promise<void> {
    return this.act(id, 'restart', options);
  }

  start(id: string, options: CallOptions = {}): Promise<void> {
    return this.act(id, 'start', options);
  }

  stop(id: string, options: CallOptions & { timeoutSeconds?: number } = {}): Promise<void> {
    return this.act(id, 'stop', options);
  }

  async remove(id: string, { volumes, force, ...options }: CallOptions & { volumes?: boolean; force?: boolean } = {}): Promise<void> {
    await this.transport.bytes({ ...options, method: 'DELETE', path: containerPath(id), query: { v: volumes, force } });
  }

  async removeVolume(name: string, options: CallOptions = {}): Promise<void> {
    await this.transport.bytes({ ...options, method: 'DELETE', path: `/volumes/${encodeURIComponent(name)}` });
  }

  async logs(id: string, { tail, timestamps, maxBytes = LOG_BYTES, ...options }: CallOptions & { tail: number; maxBytes?: number; timestamps?: boolean }): Promise<LogTail> {
    const query = { stdout: true, stderr: true, tail, timestamps };
    const { data, truncated } = await this.transport.bytes({ ...options, path: containerPath(id, '/logs'), query, maxBytes: READ_LOG_BYTES }, true);
    const text = demux(data);
    const cut = text.length > maxBytes;
    const lines = text.subarray(cut ? text.length - maxBytes : 0).toString('utf8').split(/\r?\n/);
    if (lines.at(-1) === '') {
      lines.pop();
    }
    return { lines, truncated: truncated || cut };
  }

  top(id: string, options: CallOptions = {}): Promise<TopTable> {
    return this.decode(readTop, { ...options, path: containerPath(id, '/top') });
  }

  async exec(id: string, argv: readonly string[], { timeoutMs, maxBytes, signal }: CallOptions & { timeoutMs: number; maxBytes: number }): Promise<ExecResult> {
    const created = await this.transport.json({
      signal,
      method: 'POST',
      path: containerPath(id, '/exec'),
      body: { AttachStdout: true, AttachStderr: true, Tty: false, Cmd: [...argv] },
    });
    const path = `/exec/${encodeURIComponent(asText(asObject(created).Id))}`;
    const run = await this.transport.bytes({ signal, timeoutMs, maxBytes, method: 'POST', path: `${path}/start`, body: { Detach: false, Tty: false } }, true);
    const ended = run.timedOut ? {} : asObject(await this.transport.json({ signal, path: `${path}/json` }));
    return {
      ...(typeof ended.ExitCode === 'number' ? { exitCode: ended.ExitCode } : {}),
      output: demux(run.data).toString('utf8'),
      truncated: run.truncated,
      timedOut: run.timedOut,
    };
  }

  async *events({ since, until, signal, onOpen }: { since?: string; until?: string; signal: AbortSignal; onOpen?: () => void }): AsyncGenerator<EngineEvent> {
    const filters = JSON.stringify({ type: ['container'], event: FOLLOWED });
    const query = { filters, since: since && secondsText(since), until: until && secondsText(until) };
    for await (const line of this.transport.lines({ path: '/events', query, signal, endless: until === undefined }, onOpen)) {
      const event = readEvent(line);
      if (event) {
        yield event;
      } else {
        this.logger.warn({ line: line.slice(0, 200) }, 'the Docker engine sent an event that cannot be read');
      }
    }
  }

  async statsOnce(id: string, options: CallOptions = {}): Promise<StatsReading> {
    return readStats(id, await this.transport.json({ ...options, path: containerPath(id, '/stats'), query: { stream: false, 'one-shot': true } }));
  }

  async *statsStream(id: string, { signal }: { signal: AbortSignal }): AsyncGenerator<StatsReading> {
    for await (const line of this.transport.lines({ path: containerPath(id, '/stats'), query: { stream: true }, signal, endless: true })) {
      yield readStats(id, JSON.parse(line) as unknown);
    }
  }

  async service(idOrName: string, options: CallOptions = {}): Promise<ServiceState> {
    const { id, name, mode } = await this.serviceSpec(idOrName, options);
    const replicas = asObject(mode.Replicated).Replicas;
    return { id, name, ...(typeof replicas === 'number' ? { replicas } : {}) };
  }

  async scaleService(idOrName: string, replicas: number, options: CallOptions = {}): Promise<void> {
    const { id, name, version, spec, mode } = await this.serviceSpec(idOrName, options);
    if (!mode.Replicated) {
      throw new DockerError('docker_conflict', `Service ${name} runs once on every node and has no number of replicas.`, 'Only replicated services can be scaled.');
    }
    const body = { ...spec, Mode: { ...mode, Replicated: { ...asObject(mode.Replicated), Replicas: replicas } } };
    await this.transport.json({ ...options, method: 'POST', path: `/services/${encodeURIComponent(id)}/update`, query: { version }, body });
  }

  close(): void {
    this.transport.close();
  }

  private async serviceSpec(idOrName: string, options: CallOptions): Promise<{ id: string; name: string; version: number; spec: Json; mode: Json }> {
    const answer = asObject(await this.transport.json({ ...options, path: `/services/${encodeURIComponent(idOrName)}` }));
    const spec = asObject(answer.Spec);
    return { id: asText(answer.ID, idOrName), name: asText(spec.Name, idOrName), version: Number(asObject(answer.Version).Index), spec, mode: asObject(spec.Mode) };
  }

  private async act(id: string, verb: 'start' | 'stop' | 'restart', { timeoutSeconds, timeoutMs, signal }: CallOptions & { timeoutSeconds?: number }): Promise<void> {
    const graceMs = verb === 'start' ? 0 : (timeoutSeconds ?? STOP_SECONDS) * 1000;
    await this.transport.bytes({ signal, method: 'POST', path: containerPath(id, `/${verb}`), query: { t: timeoutSeconds }, timeoutMs: timeoutMs ?? this.timeoutMs + graceMs });
  }

  private async infoIfAllowed(options: CallOptions): Promise<Json> {
    try {
      return asObject(await this.transport.json({ ...options, path: '/info' }));
    } catch (cause) {
      if (cause instanceof DockerError && (cause.statusCode === 403 || cause.statusCode === 404)) {
        return {};
      }
      throw cause;
    }
  }

  private async decode<T>(read: (value: unknown) => T, call: Call): Promise<T> {
    const value = await this.transport.json(call);
    try {
      return read(value);
    } catch (cause) {
      throw new DockerError('docker_error', `Docker at ${this.address} gave an answer to ${call.path} that cannot be read.`, 'See whether DOCKER_HOST names a Docker engine.', { cause });
    }
  }
}

/**
 * An engine by DOCKER_HOST. Connects at the first call; the caller closes it.
 * @throws HemostatError `settings` when the address or a certificate cannot be used.
 */
export function connectDocker(settings: DockerSettings, logger: Logger): Engine {
  return new DockerEngine(new DockerTransport(engineAddress(settings), settings.dockerTimeoutMs), settings.dockerTimeoutMs, logger);
}
