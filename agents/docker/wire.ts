import { z } from 'zod';
import type { ContainerDetails, ContainerSummary, EngineEvent, Health, TopTable } from './types';

/** Go writes null for an empty list or map, and its zero time for never. */
const text = z.string().nullish().transform((value) => value ?? '');
const count = z.number().nullish().transform((value) => value ?? 0);
const truth = z.boolean().nullish().transform((value) => value ?? false);
const texts = z.array(z.string()).nullish().transform((value) => value ?? []);
const labels = z.record(z.string(), z.string()).nullish().transform((value) => value ?? {});
/** An object that may be missing: then all in it has its empty value. */
const section = <S extends z.ZodRawShape>(shape: S) => z.preprocess((value) => value ?? {}, z.object(shape));
const several = <S extends z.ZodType>(schema: S) => z.preprocess((value) => value ?? [], z.array(schema));

const NEVER = '0001-01-01T00:00:00Z';
const moment = (value: string): string | undefined => (value === '' || value === NEVER || Number.isNaN(Date.parse(value)) ? undefined : value);

const summarySchema = z.object({
  Id: z.string(),
  Names: texts,
  Image: text,
  ImageID: text,
  State: text,
  Status: text,
  Labels: labels,
  Created: count,
});

/** A container that is linked to another one has more names; its own is the one without a second slash. */
function ownName(names: readonly string[]): string {
  const own = names.find((name) => !name.slice(1).includes('/')) ?? names[0] ?? '';
  return own.replace(/^\//, '');
}

export function readSummaries(value: unknown): ContainerSummary[] {
  return z.array(summarySchema).parse(value).map((one) => ({
    id: one.Id,
    name: ownName(one.Names),
    image: one.Image,
    imageId: one.ImageID,
    state: one.State,
    status: one.Status,
    labels: one.Labels,
    createdAt: one.Created * 1000,
  }));
}

const health = section({ Status: text, Log: several(z.object({ End: text, ExitCode: count, Output: text })) });

const inspectSchema = z.object({
  Id: z.string(),
  Name: text,
  Image: text,
  Created: text,
  RestartCount: count,
  State: z.object({
    Status: text,
    Running: truth,
    Paused: truth,
    Restarting: truth,
    OOMKilled: truth,
    ExitCode: count,
    Error: text,
    StartedAt: text,
    FinishedAt: text,
    Pid: count,
    Health: health,
  }),
  Config: section({
    Image: text,
    Labels: labels,
    Tty: truth,
    StopTimeout: z.number().nullish(),
    Cmd: texts,
    Entrypoint: z.union([z.string().transform((one) => [one]), texts]),
    Healthcheck: section({ Test: texts }),
    StopSignal: text,
  }),
  HostConfig: section({
    NetworkMode: text,
    RestartPolicy: section({ Name: text, MaximumRetryCount: count }),
    NanoCpus: count,
    CpuQuota: count,
    CpuPeriod: count,
    Memory: count,
    AutoRemove: truth,
  }),
  Mounts: several(z.object({ Type: text, Name: text })),
  NetworkSettings: section({ Networks: z.preprocess((value) => value ?? {}, z.record(z.string(), z.unknown())) }),
});
type Inspected = z.infer<typeof inspectSchema>;

export function readHealth(word: string): Health {
  return word === 'healthy' || word === 'unhealthy' || word === 'starting' ? word : 'unknown';
}

/**
 * Docker calls a container unhealthy as soon as it no longer probes it, as while it is paused; after that the word stays until
 * the next probe has ended. Where the last probe passed, nothing is known against the container: it is waited for like a first probe.
 */
function healthOf({ Status, Log }: Inspected['State']['Health']): Health {
  const word = readHealth(Status);
  return word === 'unhealthy' && Log.at(-1)?.ExitCode === 0 ? 'starting' : word;
}

const DEFAULT_PERIOD = 100_000;

/** CPUs that a container may use: `--cpus`, or `--cpu-quota` over `--cpu-period`. */
function cpuLimit(host: Inspected['HostConfig']): number | undefined {
  if (host.NanoCpus > 0) {
    return host.NanoCpus / 1e9;
  }
  return host.CpuQuota > 0 ? host.CpuQuota / (host.CpuPeriod || DEFAULT_PERIOD) : undefined;
}

function limits(host: Inspected['HostConfig']): Pick<ContainerDetails, 'cpuLimit' | 'memoryLimit'> {
  const cpus = cpuLimit(host);
  return { ...(cpus === undefined ? {} : { cpuLimit: cpus }), ...(host.Memory > 0 ? { memoryLimit: host.Memory } : {}) };
}

function stateOf(one: Inspected): Pick<ContainerDetails, 'status' | 'running' | 'paused' | 'restarting' | 'exitCode' | 'oomKilled' | 'error' | 'pid' | 'startedAt' | 'finishedAt' | 'health' | 'healthLog'> {
  const { State: state } = one;
  const startedAt = moment(state.StartedAt);
  const finishedAt = moment(state.FinishedAt);
  return {
    status: state.Status,
    // Docker calls a container running while it only waits to restart it.
    running: state.Running && !state.Restarting,
    paused: state.Paused,
    restarting: state.Restarting,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    pid: state.Pid,
    ...(startedAt ? { startedAt } : {}),
    ...(finishedAt ? { finishedAt } : {}),
    health: healthOf(state.Health),
    healthLog: state.Health.Log.map((entry) => ({ at: entry.End, exitCode: entry.ExitCode, output: entry.Output })),
  };
}

function configOf(one: Inspected): Pick<ContainerDetails, 'image' | 'labels' | 'tty' | 'entrypoint' | 'command' | 'hasHealthCheck' | 'stopTimeoutSeconds' | 'stopSignal'> {
  const { Config: config } = one;
  const test = config.Healthcheck.Test;
  return {
    image: config.Image,
    labels: config.Labels,
    tty: config.Tty,
    entrypoint: config.Entrypoint,
    command: config.Cmd,
    stopSignal: config.StopSignal || 'SIGTERM',
    hasHealthCheck: test.length > 0 && test[0] !== 'NONE',
    ...(typeof config.StopTimeout === 'number' ? { stopTimeoutSeconds: config.StopTimeout } : {}),
  };
}

export function readDetails(value: unknown): ContainerDetails {
  const one = inspectSchema.parse(value);
  const { NetworkMode: networkMode, RestartPolicy: policy } = one.HostConfig;
  return {
    id: one.Id,
    name: one.Name.replace(/^\//, ''),
    imageId: one.Image,
    createdAt: one.Created,
    restartCount: one.RestartCount,
    ...stateOf(one),
    ...configOf(one),
    ...limits(one.HostConfig),
    restartPolicy: { name: policy.Name || 'no', maximumRetryCount: policy.MaximumRetryCount },
    networkMode,
    networkParent: networkMode.startsWith('container:') ? networkMode.slice('container:'.length) : '',
    volumes: one.Mounts.filter((mount) => mount.Type === 'volume' && mount.Name).map((mount) => mount.Name),
    autoRemove: one.HostConfig.AutoRemove,
    networks: Object.keys(one.NetworkSettings.Networks),
  };
}

const eventSchema = z.object({
  Action: text,
  status: text,
  id: text,
  from: text,
  time: count,
  Actor: section({ ID: text, Attributes: labels }),
});

/** Attributes that Docker adds to the labels of the container. */
const OWN_ATTRIBUTES = new Set(['name', 'image', 'exitCode', 'signal', 'oldName', 'execID', 'execDuration']);

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** Milliseconds from nanoseconds as text. */
export function nanoToMs(nano: string): number {
  return Number(BigInt(nano) / 1_000_000n);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function readAttributes(action: string, word: string, attributes: Record<string, string>): Pick<EngineEvent, 'name' | 'labels' | 'exitCode' | 'signal' | 'health' | 'oldName'> {
  const exitCode = Number(attributes.exitCode ?? Number.NaN);
  return {
    name: attributes.name?.replace(/^\//, '') ?? '',
    labels: Object.fromEntries(Object.entries(attributes).filter(([name]) => !OWN_ATTRIBUTES.has(name))),
    ...optional('exitCode', Number.isInteger(exitCode) ? exitCode : undefined),
    ...optional('signal', attributes.signal),
    ...optional('health', action === 'health_status' ? readHealth(word) : undefined),
    ...optional('oldName', attributes.oldName?.replace(/^\//, '')),
  };
}

/**
 * One line of the engine's event stream; undefined when it is none that can be used.
 * The time is taken from the text itself, because nanoseconds do not fit into a number.
 */
export function readEvent(line: string): EngineEvent | undefined {
  const parsed = eventSchema.safeParse(parseJson(line));
  if (!parsed.success) {
    return undefined;
  }
  const { Actor: actor, ...one } = parsed.data;
  const [action = '', word = ''] = (one.Action || one.status).split(':').map((part) => part.trim());
  const containerId = actor.ID || one.id;
  if (!action || !containerId) {
    return undefined;
  }
  const timeNano = /"timeNano":(\d{1,20})/.exec(line)?.[1] ?? `${one.time}000000000`;
  return { action, containerId, image: actor.Attributes.image ?? one.from, ...readAttributes(action, word, actor.Attributes), timeNano, at: nanoToMs(timeNano) };
}

const topSchema = z.object({ Titles: texts, Processes: several(z.array(z.string())) });

export function readTop(value: unknown): TopTable {
  const top = topSchema.parse(value);
  return { titles: top.Titles, processes: top.Processes };
}
