import type { Action, EventOf, EventType, HemostatEvent } from '../events';
import type { IncidentSummary } from '../incident';
import { confidenceText, methodText, outcomeOf, planText, type StoryOptions } from './event-text';
import { alertText, effectText, figuresText } from './figures';
import { clause, plainText, sentence } from './plain-text';
import { refusalsOf, refusalText } from './refusal';
import { clockOrDate, clockText, durationText } from './time';

/** The events that a summary is made of. */
interface Facts {
  first?: EventOf<'health_alert'>;
  verdict?: EventOf<'remediation_needed'> | EventOf<'false_alarm'>;
  approval?: EventOf<'approval_requested'>;
  decision?: EventOf<'approval_decided'>;
  started?: EventOf<'remediation_started'>;
  complete?: EventOf<'remediation_complete'>;
  verified?: EventOf<'remediation_verified'>;
  recovered?: EventOf<'container_recovered'>;
  /** Real actions that were done before the last one. */
  earlier: number;
}

const isReal = (event: HemostatEvent): boolean =>
  event.type === 'remediation_complete' &&
  !event.data.dry_run &&
  (event.data.result.status === 'success' || event.data.result.status === 'failed');

/** The newest event of each kind that still counts: a newer attempt makes what came of older ones history. */
function factsOf(events: readonly HemostatEvent[]): Facts {
  const last = <T extends EventType>(type: T, after = -1): [EventOf<T> | undefined, number] => {
    const index = events.findLastIndex((event, at) => at > after && event.type === type);
    return [events[index] as EventOf<T> | undefined, index];
  };
  const first = events.find((event): event is EventOf<'health_alert'> => event.type === 'health_alert');
  const verdict = events.findLast(
    (event): event is EventOf<'remediation_needed'> | EventOf<'false_alarm'> =>
      event.type === 'remediation_needed' || event.type === 'false_alarm'
  );
  const [approval, approvalAt] = last('approval_requested');
  const [started, startedAt] = last('remediation_started');
  const [complete, completeAt] = last('remediation_complete');
  return {
    earlier: Math.max(0, events.slice(0, Math.max(completeAt, 0)).filter(isReal).length),
    ...(first ? { first } : {}),
    ...(verdict ? { verdict } : {}),
    approval: approvalAt > Math.max(completeAt, startedAt) ? approval : undefined,
    decision: last('approval_decided', approvalAt)[0],
    started: startedAt > completeAt ? started : undefined,
    complete,
    verified: last('remediation_verified', Math.max(completeAt, startedAt))[0],
    recovered: last('container_recovered', Math.max(completeAt, startedAt))[0],
  };
}

function whatSentence(facts: Facts, name: string, zone: string): string {
  if (!facts.first) {
    return facts.verdict || facts.complete ? '' : `Nothing is known yet of what is wrong with ${name}`;
  }
  const figures = figuresText(facts.first.data.metrics);
  return `${name} fell ill at ${clockText(facts.first.time, zone)}: ${alertText(facts.first)}${figures ? `; ${figures}` : ''}`;
}

function whySentence({ verdict }: Facts): string {
  if (!verdict) {
    return '';
  }
  const cause = clause(verdict.data.root_cause ?? verdict.data.reason);
  const by = `${methodText(verdict.data)}, confidence ${confidenceText(verdict.data.confidence)}`;
  const head = verdict.type === 'false_alarm' ? 'Judged a false alarm' : 'Cause';
  return cause
    ? `${head}: ${cause} (${by})`
    : `${head === 'Cause' ? `The verdict was ${verdict.type === 'remediation_needed' ? verdict.data.action : 'none'}` : head} (${by})`;
}

const DONE: Record<Action, string> = {
  restart: 'Restarted',
  start: 'Started',
  stop: 'Stopped',
  scale_up: 'Scaled up',
  cleanup: 'Cleaned up',
  exec: 'Ran the command',
  none: 'Did nothing',
};

function doneSentence({ data }: EventOf<'remediation_complete'>, { earlier }: Facts): string {
  const took = data.duration_seconds ? ` in ${durationText(data.duration_seconds * 1000)}` : '';
  const by =
    data.authorised_by && data.authorised_by !== 'policy' ? `, allowed by ${plainText(data.authorised_by, 60)}` : '';
  const before = earlier > 0 ? `, after ${earlier} earlier ${earlier === 1 ? 'attempt' : 'attempts'}` : '';
  const found = data.result.steps?.length ? '' : clause(data.result.reason ?? '', 160);
  return `${DONE[data.action]}${took}${by}${before}${found && ` (${found})`}`;
}

function completeSentence(event: EventOf<'remediation_complete'>, facts: Facts, zone: string): string {
  const { action, result } = event.data;
  const why = clause(result.error ?? result.reason ?? '');
  switch (outcomeOf(event)) {
    case 'rejected':
      return `Nothing was done: ${action} ${refusalsOf(event)
        .map((verdict) => refusalText(verdict, event.time, zone))
        .join('; ')}`;
    case 'not_applicable':
      return action === 'none' ? `Nothing was done: ${why || 'this needs a person'}` : `Nothing was done: ${action} is not possible here${why ? `, ${why}` : ''}`;
    case 'failed':
      return `The ${action} failed: ${why || 'no reason was given'}`;
    case 'dry_run':
      return `Nothing was done, because this was a dry run; the action would have been: ${action}`;
    default:
      return doneSentence(event, facts);
  }
}

function approvalSentence({ approval, decision }: Facts, zone: string): string {
  if (!approval) {
    return '';
  }
  const plan = planText(approval.data.plan);
  if (!decision) {
    return `Waiting for a person to approve the ${plan}, until ${clockOrDate(approval.data.expires_at, approval.time, zone)}`;
  }
  const reason = decision.data.reason ? `: ${clause(decision.data.reason)}` : '';
  return {
    approved: `The ${plan} was approved by ${plainText(decision.data.user, 60) || 'someone'}`,
    rejected: `Nothing was done: ${plainText(decision.data.user, 60) || 'someone'} rejected the ${plan}${reason}`,
    expired: `Nothing was done: nobody approved the ${plan} in time`,
    void: `Nothing was done: the approval of the ${plan} became void${reason}`,
  }[decision.data.decision];
}

function actionSentence(facts: Facts, zone: string): string {
  if (facts.started) {
    return `${facts.started.data.dry_run ? 'A dry run of the' : 'The'} ${planText(facts.started.data.plan)} began at ${clockText(facts.started.time, zone)}; how it ended is not known yet`;
  }
  if (facts.approval) {
    return approvalSentence(facts, zone);
  }
  return facts.complete ? completeSentence(facts.complete, facts, zone) : '';
}

const RECOVERY = {
  well: 'It became well by itself',
  removed: 'The container was removed',
  stopped_on_purpose: 'The container was stopped on purpose',
  replaced: 'The container was replaced by a new one',
} as const;

const VERDICTS = { helped: 'It helped', no_change: 'It did not help', worse: 'It made things worse' } as const;

function effectSentence(facts: Facts, state: string): string {
  if (facts.recovered && !facts.verified) {
    const { reason, ill_for_seconds: ill } = facts.recovered.data;
    return `${RECOVERY[reason]}${ill === undefined ? '' : ` after ${durationText(ill * 1000)}`}`;
  }
  if (facts.verified) {
    const { verdict, duration_seconds: took, reason } = facts.verified.data;
    const why = verdict === 'helped' || !reason.trim() ? '' : ` (${clause(reason, 160)})`;
    return `${VERDICTS[verdict]}: ${effectText(facts.verified)}, measured ${durationText(took * 1000)} later${why}`;
  }
  return state === 'verifying' ? 'Whether it helped is being measured' : '';
}

/** `web-2 on host-1`. */
function nameOf(incident: IncidentSummary, first: HemostatEvent | undefined): string {
  const { container = first?.container ?? '', host = first?.host ?? '' } = incident.fields;
  const on = plainText(host, 80);
  return `${plainText(container, 120) || 'the container'}${on && ` on ${on}`}`;
}

/** Two to four plain sentences: what, why, what was done or why not, and whether it helped. */
export function summaryText(
  incident: IncidentSummary,
  events: readonly HemostatEvent[],
  options: StoryOptions
): string {
  const zone = options.timeZone ?? 'UTC';
  const facts = factsOf(events);
  const user = plainText(incident.fields.resolved_by ?? '', 60);
  const closed = user ? [`Closed by ${user}.`] : [];
  const parts = [
    whatSentence(facts, nameOf(incident, events[0]), zone),
    whySentence(facts),
    actionSentence(facts, zone) || notYet(facts, incident.state),
    effectSentence(facts, incident.state),
  ]
    .map(sentence)
    .filter(Boolean);
  return [...parts.slice(0, 4 - closed.length), ...closed].join(' ');
}

/** What to say when nothing was done and nothing says why. */
function notYet(facts: Facts, state: string): string {
  if (facts.recovered || facts.verdict?.type === 'false_alarm') {
    return facts.recovered ? '' : 'Nothing was done';
  }
  return state === 'resolved' ? '' : 'Nothing has been done yet';
}
