import type { EventOf } from '../../src/contract/events';
import type { Wish } from './decide';

type Command = EventOf<'command'>;

/** What the analyzer wants done. */
export function wishOf(event: EventOf<'remediation_needed'>): Wish {
  const { data } = event;
  return {
    cause: event,
    action: data.action,
    arguments: data.arguments,
    confidence: data.confidence,
    reason: data.reason,
    metrics: data.metrics,
    alertedAt: data.alerted_at ?? event.time,
    project: data.project,
    forensicsPending: data.forensics_pending === true,
    authorisedBy: 'policy',
    ordered: false,
  };
}

/** What a person wants done. */
export function orderWish(event: Command, data: Extract<Command['data'], { command: 'remediate' }>): Wish {
  return {
    cause: event,
    action: data.action,
    arguments: data.arguments,
    confidence: 1,
    reason: data.reason || `Ordered by ${data.user}.`,
    metrics: {},
    alertedAt: event.time,
    forensicsPending: false,
    authorisedBy: data.user,
    ordered: true,
  };
}
