import os from 'node:os';

import { nowNs, rfc3339Nano } from '../engine/clock';
import type { Engine } from '../engine/engine';
import { ApiError } from '../engine/errors';
import { sendJson, type Call, type Route } from './http';

export const API_VERSION = '1.41';
export const MIN_API_VERSION = '1.12';
/** The engine whose answers this server keeps to; the ending says that it is not one. */
export const SERVER_VERSION = '20.10.24+hemostat-demo';

const ARCHITECTURES: Record<string, string> = { x64: 'amd64' };
const arch = ARCHITECTURES[process.arch] ?? process.arch;

const NO_COMMIT = { ID: '', Expected: '' };

function ping({ response }: Call): void {
  response.writeHead(200, {
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': 2,
  });
  response.end('OK');
}

function version({ response }: Call): void {
  const build = {
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    GitCommit: 'demo',
    GoVersion: 'none',
    Os: 'linux',
    Arch: arch,
    KernelVersion: os.release(),
    BuildTime: '2026-01-01T00:00:00.000000000+00:00',
  };
  sendJson(response, {
    Platform: { Name: 'HemoStat demo fleet' },
    Components: [{ Name: 'Engine', Version: SERVER_VERSION, Details: { ...build, Experimental: 'false' } }],
    Version: SERVER_VERSION,
    ...build,
  });
}

function counts(engine: Engine): Record<string, number> {
  const all = engine.containers();
  const paused = all.filter((c) => c.status === 'paused').length;
  const running = all.filter((c) => c.state.running).length - paused;
  return {
    Containers: all.length,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: all.length - running - paused,
    Images: engine.images().length,
  };
}

function info({ engine, response }: Call): void {
  sendJson(response, {
    ID: engine.id,
    ...counts(engine),
    Driver: 'vfs',
    DriverStatus: null,
    Plugins: { Volume: ['local'], Network: ['bridge', 'host', 'null'], Authorization: null, Log: ['json-file'] },
    MemoryLimit: true,
    SwapLimit: true,
    KernelMemory: true,
    KernelMemoryTCP: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    BridgeNfIptables: true,
    BridgeNfIp6tables: true,
    OomKillDisable: false,
    Debug: false,
    NFd: 0,
    NGoroutines: 0,
    NEventsListener: engine.events.listenerCount,
    SystemTime: rfc3339Nano(nowNs()),
    LoggingDriver: 'json-file',
    CgroupDriver: 'cgroupfs',
    CgroupVersion: '1',
    KernelVersion: os.release(),
    OperatingSystem: 'HemoStat demo fleet',
    OSVersion: '',
    OSType: 'linux',
    Architecture: arch === 'amd64' ? 'x86_64' : arch,
    NCPU: os.cpus().length,
    MemTotal: os.totalmem(),
    GenericResources: null,
    IndexServerAddress: '',
    RegistryConfig: {},
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    DockerRootDir: '/var/lib/docker',
    Name: 'demo-fleet',
    // A client that wants to know whether it watches a demo reads it here.
    Labels: ['hemostat.demo=true'],
    ExperimentalBuild: false,
    ServerVersion: SERVER_VERSION,
    Runtimes: { runc: { path: 'runc' } },
    DefaultRuntime: 'runc',
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'docker-init',
    ContainerdCommit: NO_COMMIT,
    RuncCommit: NO_COMMIT,
    InitCommit: NO_COMMIT,
    SecurityOptions: [],
    Warnings: null,
  });
}

function images({ engine, response }: Call): void {
  const list = engine.images().map((image) => ({
    Containers: -1,
    Created: 1_767_225_600,
    Id: engine.imageId(image),
    Labels: null,
    ParentId: '',
    RepoDigests: null,
    RepoTags: [image],
    SharedSize: -1,
    Size: 61_440_000,
    VirtualSize: 61_440_000,
  }));
  sendJson(response, list);
}

function noSwarm(): never {
  throw new ApiError(
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.'
  );
}

export const systemRoutes: Route[] = [
  { method: 'GET', pattern: /^\/_ping$/, handle: ping },
  { method: 'HEAD', pattern: /^\/_ping$/, handle: ping },
  { method: 'GET', pattern: /^\/version$/, handle: version },
  { method: 'GET', pattern: /^\/info$/, handle: info },
  { method: 'GET', pattern: /^\/images\/json$/, handle: images },
  {
    method: 'GET',
    pattern: /^\/volumes$/,
    handle: ({ response }) => sendJson(response, { Volumes: [], Warnings: null }),
  },
  { method: 'GET', pattern: /^\/services(?:\/[^/]+)?$/, handle: noSwarm },
  { method: 'POST', pattern: /^\/services\/[^/]+\/update$/, handle: noSwarm },
];
