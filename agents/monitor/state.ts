import type { ContainerState } from '../../src/contract/containers';
import { LEGACY } from '../../src/contract/streams';
import { containerKey } from '../../src/contract/events';
import { derivedId } from '../runtime/ids';
import type { Illness } from './illness';
import { keptLabels, projectOf, serviceOf } from './labels';
import type { Vitals } from './vitals';

/** The same for every alert of one illness, whoever tells it. */
export function episodeOf(engineId: string, containerId: string, since: number): string {
  return derivedId(engineId, containerId, new Date(since).toISOString());
}

export const shortId = (id: string): string => id.slice(0, 12);

export interface Surroundings {
  host: string;
  engineId: string;
  /** Names of the containers that it depends on. */
  dependsOn: readonly string[];
  /** Name of the container whose network it shares. */
  networkParent: string;
  /** Alerts of its illness that stand in the log. */
  alertsInLog: number;
}

function illnessFields(illness: Illness | undefined, details: { id: string }, around: Surroundings): Pick<ContainerState, 'ill' | 'ill_since' | 'episode' | 'alerts'> {
  return illness
    ? { ill: true, ill_since: new Date(illness.since).toISOString(), episode: episodeOf(around.engineId, details.id, illness.since), alerts: around.alertsInLog }
    : { ill: false };
}

/** What the other agents and the pages read of a container. */
export function containerState({ details, figures, manualStopAt, manualStartAt }: Vitals, illness: Illness | undefined, around: Surroundings, seenAt: number): ContainerState {
  const key = (name: string) => containerKey({ host: around.host, container: name });
  return {
    host: around.host,
    container: details.name,
    container_id: details.id,
    image: details.image,
    image_id: details.imageId,
    status: details.status,
    health_status: details.health,
    exit_code: details.exitCode,
    oom_killed: details.oomKilled,
    restart_count: details.restartCount,
    ...(details.startedAt ? { started_at: details.startedAt } : {}),
    ...(details.finishedAt ? { finished_at: details.finishedAt } : {}),
    ...(manualStopAt ? { manual_stop_at: manualStopAt } : {}),
    ...(manualStartAt ? { manual_start_at: manualStartAt } : {}),
    restart_policy: details.restartPolicy.name,
    labels: keptLabels(details.labels),
    project: projectOf(details.labels),
    service: serviceOf(details.labels),
    depends_on: around.dependsOn.map(key),
    network_parent: around.networkParent ? key(around.networkParent) : '',
    metrics: figures,
    ...illnessFields(illness, details, around),
    seen_at: new Date(seenAt).toISOString(),
  };
}

/** Fields of a sample: figures as text, with the words that a proof of effect needs. */
export function sampleFields(state: ContainerState): string[] {
  const figures = Object.entries(state.metrics).flatMap(([name, value]) => [name, String(value)]);
  return [...figures, 'status', state.status, 'health', state.health_status, 'restarts', String(state.restart_count)];
}

/** The two records that the original's pages read, each with its seconds of life. */
export function legacyRecords(state: ContainerState): Array<{ key: string; seconds: number; json: string }> {
  // The original has no word for unknown.
  const { cpu_percent = 0, memory_percent = 0, memory_usage = 0, memory_limit = 0 } = state.metrics;
  const timestamp = state.seen_at.replace(/Z$/, '000+00:00');
  const base = { container_id: shortId(state.container_id), container_name: state.container };
  return [
    {
      key: LEGACY.containerState(shortId(state.container_id)),
      seconds: LEGACY.life.containerState,
      json: JSON.stringify({ ...base, status: state.status, cpu_percent, memory_percent, memory_usage, memory_limit, health_status: state.health_status, timestamp }),
    },
    { key: LEGACY.stats(state.container), seconds: LEGACY.life.stats, json: JSON.stringify({ ...base, ...state.metrics, timestamp }) },
  ];
}
