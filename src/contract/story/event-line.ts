import { containerKey, type HemostatEvent } from '../events';
import { eventText, type StoryOptions } from './event-text';
import { worstOf } from './figures';
import { eventMark, severityMark } from './marks';
import { plainText } from './plain-text';
import { clockText } from './time';

/** The container of an event with its host, safe to print; the agent where it is about none. */
export function subjectText(event: HemostatEvent): string {
  return plainText(containerKey(event), 120) || plainText(event.agent, 60) || 'hemostat';
}

/**
 * One event as one line for a person:
 * `14:03:07.120 [ALERT] [HIGH] web-2: health check says unhealthy (CPU 12 %, memory 71 %)`.
 * @param options.time false leaves the time out
 */
export function eventLine(event: HemostatEvent, options: StoryOptions & { time?: boolean } = {}): string {
  return [
    options.time === false ? '' : clockText(event.time, options.timeZone ?? 'UTC', true),
    eventMark(event.type),
    event.type === 'health_alert'
      ? severityMark(event.data.anomalies.length > 0 ? worstOf(event.data.anomalies) : '')
      : '',
    `${subjectText(event)}: ${eventText(event, options)}`,
  ]
    .filter(Boolean)
    .join(' ');
}
