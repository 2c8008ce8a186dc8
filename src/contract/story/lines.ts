import type { EventType, HemostatEvent } from '../events';
import { eventText, guardsText, type StoryOptions } from './event-text';
import { plainText } from './plain-text';

/** One step of a story. */
export interface StoryLine {
  /** By the clock of the event's writer, ISO 8601 UTC; empty when unreadable. */
  time: string;
  /** Milliseconds since the first event of the story; less than 0 where clocks differ. */
  offsetMs: number;
  /** What kind of step it is, in one or two words: `detected`, `analysed`, `guards`, `acted`, `refused`, `verified` … */
  kind: string;
  text: string;
}

const KINDS: Record<EventType, string> = {
  health_alert: 'detected',
  container_recovered: 'recovered',
  container_event: 'seen',
  forensics_captured: 'saved',
  analysis_started: 'asked',
  remediation_needed: 'analysed',
  false_alarm: 'analysed',
  approval_requested: 'waiting',
  approval_decided: 'decided',
  remediation_started: 'acting',
  remediation_complete: 'acted',
  remediation_verified: 'verified',
  command: 'ordered',
  notification_sent: 'notified',
  notification_failed: 'not notified',
  notification_deduped: 'not notified',
  agent_started: 'healer',
  agent_stopped: 'healer',
  agent_trouble: 'healer',
  dead_letter: 'put aside',
  vulnerability_alert: 'vulnerability',
  insight_made: 'insight',
  insight_failed: 'no insight',
  error_rate_episode: 'errors',
  dashboard_pushed: 'pushed',
  agent_alert: 'healer alert',
};

function kindOf(event: HemostatEvent): string {
  if (event.type !== 'remediation_complete') {
    return event.type === 'health_alert' && event.data.repeat ? 'still ill' : KINDS[event.type];
  }
  const { result, dry_run: dryRun } = event.data;
  if (result.status === 'success') {
    return dryRun ? 'dry run' : 'acted';
  }
  if (event.data.action === 'none') {
    return 'left alone';
  }
  return { failed: 'failed', rejected: 'refused', not_applicable: 'not possible' }[result.status];
}

function guardsLine(event: HemostatEvent): string | undefined {
  if ((event.type !== 'remediation_started' && event.type !== 'approval_requested') || event.data.guards.length === 0) {
    return undefined;
  }
  return `${guardsText(event.data.guards)} (mode ${plainText(event.data.mode, 20)})`;
}

/** The steps of a story, in the order of the log. An event that stands twice is told once. */
export function storyLines(events: readonly HemostatEvent[], options: StoryOptions): StoryLine[] {
  const start = events.map((event) => Date.parse(event.time)).find((at) => !Number.isNaN(at)) ?? 0;
  const seen = new Set<string>();
  return events.flatMap((event) => {
    if (seen.has(event.id)) {
      return [];
    }
    seen.add(event.id);
    const at = Date.parse(event.time);
    const step = Number.isNaN(at)
      ? { time: '', offsetMs: 0 }
      : { time: new Date(at).toISOString(), offsetMs: at - start };
    const guards = guardsLine(event);
    return [
      ...(guards ? [{ ...step, kind: 'guards', text: guards }] : []),
      { ...step, kind: kindOf(event), text: eventText(event, options) },
    ];
  });
}
