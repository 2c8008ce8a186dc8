import type { HealthcheckSpec, RestartPolicy } from './engine/types';
import type { Cure, IllnessKind } from './illness';
import { httpProbe } from './probe';

const MB = 1024 * 1024;
const ONE_CPU = 1_000_000_000;

export interface IllnessPlan {
  kind: IllnessKind;
  cure: Cure;
  /** First time, milliseconds after the fleet has started; jittered by the seed. */
  firstMs: number;
}

/** A container of the demo before it has processes: what differs from its neighbours. */
export interface Member {
  project: 'shop' | 'queue';
  service: string;
  /** Image version. */
  version: string;
  program: string;
  memoryMb: number;
  cpus?: number;
  restart?: RestartPolicy;
  health?: Partial<HealthcheckSpec>;
  env?: string[];
  labels?: Record<string, string>;
  /** Service whose network this container shares. */
  networkOf?: string;
  slowStartMs?: number;
  illness?: IllnessPlan;
}

export const NO_RESTART: RestartPolicy = { Name: 'no', MaximumRetryCount: 0 };
const UNLESS_STOPPED: RestartPolicy = { Name: 'unless-stopped', MaximumRetryCount: 0 };

const HEALTH: HealthcheckSpec = {
  test: ['CMD-SHELL', 'wget -qO- http://127.0.0.1:8080/healthz || exit 1'],
  intervalMs: 5000,
  timeoutMs: 3000,
  startPeriodMs: 5000,
  retries: 3,
  probe: httpProbe,
};
/** Checks often, so that a failing one is seen within seconds. */
const QUICK = { intervalMs: 3000, retries: 2 };

export const healthcheckOf = (member: Member): HealthcheckSpec | undefined =>
  member.health && { ...HEALTH, ...member.health };

export const nameOf = (member: Pick<Member, 'project' | 'service'>): string => `${member.project}-${member.service}-1`;

/** How long a slow starter takes, milliseconds. */
export const SLOW_START_MS = 30_000;
/** How long the crash loop that heals by itself goes on, milliseconds. */
export const LOOP_HEALS_AFTER_MS = 75_000;
/** How long the user leaves a stopped container stopped, milliseconds. */
export const STOPPED_FOR_MS = 60_000;

const healthyNeighbours: Member[] = [
  {
    project: 'shop',
    service: 'web',
    version: '2.4.1',
    program: 'service',
    memoryMb: 192,
    restart: UNLESS_STOPPED,
    health: {},
    labels: dependsOn('catalog'),
  },
  {
    project: 'shop',
    service: 'catalog',
    version: '5.0.3',
    program: 'service',
    memoryMb: 192,
    restart: UNLESS_STOPPED,
    health: {},
    labels: dependsOn('db'),
  },
  {
    project: 'shop',
    service: 'db',
    version: '16.4',
    program: 'service',
    memoryMb: 256,
    restart: UNLESS_STOPPED,
    env: ['POSTGRES_PASSWORD=not-a-real-password'],
  },
  {
    project: 'queue',
    service: 'broker',
    version: '3.13.7',
    program: 'service',
    memoryMb: 256,
    restart: UNLESS_STOPPED,
    health: {},
  },
  {
    project: 'queue',
    service: 'worker',
    version: '7.1.0',
    program: 'service',
    memoryMb: 128,
    restart: UNLESS_STOPPED,
    labels: dependsOn('broker'),
  },
];

const patients: Member[] = [
  {
    project: 'shop',
    service: 'payment',
    version: '1.9.0',
    program: 'crash',
    memoryMb: 128,
    labels: dependsOn('db'),
    illness: { kind: 'crash', cure: 'restart', firstMs: 7000 },
  },
  {
    project: 'shop',
    service: 'cart',
    version: '2.2.7',
    program: 'failing-health',
    memoryMb: 128,
    restart: UNLESS_STOPPED,
    health: QUICK,
    labels: { autoheal: 'true' },
    illness: { kind: 'failing_health', cure: 'restart', firstMs: 11_000 },
  },
  {
    project: 'shop',
    service: 'recommender',
    version: '0.12.2',
    program: 'cpu-burn',
    memoryMb: 192,
    cpus: 1,
    labels: { 'hemostat.enable': 'true' },
    illness: { kind: 'cpu_burn', cure: 'restart', firstMs: 15_000 },
  },
  {
    project: 'shop',
    service: 'search',
    version: '3.3.0',
    program: 'memory-leak',
    memoryMb: 96,
    illness: { kind: 'memory_leak', cure: 'restart', firstMs: 19_000 },
  },
  {
    project: 'queue',
    service: 'mailer',
    version: '4.1.0',
    program: 'crash-loop',
    memoryMb: 128,
    restart: { Name: 'on-failure', MaximumRetryCount: 8 },
    illness: { kind: 'crash_loop', cure: 'restart', firstMs: 23_000 },
  },
  {
    project: 'queue',
    service: 'tunnel',
    version: '1.0.20',
    program: 'network-parent',
    memoryMb: 96,
    restart: UNLESS_STOPPED,
    health: {},
  },
  {
    project: 'queue',
    service: 'uplink',
    version: '1.1.4',
    program: 'network-child',
    memoryMb: 96,
    restart: UNLESS_STOPPED,
    health: QUICK,
    networkOf: 'tunnel',
    labels: dependsOn('tunnel', 'service_healthy'),
    illness: { kind: 'lost_network', cure: 'restart', firstMs: 27_000 },
  },
  {
    project: 'shop',
    service: 'report',
    version: '1.4.0',
    program: 'service',
    memoryMb: 96,
    restart: UNLESS_STOPPED,
    illness: { kind: 'intended_stop', cure: 'nothing', firstMs: 31_000 },
  },
  {
    project: 'shop',
    service: 'banner',
    version: '1.8.3',
    program: 'service',
    memoryMb: 96,
    restart: UNLESS_STOPPED,
    health: {},
    illness: { kind: 'planned_update', cure: 'nothing', firstMs: 34_000 },
  },
  {
    project: 'queue',
    service: 'scheduler',
    version: '2.0.5',
    program: 'crash-loop',
    memoryMb: 96,
    restart: { Name: 'always', MaximumRetryCount: 0 },
    illness: { kind: 'crash_loop', cure: 'time', firstMs: 37_000 },
  },
  {
    project: 'queue',
    service: 'ingest',
    version: '6.2.0',
    program: 'slow-start',
    memoryMb: 160,
    restart: UNLESS_STOPPED,
    health: { startPeriodMs: 60_000 },
    slowStartMs: SLOW_START_MS,
    illness: { kind: 'slow_start', cure: 'nothing', firstMs: 0 },
  },
];

/** All of the demo's containers, a network's owner before those that share it. */
export const MEMBERS: readonly Member[] = [...healthyNeighbours, ...patients];

/** Compose's own form of the label: service, condition, whether a restart of the one restarts the other. */
function dependsOn(service: string, condition = 'service_started'): Record<string, string> {
  return { 'com.docker.compose.depends_on': `${service}:${condition}:true` };
}

function composeLabels(member: Member): Record<string, string> {
  return {
    'com.docker.compose.project': member.project,
    'com.docker.compose.service': member.service,
    'com.docker.compose.container-number': '1',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.version': '2.29.1',
  };
}

/** What Docker would know of this member besides its health check and its process. */
export function describe(member: Member): {
  name: string;
  image: string;
  command: string[];
  env: string[];
  labels: Record<string, string>;
  memoryBytes: number;
  nanoCpus: number;
  networkMode: string;
  restartPolicy: RestartPolicy;
} {
  const { project, service, version } = member;
  return {
    name: nameOf(member),
    image: `registry.example/${project}/${service}:${version}`,
    command: ['node', `/app/dist/${service}.js`],
    env: ['NODE_ENV=production', `SERVICE_NAME=${service}`, ...(member.env ?? [])],
    labels: { ...composeLabels(member), ...member.labels },
    memoryBytes: member.memoryMb * MB,
    nanoCpus: (member.cpus ?? 0) * ONE_CPU,
    networkMode: member.networkOf === undefined ? `${project}_default` : `container:${project}-${member.networkOf}-1`,
    restartPolicy: member.restart ?? NO_RESTART,
  };
}

/** Keeps the members whose name, service or kind of illness is listed, and the owners of the networks they share. */
export function selectMembers(only: readonly string[] | undefined): Member[] {
  if (only === undefined) {
    return [...MEMBERS];
  }
  const wanted = (m: Member): boolean =>
    [nameOf(m), m.service, m.illness?.kind].some((key) => key !== undefined && only.includes(key));
  const chosen = MEMBERS.filter(wanted);
  const known = MEMBERS.flatMap((m) => [nameOf(m), m.service, m.illness?.kind ?? '']);
  const unknown = only.find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new Error(
      `The demo fleet has no container or illness "${unknown}"; it has ${MEMBERS.map(nameOf).join(', ')}.`
    );
  }
  const owners = new Set(chosen.map((m) => (m.networkOf === undefined ? '' : `${m.project}-${m.networkOf}-1`)));
  return MEMBERS.filter((m) => chosen.includes(m) || owners.has(nameOf(m)));
}
