import { isoOrZero, rfc3339Nano } from '../engine/clock';
import type { Container } from '../engine/container';
import { parentRef, type Engine } from '../engine/engine';
import type { HealthcheckSpec } from '../engine/types';
import { networkSettings } from './network-view';

const NS_PER_MS = 1_000_000;

function state(container: Container): Record<string, unknown> {
  const s = container.state;
  const { health } = container;
  return {
    Status: container.status,
    Running: s.running,
    Paused: s.paused,
    Restarting: s.restarting,
    OOMKilled: s.oomKilled,
    Dead: false,
    Pid: s.pid,
    ExitCode: s.exitCode,
    Error: s.error,
    StartedAt: isoOrZero(s.startedNs),
    FinishedAt: isoOrZero(s.finishedNs),
    ...(health && { Health: { Status: health.status, FailingStreak: health.failingStreak, Log: [...health.log] } }),
  };
}

function hostConfig(container: Container): Record<string, unknown> {
  const { spec } = container;
  return {
    Binds: null,
    ContainerIDFile: '',
    LogConfig: { Type: 'json-file', Config: {} },
    NetworkMode: spec.networkMode,
    PortBindings: null,
    RestartPolicy: spec.restartPolicy,
    AutoRemove: false,
    VolumeDriver: '',
    VolumesFrom: null,
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: 'host',
    Dns: null,
    DnsOptions: null,
    DnsSearch: null,
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: 'private',
    Cgroup: '',
    Links: null,
    OomScoreAdj: 0,
    PidMode: '',
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: '',
    UsernsMode: '',
    ShmSize: 67_108_864,
    Runtime: 'runc',
    ConsoleSize: [0, 0],
    Isolation: '',
    CpuShares: 0,
    Memory: spec.memoryBytes,
    NanoCpus: spec.nanoCpus,
    CgroupParent: '',
    BlkioWeight: 0,
    BlkioWeightDevice: null,
    BlkioDeviceReadBps: null,
    BlkioDeviceWriteBps: null,
    BlkioDeviceReadIOps: null,
    BlkioDeviceWriteIOps: null,
    CpuPeriod: 0,
    CpuQuota: 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: '',
    CpusetMems: '',
    Devices: null,
    DeviceCgroupRules: null,
    DeviceRequests: null,
    KernelMemory: 0,
    KernelMemoryTCP: 0,
    MemoryReservation: 0,
    MemorySwap: spec.memoryBytes,
    MemorySwappiness: null,
    OomKillDisable: false,
    PidsLimit: null,
    Ulimits: null,
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    MaskedPaths: ['/proc/acpi', '/proc/kcore', '/proc/keys'],
    ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'],
  };
}

function healthcheck(spec: HealthcheckSpec): Record<string, unknown> {
  return {
    Test: spec.test,
    Interval: spec.intervalMs * NS_PER_MS,
    Timeout: spec.timeoutMs * NS_PER_MS,
    StartPeriod: spec.startPeriodMs * NS_PER_MS,
    Retries: spec.retries,
  };
}

function config(container: Container): Record<string, unknown> {
  const { spec } = container;
  return {
    // A container in another's network has the other's host name.
    Hostname: (parentRef(spec.networkMode) ?? container.id).slice(0, 12),
    Domainname: '',
    User: 'app',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: spec.env,
    Cmd: spec.command,
    ...(spec.healthcheck && { Healthcheck: healthcheck(spec.healthcheck) }),
    Image: spec.image,
    Volumes: null,
    WorkingDir: '/app',
    Entrypoint: null,
    OnBuild: null,
    Labels: spec.labels,
  };
}

/** GET /containers/{id}/json. */
export function inspectView(engine: Engine, container: Container): Record<string, unknown> {
  const { id, spec } = container;
  const folder = `/var/lib/docker/containers/${id}`;
  return {
    Id: id,
    Created: rfc3339Nano(container.createdNs),
    Path: spec.command[0] ?? '',
    Args: spec.command.slice(1),
    State: state(container),
    Image: engine.imageId(spec.image),
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `${folder}/${id}-json.log`,
    Name: `/${spec.name}`,
    RestartCount: container.restartCount,
    Driver: 'vfs',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: hostConfig(container),
    GraphDriver: { Data: null, Name: 'vfs' },
    Mounts: [],
    Config: config(container),
    NetworkSettings: networkSettings(engine, container),
  };
}
