import type { EventOf, Anomaly } from '../../src/contract/events';
import type { EngineEvent } from '../docker/engine';
import { derivedId } from '../runtime/ids';
import { derived, observed } from '../runtime/new-event';
import type { Forensics } from './forensics';
import { safeText } from './hostile-text';
import type { Illness } from './illness';
import type { Finding } from './judge';
import { projectOf, serviceOf } from './labels';
import { episodeOf, shortId } from './state';
import { ms, type Vitals } from './vitals';

const AGENT = 'monitor';
const DETAIL_CHARS = 300;

export interface Place {
  host: string;
  engineId: string;
}

function whole(labels: Readonly<Record<string, string>>): { project?: string; service?: string } {
  const project = projectOf(labels);
  const service = serviceOf(labels);
  return { ...(project ? { project } : {}), ...(service ? { service } : {}) };
}

function toldAnomaly({ anomaly }: Finding): Anomaly {
  return { ...anomaly, ...(anomaly.detail === undefined ? {} : { detail: safeText(anomaly.detail, DETAIL_CHARS).text }) };
}

/** @param illness as it stands with this alert counted */
export function alertEvent(place: Place, { details, figures }: Vitals, illness: Illness, findings: readonly Finding[], options: { repeat: boolean; forensics: boolean; now: number; spanId?: string | undefined }): EventOf<'health_alert'> {
  const episode = episodeOf(place.engineId, details.id, illness.since);
  return observed(
    'health_alert',
    AGENT,
    {
      id: derivedId(episode, 'alert', illness.alerts),
      // The engine's clock may be ahead of ours: an illness is never seen before it began.
      time: new Date(Math.max(options.now, illness.since)).toISOString(),
      host: place.host,
      container: details.name,
      ...(options.spanId ? { span_id: options.spanId } : {}),
    },
    {
      container_id: shortId(details.id),
      image: details.image,
      status: details.status,
      health_status: details.health,
      exit_code: details.exitCode,
      oom_killed: details.oomKilled,
      restart_count: details.restartCount,
      metrics: figures,
      anomalies: findings.map(toldAnomaly),
      ill_since: new Date(illness.since).toISOString(),
      episode,
      repeat: options.repeat,
      ...(options.forensics ? { forensics_pending: true } : {}),
      ...whole(details.labels),
    }
  );
}

export interface Recovery {
  containerId: string;
  name: string;
  healthStatus: string;
  metrics: Vitals['figures'];
  since: number;
  reason: EventOf<'container_recovered'>['data']['reason'];
  now: number;
}

export function recoveredEvent(place: Place, recovery: Recovery): EventOf<'container_recovered'> {
  const episode = episodeOf(place.engineId, recovery.containerId, recovery.since);
  return observed(
    'container_recovered',
    AGENT,
    { id: derivedId(episode, 'recovered'), time: new Date(Math.max(recovery.now, recovery.since)).toISOString(), host: place.host, container: recovery.name },
    {
      container_id: shortId(recovery.containerId),
      reason: recovery.reason,
      health_status: recovery.healthStatus,
      metrics: recovery.metrics,
      episode,
      ill_for_seconds: Math.max(0, (recovery.now - recovery.since) / 1000),
    }
  );
}

/** @param spanId of the step in which it was saved */
export function forensicsEvent(alert: EventOf<'health_alert'>, incidentId: string, forensics: Forensics, spanId?: string): EventOf<'forensics_captured'> {
  const event = derived({ ...alert, incident_id: incidentId, trace_id: incidentId }, 'forensics_captured', AGENT, forensics);
  return spanId === undefined ? event : { ...event, span_id: spanId };
}

/** Told by others already, or of no use to a reader: `kill` is told by the `die` that follows. */
const NOT_TOLD = new Set(['kill', 'update']);

function detailOf(event: EngineEvent): string | undefined {
  if (event.action === 'health_status') {
    return `health is ${event.health ?? 'unknown'}`;
  }
  return event.action === 'rename' && event.oldName ? `was ${event.oldName}` : undefined;
}

/**
 * One event of the engine for the log; undefined for those that are not told.
 * @param onPurpose for `die` and `start`: whether somebody asked for it
 */
export function lifecycleEvent(place: Place, event: EngineEvent, onPurpose: boolean | undefined): EventOf<'container_event'> | undefined {
  if (NOT_TOLD.has(event.action)) {
    return undefined;
  }
  const detail = detailOf(event);
  const project = projectOf(event.labels);
  return observed(
    'container_event',
    AGENT,
    {
      id: derivedId(place.engineId, event.containerId, event.action, event.timeNano),
      time: new Date(event.at).toISOString(),
      host: place.host,
      container: event.name,
    },
    {
      container_id: shortId(event.containerId),
      image: event.image,
      action: event.action,
      ...(event.exitCode === undefined ? {} : { exit_code: event.exitCode }),
      ...(onPurpose === undefined ? {} : { on_purpose: onPurpose }),
      ...(detail ? { detail } : {}),
      ...(project ? { project } : {}),
    }
  );
}

/** The container as it must be right after a `die`, when the engine is too slow to be asked. */
export function diedDetails(vitals: Vitals, event: EngineEvent): Vitals['details'] {
  const { details } = vitals;
  const exitCode = event.exitCode ?? details.exitCode;
  const { name, maximumRetryCount } = details.restartPolicy;
  const tries = name === 'on-failure' && exitCode !== 0 && (maximumRetryCount === 0 || details.restartCount < maximumRetryCount);
  const restarting = name === 'always' || name === 'unless-stopped' || tries;
  const oom = vitals.marks.oomAt !== undefined && vitals.marks.oomAt >= (ms(details.startedAt) ?? 0);
  return { ...details, running: false, paused: false, restarting, status: restarting ? 'restarting' : 'exited', exitCode, oomKilled: oom && exitCode === 137, finishedAt: new Date(event.at).toISOString(), pid: 0 };
}
