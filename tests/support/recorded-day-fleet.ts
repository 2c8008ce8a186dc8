import type { ContainerState } from '../../src/contract/containers';
import { containerKey, type Figures } from '../../src/contract/events';
import { sha256 } from '../../agents/runtime/ids';

/** A container of the recorded day, and how it is when it is well. */
export interface Member {
  host: string;
  container: string;
  project: string;
  service: string;
  image: string;
  memoryMb: number;
  /** Percent of one CPU, and of the memory limit, around which its figures move. */
  cpu: number;
  memory: number;
  /** Has a health check of its own. */
  checked: boolean;
  labels: Record<string, string>;
  /** Container keys. */
  dependsOn: string[];
  networkParent: string;
}

interface Service {
  service: string;
  version: string;
  copies?: number;
  memoryMb?: number;
  cpu?: number;
  memory?: number;
  checked?: boolean;
  labels?: Record<string, string>;
  /** Services of the same project. */
  needs?: string[];
  networkOf?: string;
}

const PROJECTS: ReadonlyArray<{ project: string; host: string; services: Service[] }> = [
  {
    project: 'shop',
    host: 'rack-1',
    services: [
      { service: 'web', version: '2.4.1', copies: 6, cpu: 18, memory: 44, needs: ['api'] },
      { service: 'api', version: '2.4.1', copies: 4, cpu: 31, memory: 58, needs: ['db', 'cache'], labels: { 'hemostat.mode': 'approve' } },
      { service: 'search', version: '9.1.0', copies: 2, cpu: 42, memory: 63 },
      { service: 'cart', version: '1.12.3', copies: 2, cpu: 9, memory: 37, needs: ['cache'] },
      { service: 'payment', version: '1.9.0', cpu: 6, memory: 33, needs: ['db'], labels: { 'hemostat.cooldown': '7200' } },
      { service: 'db', version: '16.4', memoryMb: 2048, cpu: 24, memory: 71, checked: true },
      { service: 'cache', version: '7.2.5', cpu: 5, memory: 52 },
    ],
  },
  {
    project: 'queue',
    host: 'rack-1',
    services: [
      { service: 'broker', version: '3.13.7', memoryMb: 1024, cpu: 14, memory: 49 },
      { service: 'worker', version: '7.1.0', copies: 8, cpu: 36, memory: 41, checked: false, needs: ['broker'] },
      { service: 'scheduler', version: '7.1.0', cpu: 3, memory: 22, needs: ['broker'] },
      { service: 'mailer', version: '4.0.2', copies: 2, cpu: 2, memory: 29, checked: false, needs: ['broker'] },
    ],
  },
  {
    project: 'media',
    host: 'rack-2',
    services: [
      { service: 'gateway', version: '1.27.1', cpu: 8, memory: 26 },
      { service: 'transcode', version: '6.1.2', copies: 5, memoryMb: 4096, cpu: 160, memory: 66, checked: false },
      { service: 'thumbs', version: '3.3.0', copies: 2, cpu: 27, memory: 47 },
      { service: 'store', version: '2024.9.1', memoryMb: 1024, cpu: 11, memory: 55 },
      { service: 'tunnel', version: '1.8.4', cpu: 1, memory: 12, checked: false },
      { service: 'uploader', version: '3.3.0', cpu: 6, memory: 31, checked: false, networkOf: 'tunnel' },
    ],
  },
  {
    project: 'intranet',
    host: 'rack-2',
    services: [
      { service: 'wiki', version: '24.3', cpu: 4, memory: 61, needs: ['wiki-db'] },
      { service: 'wiki-db', version: '11.4.2', cpu: 6, memory: 58 },
      { service: 'chat', version: '10.5.0', cpu: 12, memory: 57 },
      { service: 'ldap', version: '2.6.8', cpu: 1, memory: 14, labels: { 'hemostat.enable': 'false' } },
      { service: 'backup', version: '0.17.1', cpu: 2, memory: 18, checked: false },
    ],
  },
  {
    project: '',
    host: 'rack-1',
    services: [
      { service: 'proxy', version: '3.1.4', cpu: 10, memory: 21 },
      { service: 'lab-notebook', version: '7.2', cpu: 15, memory: 34, labels: { 'hemostat.mode': 'observe' } },
      { service: 'hemostat-agents', version: '0.1.0', cpu: 2, memory: 24, labels: { 'hemostat.own': 'true' } },
    ],
  },
];

const nameOf = (project: string, service: string, copy: number): string => (project ? `${project}-${service}-${copy}` : service);

function membersOf({ project, host, services }: (typeof PROJECTS)[number]): Member[] {
  const keysOf = (names: readonly string[]) =>
    services.filter(({ service }) => names.includes(service)).flatMap(({ service, copies = 1 }) => Array.from({ length: copies }, (_, index) => containerKey({ host, container: nameOf(project, service, index + 1) })));
  return services.flatMap(({ service, version, copies = 1, memoryMb = 512, cpu = 5, memory = 40, checked = true, labels = {}, needs = [], networkOf }) =>
    Array.from({ length: copies }, (_, index): Member => {
      const compose: Record<string, string> = project ? { 'com.docker.compose.project': project, 'com.docker.compose.service': service } : {};
      const networkParent = networkOf ? containerKey({ host, container: nameOf(project, networkOf, 1) }) : '';
      return {
        host,
        container: nameOf(project, service, index + 1),
        project,
        service: project ? service : '',
        image: `${project || 'tools'}/${service}:${version}`,
        memoryMb,
        cpu,
        memory,
        checked,
        labels: { ...compose, ...labels },
        dependsOn: [...keysOf(needs), ...(networkParent ? [networkParent] : [])],
        networkParent,
      };
    })
  );
}

/** 48 containers on two hosts: four Compose projects and three containers without one. */
export const MEMBERS: readonly Member[] = PROJECTS.flatMap(membersOf);

/** @throws when there is no such container. */
export function memberOf(container: string): Member {
  const found = MEMBERS.find((one) => one.container === container);
  if (!found) {
    throw new Error(`The recorded day has no container ${container}.`);
  }
  return found;
}

/** Docker's full id, always the same for a container. */
export const idOf = ({ host, container }: Member): string => sha256(`recorded ${host}/${container}`);

/** What an illness does to the figures and words of a container. */
export interface Condition {
  status: string;
  health: string;
  cpu?: number;
  memory?: number;
  exitCode?: number;
  oomKilled?: boolean;
}

export const wellOf = (member: Member): Condition => ({ status: 'running', health: member.checked ? 'healthy' : 'unknown' });

/**
 * Figures of a container at a moment: the same moment gives the same figures.
 * @param sinceMs since its start, milliseconds: what its counters grow by
 */
export function figuresOf(member: Member, condition: Condition, atMs: number, sinceMs: number): Figures {
  if (condition.status !== 'running') {
    return {};
  }
  const phase = Number.parseInt(idOf(member).slice(0, 6), 16);
  const wave = Math.sin(atMs / 1_700_000 + phase) * 0.18 + Math.sin(atMs / 190_000 + phase * 3) * 0.08 + Math.sin(atMs / 11_000 + phase * 7) * 0.04;
  const cpu = (condition.cpu ?? member.cpu) * (1 + wave);
  const memory = Math.min(99.9, (condition.memory ?? member.memory) * (1 + wave / 4));
  const limit = member.memoryMb * 1_048_576;
  const seconds = Math.max(0, sinceMs / 1000);
  return {
    cpu_percent: Math.round(cpu * 10) / 10,
    memory_percent: Math.round(memory * 10) / 10,
    memory_usage: Math.round((limit * memory) / 100),
    memory_limit: limit,
    network_rx_bytes: Math.round(seconds * member.cpu * 3100),
    network_tx_bytes: Math.round(seconds * member.cpu * 5200),
    blkio_read_bytes: Math.round(seconds * member.memory * 90),
    blkio_write_bytes: Math.round(seconds * member.memory * 240),
  };
}

export interface StateFacts {
  condition: Condition;
  startedMs: number;
  restarts: number;
  seenMs: number;
  illness?: { sinceMs: number; episode: string; alerts: number };
}

/** What the monitor would have written of it. */
export function stateOf(member: Member, { condition, startedMs, restarts, seenMs, illness }: StateFacts): ContainerState {
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    host: member.host,
    container: member.container,
    container_id: idOf(member),
    image: member.image,
    image_id: `sha256:${sha256(member.image)}`,
    status: condition.status,
    health_status: condition.health,
    exit_code: condition.exitCode ?? 0,
    oom_killed: condition.oomKilled ?? false,
    restart_count: restarts,
    started_at: iso(startedMs),
    ...(condition.status === 'exited' ? { finished_at: iso(illness?.sinceMs ?? seenMs) } : {}),
    restart_policy: 'unless-stopped',
    labels: member.labels,
    project: member.project,
    service: member.service,
    depends_on: member.dependsOn,
    network_parent: member.networkParent,
    metrics: figuresOf(member, condition, seenMs, seenMs - startedMs),
    ill: illness !== undefined,
    ...(illness ? { ill_since: iso(illness.sinceMs), episode: illness.episode, alerts: illness.alerts } : {}),
    seen_at: iso(seenMs),
  };
}
