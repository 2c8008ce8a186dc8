import { spawn, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import Docker from 'dockerode';
import { eventually } from './eventually';
import { killProcessesOf, readSafely, removeFolder, unmountBelow } from './leftovers';
import { start, temporaryFolder, type Running } from './processes';

/** Made from the machine's static busybox; no registry is asked. */
export const TEST_IMAGE = 'hemostat-test:latest';

const READY = /API listen on/;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const STORAGE_DRIVERS = ['overlay2', 'vfs'] as const;
const BUSYBOX_PLACES = ['/bin/busybox', '/usr/bin/busybox'];

export interface HealthcheckForTest {
  /** A shell command; exit code 0 is healthy. */
  test: string;
  /** Default 1000. */
  intervalMs?: number;
  /** Default 5000. */
  timeoutMs?: number;
  /** Failures in a row that make it unhealthy. Default 2. */
  retries?: number;
  startPeriodMs?: number;
}

export interface ContainerForTest {
  name: string;
  /** Run by `sh -c`; or arguments as they are. Default: sleeps until it is stopped. */
  cmd?: string | readonly string[];
  labels?: Record<string, string>;
  healthcheck?: HealthcheckForTest;
  /** Limit in bytes, without swap. */
  memory?: number;
  restartPolicy?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  network?: 'none' | `container:${string}`;
  env?: readonly string[];
  /** A directory of the host, as Docker writes it: `/host:/container:ro`. */
  binds?: readonly string[];
  /** Default true; otherwise it is only created. */
  start?: boolean;
}

export interface DockerEngine {
  readonly socketPath: string;
  /** As DOCKER_HOST takes it. */
  readonly dockerHost: string;
  readonly engine: Docker;
  readonly storageDriver: string;
  readonly pid: number;
  runContainer(container: ContainerForTest): Promise<Docker.Container>;
  /** Removes every container, running or not. */
  removeContainers(): Promise<void>;
  /** Ends the engine as a machine does that shuts down, and starts it again on the same data. */
  restart(): Promise<void>;
  /** SIGKILL by default; containers go on until the engine starts again. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends containers and engine, and removes all data. */
  stop(): Promise<void>;
}

/** What a message of the engine's own output says when a storage driver cannot be used here. */
const UNUSABLE_DRIVER = /error initializing graphdriver|driver not supported/i;

/**
 * A real dockerd with data, sockets and network of its own (none, in fact: containers have no bridge), so that it can stand
 * beside another engine of the machine. Needs root. The caller stops it.
 */
export async function startDockerd(): Promise<DockerEngine> {
  if (process.getuid?.() !== 0) {
    throw new Error('The Docker engine of the tests needs root. Run the tests as root: sudo npm test');
  }
  const folder = temporaryFolder('docker');
  const socketPath = path.join(folder, 'docker.sock');
  const engine = new Docker({ socketPath });
  let { running, driver } = await startWithUsableDriver(folder);

  const self: DockerEngine = {
    socketPath,
    dockerHost: `unix://${socketPath}`,
    engine,
    get storageDriver() {
      return driver;
    },
    get pid() {
      return running.pid;
    },
    runContainer: (container) => runContainer(engine, container),
    removeContainers: () => removeContainers(engine),
    async restart() {
      await running.end('SIGTERM', STOP_TIMEOUT_MS);
      ({ running, driver } = await startWithUsableDriver(folder, [driver]));
    },
    async kill(signal = 'SIGKILL') {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') {
        await running.end(signal, STOP_TIMEOUT_MS);
        await containerdEnded(folder);
      } else {
        process.kill(running.pid, signal);
      }
    },
    async stop() {
      try {
        if (!running.ended()) {
          await removeContainers(engine);
          await running.end('SIGTERM', STOP_TIMEOUT_MS);
        }
      } finally {
        await endLeftovers(folder);
        removeFolder(folder);
      }
    },
  };
  try {
    await importTestImage(engine);
  } catch (cause) {
    await self.stop();
    throw cause;
  }
  return self;
}

async function startWithUsableDriver(
  folder: string,
  drivers: readonly string[] = STORAGE_DRIVERS
): Promise<{ running: Running; driver: string }> {
  for (const driver of drivers) {
    const running = start(
      'dockerd',
      [
        ...['--data-root', path.join(folder, 'data'), '--exec-root', path.join(folder, 'exec'), '--pidfile', path.join(folder, 'pid')],
        ...['--host', `unix://${path.join(folder, 'docker.sock')}`, '--storage-driver', driver],
        ...['--bridge', 'none', '--iptables=false', '--ip-masq=false', '--ip-forward=false'],
      ],
      // Asked to end, it ends its containers and containerd too.
      { whenOrphaned: 'TERM' }
    );
    try {
      await running.waitFor(READY, START_TIMEOUT_MS);
      return { running, driver };
    } catch (cause) {
      await running.end('SIGKILL');
      if (!UNUSABLE_DRIVER.test(running.output()) || driver === drivers.at(-1)) {
        throw cause;
      }
    }
  }
  throw new Error('No storage driver was named.');
}

/** A root file system of one static busybox with all its applets. */
async function importTestImage(engine: Docker): Promise<void> {
  const busybox = BUSYBOX_PLACES.find((place) => existsSync(place));
  if (!busybox) {
    throw new Error('busybox is missing; it makes the image of the tests. Install it: apt-get install busybox-static');
  }
  const root = temporaryFolder('image');
  try {
    ['bin', 'tmp', 'etc', 'proc', 'sys', 'dev'].forEach((name) => mkdirSync(path.join(root, name)));
    copyFileSync(busybox, path.join(root, 'bin/busybox'));
    const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean);
    applets.filter((name) => name !== 'busybox').forEach((name) => symlinkSync('busybox', path.join(root, 'bin', name)));
    const tar = spawn('tar', ['--create', '--directory', root, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [repo, tag] = TEST_IMAGE.split(':');
    const progress = await engine.importImage(tar.stdout, { repo, tag });
    await new Promise<void>((resolve, reject) => {
      engine.modem.followProgress(progress, (cause) => (cause ? reject(cause) : resolve()));
    });
  } finally {
    removeFolder(root);
  }
}

const nanoseconds = (milliseconds: number) => milliseconds * 1_000_000;

/** A shell that waits for a sleep in the background obeys a stop at once; as process 1 it would ignore SIGTERM. */
const FOREVER = "trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done";

function healthcheckOf({ test, intervalMs = 1000, timeoutMs = 5000, retries = 2, startPeriodMs = 0 }: HealthcheckForTest) {
  return {
    Test: ['CMD-SHELL', test],
    Interval: nanoseconds(intervalMs),
    Timeout: nanoseconds(timeoutMs),
    Retries: retries,
    StartPeriod: nanoseconds(startPeriodMs),
  };
}

function hostConfigOf({ network = 'none', restartPolicy = 'no', memory, binds = [] }: ContainerForTest): Docker.HostConfig {
  return {
    NetworkMode: network,
    RestartPolicy: { Name: restartPolicy },
    Binds: [...binds],
    ...(memory ? { Memory: memory, MemorySwap: memory } : {}),
  };
}

async function runContainer(engine: Docker, wanted: ContainerForTest): Promise<Docker.Container> {
  const { cmd = FOREVER, healthcheck } = wanted;
  const container = await engine.createContainer({
    name: wanted.name,
    Image: TEST_IMAGE,
    Cmd: typeof cmd === 'string' ? ['sh', '-c', cmd] : [...cmd],
    Labels: wanted.labels ?? {},
    Env: ['PATH=/bin', ...(wanted.env ?? [])],
    ...(healthcheck ? { Healthcheck: healthcheckOf(healthcheck) } : {}),
    HostConfig: hostConfigOf(wanted),
  });
  if (wanted.start !== false) {
    await container.start();
  }
  return container;
}

async function removeContainers(engine: Docker): Promise<void> {
  const all = await engine.listContainers({ all: true });
  await Promise.all(all.map(({ Id }) => engine.getContainer(Id).remove({ force: true, v: true })));
}

/**
 * The engine's containerd dies with it, a moment later. Its pid file goes too: as long as nobody has collected the dead
 * process (process 1 of some machines is slow at that) the next engine would take it for a living one and wait in vain.
 */
async function containerdEnded(folder: string): Promise<void> {
  const file = path.join(folder, 'exec/containerd/containerd.pid');
  const pid = readSafely(file).trim();
  await eventually(() => {
    if (pid && readSafely(`/proc/${pid}/cmdline`).includes(`${folder}/`)) {
      throw new Error(`containerd (process ${pid}) still runs`);
    }
  });
  rmSync(file, { force: true });
}

/** After SIGKILL of the engine: its containerd, shims and containers end, and what they mounted is let go. */
async function endLeftovers(folder: string): Promise<void> {
  await eventually(() => {
    const left = killProcessesOf(folder);
    if (left.length > 0) {
      throw new Error(`Processes of the engine in ${folder} do not end: ${left.join(', ')}`);
    }
  });
  unmountBelow(folder);
}
