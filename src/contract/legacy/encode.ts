import type { HemostatEvent } from '../events';
import { LEGACY, LEGACY_AGENT, LEGACY_EVENT_TYPE, LEGACY_STORED } from '../streams';

function legacyData(event: HemostatEvent): Record<string, unknown> | undefined {
  switch (event.type) {
    case 'health_alert': {
      const { container_id, image, status, metrics, anomalies, health_status, exit_code, restart_count } = event.data;
      return { container_id, container_name: event.container, image, status, metrics, anomalies, health_status, exit_code, restart_count };
    }
    case 'remediation_needed': {
      // Its responder fails on "none": what needs a person is not for it.
      if (event.data.action === 'none') {
        return undefined;
      }
      const { action, reason, confidence, metrics, analysis_method } = event.data;
      return { container: event.container, action, reason, confidence, metrics, analysis_method };
    }
    case 'false_alarm': {
      const { reason, confidence, analysis_method } = event.data;
      return { container: event.container, reason, confidence, analysis_method };
    }
    case 'remediation_complete': {
      const { action, result, dry_run, reason, confidence } = event.data;
      return { container: event.container, action, result, dry_run, reason, confidence };
    }
    case 'vulnerability_alert':
      return event.data;
    default:
      return undefined;
  }
}

/** Our event as the original writes it, or undefined where it knows no such event. */
export function encodeLegacy(event: HemostatEvent): string | undefined {
  const data = legacyData(event);
  if (!data) {
    return undefined;
  }
  return JSON.stringify({
    event_type: LEGACY_EVENT_TYPE[event.type],
    timestamp: event.time.replace(/Z$/, '000+00:00'),
    agent: LEGACY_AGENT[event.agent] ?? event.agent,
    // Inside `data`, because the original's alert agent stores copies without the envelope's further fields.
    data: { ...data, hemostat_id: event.id },
  });
}

function completeCommands(event: Extract<HemostatEvent, { type: 'remediation_complete' }>): string[][] {
  const { data, container, time } = event;
  const timestamp = time.replace(/Z$/, '000+00:00');
  const audit = JSON.stringify({
    timestamp,
    container,
    action: data.action,
    result_status: data.result.status,
    error: data.result.error ?? null,
    confidence: data.confidence,
    reason: data.reason,
    metrics: data.metrics ?? {},
    dry_run: data.dry_run,
  });
  const key = LEGACY.audit(container);
  const commands = [
    ['LPUSH', key, audit],
    ['LTRIM', key, '0', String(LEGACY.maxEvents - 1)],
    ['EXPIRE', key, String(LEGACY.life.audit)],
  ];
  if (data.result.status === 'success' || data.result.status === 'failed') {
    const history = { last_action_timestamp: timestamp, last_action: data.action, last_result_status: data.result.status, retry_count: data.attempt ?? 1 };
    commands.push(['SETEX', LEGACY.remediationHistory(container), String(LEGACY.life.remediationHistory), JSON.stringify(history)]);
  }
  return commands;
}

/** How long and how many events the original's lists keep: its ALERT_EVENT_TTL and ALERT_MAX_EVENTS. */
export interface LegacyLists {
  seconds: number;
  items: number;
}
const DEFAULT_LISTS: LegacyLists = { seconds: LEGACY.life.events, items: LEGACY.maxEvents };

/**
 * The Redis commands by which an event reaches the original's agents and dashboards: publish, and the lists and keys it keeps.
 * @returns no command for events that the original does not know.
 */
export function legacyCommands(event: HemostatEvent, lists: LegacyLists = DEFAULT_LISTS): string[][] {
  const payload = encodeLegacy(event);
  if (payload === undefined) {
    return [];
  }
  const channel = LEGACY.channels[event.type as keyof typeof LEGACY.channels];
  const commands = [['PUBLISH', channel, payload]];
  if (LEGACY_STORED.includes(event.type)) {
    for (const key of [LEGACY.allEvents, LEGACY.eventsOf(event.type)]) {
      commands.push(['LPUSH', key, payload], ['LTRIM', key, '0', String(lists.items - 1)], ['EXPIRE', key, String(lists.seconds)]);
    }
  }
  return event.type === 'remediation_complete' ? [...commands, ...completeCommands(event)] : commands;
}
