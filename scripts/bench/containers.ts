import { readFileSync } from 'node:fs';
import type { DockerEngine } from '../../tests/support/docker';
import type { HemostatEvent } from '../../src/contract/events';
import { decodeEvent } from '../../src/contract/codec';
import { rawEntries } from '../../agents/runtime/consumer';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import type { HemostatLog } from '../../agents/runtime/log';
import { percentile, plain, under, type Figure } from './figures';
import { AgentProcess, labLog, until, untilAlive } from './lab';

const DEATHS = 60;
const IDLE = 50;
const WATCH_MS = 30_000;
/** Clock ticks of the kernel a second; 100 on every Linux that Debian ships. */
const TICKS_PER_SECOND = 100;

async function allEvents(log: HemostatLog): Promise<HemostatEvent[]> {
  const entries = rawEntries(await log.redis.xrange(log.partition(0).log, '-', '+'));
  return entries.flatMap((entry) => {
    const decoded = decodeEvent(entry.json, entry.incident);
    return decoded.ok ? [decoded.value] : [];
  });
}

const timeOf = (events: readonly HemostatEvent[], type: string, container: string) => {
  const event = events.find((one) => one.type === type && one.container === container);
  return event ? Date.parse(event.time) : Number.NaN;
};

/** CPU seconds that a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rssMegabytes(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) / 1024;
}

/** Containers that end with code 1 one after the other: from the engine's own time of death to the alert, and to the intent of a restart. */
async function deaths(docker: DockerEngine, port: number, environment: Record<string, string>): Promise<Figure[]> {
  const group = 'A real container dies (real Docker engine, mode auto)';
  const log = labLog(port);
  await log.redis.flushall();
  const names = Array.from({ length: DEATHS }, (_, index) => `dies-${index}`);
  for (const name of names) {
    await docker.runContainer({ name, cmd: 'while [ ! -e /die ]; do sleep 0.05; done; [ -e /once ] && exec sleep 100000; touch /once; exit 1', network: 'none' });
  }
  const agents = new AgentProcess(['bridge', 'monitor', 'analyzer', 'responder', 'notifier'], port, { DOCKER_HOST: docker.dockerHost, HEMOSTAT_MODE: 'auto', ...environment }).start();
  try {
    await untilAlive(log, ['monitor', 'analyzer', 'responder']);
    for (const name of names) {
      await docker.engine.getContainer(name).putArchive(dieArchive(), { path: '/' });
      // One after the other: a restart that is under way holds the engine's own events up.
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    let events = await allEvents(log);
    await until(
      async () => {
        events = await allEvents(log);
        return names.every((name) => !Number.isNaN(timeOf(events, 'remediation_complete', name)));
      },
      60_000,
      'not every death was answered'
    );
    const toAlert: number[] = [];
    const toOrder: number[] = [];
    for (const name of names) {
      const alert = events.find((event) => event.type === 'health_alert' && event.container === name);
      const died = alert?.type === 'health_alert' ? Date.parse(alert.data.ill_since ?? '') : Number.NaN;
      toAlert.push(timeOf(events, 'health_alert', name) - died);
      toOrder.push(timeOf(events, 'remediation_started', name) - died);
    }
    const restarted = events.filter((event) => event.type === 'remediation_complete' && event.data.result.status === 'success').length;
    const known = toAlert.filter((value) => !Number.isNaN(value));
    const ordered = toOrder.filter((value) => !Number.isNaN(value));
    return [
      under(group, 'death to alert, p50', percentile(known, 50), 'ms', 100),
      under(group, 'death to alert, p99', percentile(known, 99), 'ms', 100),
      under(group, 'death to restart ordered, p50', percentile(ordered, 50), 'ms', 1000),
      under(group, 'death to restart ordered, p99', percentile(ordered, 99), 'ms', 1000),
      plain(group, `restarts done for ${DEATHS} deaths`, restarted, 'restarts'),
      under(group, 'resident memory of all agents in one process', rssMegabytes(agents.child?.pid ?? 0), 'MB', 160),
    ];
  } finally {
    await agents.kill();
    log.redis.disconnect();
    await docker.removeContainers();
  }
}

/** A tar with one empty file `die`. */
function dieArchive(): Buffer {
  const header = Buffer.alloc(512);
  header.write('die', 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write('00000000000\0', 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.alloc(1024)]);
}

/** Fifty idle containers: what watching them costs, and how old their figures get. */
async function idle(docker: DockerEngine, port: number): Promise<Figure[]> {
  const group = `${IDLE} idle containers (real Docker engine)`;
  const log = labLog(port);
  await log.redis.flushall();
  for (let index = 0; index < IDLE; index += 1) {
    await docker.runContainer({ name: `idle-${index}`, network: 'none' });
  }
  const monitor = new AgentProcess(['monitor'], port, { DOCKER_HOST: docker.dockerHost }).start();
  try {
    await untilAlive(log, ['monitor']);
    await until(async () => (await log.redis.hlen(log.partition(0).containers)) >= IDLE, 30_000, 'not all containers were seen');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const pid = monitor.child?.pid ?? 0;
    const before = { monitor: cpuSeconds(pid), engine: cpuSeconds(docker.pid), at: performance.now() };
    let oldest = 0;
    while (performance.now() - before.at < WATCH_MS) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      oldest = Math.max(oldest, await oldestFigures(log));
    }
    const seconds = (performance.now() - before.at) / 1000;
    const states = await readAgentStates(log);
    return [
      under(group, 'age of the oldest figures, worst moment', oldest / 1000, 's', 5),
      under(group, 'CPU of the monitor', ((cpuSeconds(pid) - before.monitor) / seconds) * 100, '% of a core', 10),
      plain(group, 'CPU of the Docker engine meanwhile', ((cpuSeconds(docker.pid) - before.engine) / seconds) * 100, '% of a core'),
      under(group, 'resident memory of the monitor', rssMegabytes(pid), 'MB', 120, `${states.length} agent`),
    ];
  } finally {
    await monitor.kill();
    log.redis.disconnect();
    await docker.removeContainers();
  }
}

/** The age of the newest sample of the container that was sampled longest ago, in milliseconds. */
async function oldestFigures(log: HemostatLog): Promise<number> {
  const keys = log.partition(0);
  const containers = await log.redis.hkeys(keys.containers);
  const newest = await Promise.all(containers.map((container) => log.redis.xrevrange(keys.samples(container), '+', '-', 'COUNT', 1)));
  const now = Date.now();
  return Math.max(0, ...newest.map((entries) => (entries[0] ? now - Number(entries[0][0].split('-')[0]) : Number.POSITIVE_INFINITY)));
}

export async function containers(docker: DockerEngine, port: number, environment: Record<string, string>): Promise<Figure[]> {
  return [...(await deaths(docker, port, environment)), ...(await idle(docker, port))];
}
