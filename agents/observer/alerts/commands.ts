import type { AgentAlert, Command } from '../../../src/contract/events';
import { acknowledge, resolve, silenceUntil, type AlertTransition } from '../../../src/contract/observability/alert-state';

/**
 * What a person's command makes of an alert; why nothing, in words. Pure.
 * @param times milliseconds: when the person asked, and now
 */
export function transitionOf(alert: AgentAlert, data: Command, { asked, now }: { asked: number; now: number }): AlertTransition {
  switch (data.command) {
    case 'alert_acknowledge':
      return acknowledge(alert, { user: data.user, ...(data.comment ? { comment: data.comment } : {}) }, asked);
    case 'alert_silence':
      return silenceUntil(alert, { user: data.user, until: data.until }, now);
    case 'alert_resolve':
      return resolve(alert, data.user, now);
    default:
      return { ok: false, message: `${data.command} is not about an alert.` };
  }
}
