import { containerKey, type EventOf, type EventType, type HemostatEvent, type PlannedAction } from '../events';
import { alertText, effectText, figuresText } from './figures';
import { clause, plainText } from './plain-text';
import { refusalsOf, refusalText } from './refusal';
import { clockOrDate, durationText, percentText, spanMs } from './time';

/** How stories and lines are told. */
export interface StoryOptions {
  /** IANA zone of the clock times in the text; UTC by default. */
  timeZone?: string;
}
type Teller<T extends EventType> = (event: EventOf<T>, timeZone: string) => string;

const seconds = (value: number) => durationText(value * 1000);
const joined = (parts: ReadonlyArray<string | undefined>) => parts.filter(Boolean).join(', ');
const because = (reason: string | undefined) => {
  const text = clause(reason ?? '');
  return text && `: ${text}`;
};

/** Confidence as the sketch has it: `0.85`. */
export function confidenceText(confidence: number): string {
  return Number.isFinite(confidence) ? confidence.toFixed(2) : 'unknown';
}

/** Who decided: `rule unhealthy-status`, `model qwen3:8b`, `the original's rules`. */
export function methodText(data: EventOf<'false_alarm'>['data'] | EventOf<'remediation_needed'>['data']): string {
  const model = data.model_calls.at(-1)?.model;
  if (data.analysis_method === 'ai') {
    return model ? `model ${plainText(model, 60)}` : 'model';
  }
  if (data.analysis_method === 'manual') {
    return 'a person';
  }
  return data.rule ? `rule ${plainText(data.rule, 60)}` : 'rules';
}

function analysed(event: EventOf<'false_alarm'> | EventOf<'remediation_needed'>): string {
  const { data } = event;
  const needed = event.type === 'remediation_needed' && event.data.action !== 'none' ? `${event.data.action} needed` : 'needs a person';
  const verdict = event.type === 'false_alarm' ? 'false alarm' : needed;
  const basis = joined([
    methodText(data),
    `confidence ${confidenceText(data.confidence)}`,
    data.evidence.length > 0 ? `evidence ${data.evidence.length}` : '',
    data.fallback ? `the model did not decide: ${clause(data.fallback, 120)}` : '',
  ]);
  return `${verdict}${because(data.root_cause ?? data.reason)} (${basis})`;
}

/** `restart of web-2 and 1 more container`, with the arguments of an `exec`. */
export function planText(plan: PlannedAction): string {
  const more = plan.order.filter((key) => key !== plan.target).length;
  const vector = plan.arguments?.length ? ` (${plainText(plan.arguments.join(' '), 120)})` : '';
  const others = more > 0 ? ` and ${more} more ${more === 1 ? 'container' : 'containers'}` : '';
  return `${plan.action}${vector} of ${plainText(plan.target, 120)}${others}`;
}

/** `7 allowed, 1 refused`. */
export function guardsText(guards: ReadonlyArray<{ allowed: boolean }>): string {
  const refused = guards.filter((verdict) => !verdict.allowed).length;
  return `${guards.length - refused} allowed, ${refused} refused`;
}

type Complete = EventOf<'remediation_complete'>;

/** What became of an action; `dry_run` is a success that touched nothing. */
export function outcomeOf({ data }: Complete): Complete['data']['result']['status'] | 'dry_run' {
  return data.result.status === 'success' && data.dry_run ? 'dry_run' : data.result.status;
}

function doneText({ data }: Complete): string {
  const took = data.duration_seconds ? ` in ${seconds(data.duration_seconds)}` : '';
  const steps = (data.result.steps ?? []).map((step) => plainText(step.detail, 120)).filter(Boolean);
  return joined([
    `${data.action} done${took}`,
    ...(steps.length > 0 ? steps.slice(0, 3) : [plainText(data.result.reason ?? '', 120)]),
  ]);
}

const OUTCOMES: Record<ReturnType<typeof outcomeOf>, Teller<'remediation_complete'>> = {
  success: doneText,
  rejected: (event, zone) =>
    `${event.data.action} ${refusalsOf(event)
      .map((verdict) => refusalText(verdict, event.time, zone))
      .join('; ')}`,
  failed: ({ data }) =>
    joined([
      `${data.action} failed${because(data.result.error ?? data.result.reason)}`,
      data.duration_seconds ? `after ${seconds(data.duration_seconds)}` : '',
    ]),
  not_applicable: ({ data }) =>
    `${data.action === 'none' ? 'left to a person' : `${data.action} not possible here`}${because(data.result.error ?? data.result.reason ?? data.reason)}`,
  dry_run: (event) =>
    `would ${event.data.action} ${plainText(event.data.plan?.target ?? containerKey(event), 120)}; nothing was done (dry run)`,
};

/** What may be a failure or somebody's wish; a start needs no such word. */
const ENDING: readonly string[] = ['die', 'kill', 'oom'];

const VERDICT_WORDS = { helped: 'helped', no_change: 'no change', worse: 'worse' } as const;
const RECOVERY_WORDS = {
  well: 'well again',
  removed: 'removed',
  stopped_on_purpose: 'stopped on purpose',
  replaced: 'replaced by a new container',
} as const;
const CHANNELS: Record<string, string> = { slack: 'Slack', webhook: 'webhook', alertmanager: 'Alertmanager' };
/** A channel's name as people write it. */
export const channelName = (channel: string) =>
  Object.hasOwn(CHANNELS, channel) ? (CHANNELS[channel] ?? '') : plainText(channel, 40);

function commanded(event: EventOf<'command'>, timeZone: string): string {
  const { data } = event;
  const user = plainText(data.user, 60) || 'someone';
  const until = 'until' in data ? ` until ${clockOrDate(data.until, event.time, timeZone)}` : '';
  const scope = 'scope' in data ? ` of ${plainText(data.scope, 80)}` : '';
  const what: Partial<Record<typeof data.command, string>> = {
    approve: `approved by ${user}`,
    reject: `rejected by ${user}`,
    acknowledge: `acknowledged by ${user}`,
    silence: `silenced by ${user}${until}`,
    unsilence: `silence lifted by ${user}`,
    resolve: `resolved by ${user}`,
    comment: `${user} says`,
    remediate: `${'action' in data ? data.action : 'an action'} ordered by ${user}`,
    maintenance: `maintenance${scope}${until}, by ${user}`,
    maintenance_end: `maintenance${scope} ended by ${user}`,
    pause: `healing paused by ${user}`,
    resume: `healing resumed by ${user}`,
    policy: `policy changed by ${user}`,
    alert_acknowledge: `healer alert acknowledged by ${user}`,
    alert_silence: `healer alert silenced by ${user}${until}`,
    alert_resolve: `healer alert resolved by ${user}`,
    alert_rule: `alert rule set by ${user}`,
    alert_rule_remove: `alert rule taken away by ${user}`,
  };
  return `${what[data.command] ?? data.command}${because(data.command === 'comment' ? data.text : data.reason)}`;
}

const DECISIONS = {
  approved: 'approved by',
  rejected: 'rejected by',
  expired: 'approval expired',
  void: 'approval void',
} as const;

function decided(event: EventOf<'approval_decided'>): string {
  const { decision, user, reason } = event.data;
  const word = DECISIONS[decision];
  return `${word.endsWith(' by') ? `${word} ${plainText(user, 60) || 'someone'}` : word}${because(reason)}`;
}

const TELLERS: { [T in EventType]: Teller<T> } = {
  health_alert: (event) => {
    const figures = figuresText(event.data.metrics);
    return `${event.data.repeat ? 'still ill: ' : ''}${alertText(event)}${figures ? ` (${figures})` : ''}`;
  },
  container_recovered: ({ data }) =>
    joined([
      RECOVERY_WORDS[data.reason],
      data.ill_for_seconds === undefined ? '' : `ill for ${seconds(data.ill_for_seconds)}`,
    ]),
  container_event: ({ data }) =>
    joined([
      `${plainText(data.action, 60)}${data.exit_code === undefined ? '' : ` with code ${data.exit_code}`}`,
      data.on_purpose && ENDING.includes(data.action) ? 'on purpose' : '',
      plainText(data.detail ?? ''),
    ]),
  forensics_captured: ({ data }) =>
    joined([
      `saved ${data.logs.length} log ${data.logs.length === 1 ? 'line' : 'lines'}`,
      data.redactions > 0 ? `${data.redactions} ${data.redactions === 1 ? 'secret' : 'secrets'} blacked out` : '',
      data.missing.length > 0
        ? `missing: ${plainText(data.missing.map((one) => `${one.part} (${one.reason})`).join('; '))}`
        : '',
    ]),
  analysis_started: ({ data }) => `asking ${plainText(data.model, 60)} of ${plainText(data.provider, 60)}`,
  remediation_needed: analysed,
  false_alarm: analysed,
  approval_requested: (event, timeZone) =>
    joined([
      `approval wanted: ${planText(event.data.plan)}`,
      `digest ${plainText(event.data.digest.slice(0, 12))}`,
      `expires at ${clockOrDate(event.data.expires_at, event.time, timeZone)}`,
    ]),
  approval_decided: decided,
  remediation_started: ({ data }) =>
    joined([
      `${data.dry_run ? 'dry run of ' : ''}${planText(data.plan)}`,
      `attempt ${data.attempt}`,
      `allowed by ${plainText(data.authorised_by, 60)}`,
    ]),
  remediation_complete: (event, timeZone) => OUTCOMES[outcomeOf(event)](event, timeZone),
  remediation_verified: (event) =>
    `${VERDICT_WORDS[event.data.verdict]} after ${seconds(event.data.duration_seconds)}: ${effectText(event)}`,
  command: commanded,
  notification_sent: ({ data }) =>
    joined([
      `${channelName(data.channel)} told: ${kindWords(data.kind)}`,
      data.attempts > 1 ? `${data.attempts} attempts` : '',
    ]),
  notification_failed: ({ data }) =>
    `${channelName(data.channel)} not told: ${kindWords(data.kind)}${because(data.error)}, after ${data.attempts} ${data.attempts === 1 ? 'attempt' : 'attempts'}`,
  notification_deduped: ({ data }) =>
    data.key.startsWith('silenced:')
      ? `${channelName(data.channel)} not told: ${kindWords(data.kind)}, silenced for ${seconds(data.window_seconds)} more`
      : `${channelName(data.channel)} not told again: ${kindWords(data.kind)}, told within ${seconds(data.window_seconds)}`,
  agent_started: (event) =>
    `${plainText(event.agent, 60)} ${plainText(event.data.version, 30)} started as ${plainText(event.data.instance, 80)}`,
  agent_stopped: (event) =>
    `${plainText(event.agent, 60)} stopped after ${seconds(event.data.uptime_seconds)}${because(event.data.reason)}`,
  agent_trouble: (event) =>
    event.data.state === 'began'
      ? `${plainText(event.agent, 60)} lacks ${plainText(event.data.part, 60)}${because(event.data.message)}${event.data.mend ? `. ${plainText(event.data.mend)}` : ''}`
      : `${plainText(event.agent, 60)} has ${plainText(event.data.part, 60)} again${event.data.seconds === undefined ? '' : ` after ${seconds(event.data.seconds)}`}`,
  dead_letter: ({ data }) =>
    `an entry was put aside after ${data.deliveries} ${data.deliveries === 1 ? 'try' : 'tries'} by ${plainText(data.group, 40)}${because(data.error)}`,
  vulnerability_alert: ({ data }) =>
    `${data.critical_count ?? 'some'} critical vulnerabilities${data.target_url ? ` at ${plainText(data.target_url, 200)}` : ''}`,
  insight_made: ({ data }) => `${kindWords(data.kind)} of ${plainText(data.dashboard, 80)} (severity ${data.severity}): ${plainText(data.summary, 400)}`,
  insight_failed: ({ data }) => `no ${kindWords(data.kind)} of ${plainText(data.dashboard, 80)}${because(data.error)}${data.mend ? `. ${plainText(data.mend)}` : ''}`,
  error_rate_episode: ({ data }) => errorRateText(data),
  dashboard_pushed: ({ data }) =>
    joined([
      `${data.what} of ${plainText(data.dashboard, 80)} ${data.error ? 'not written' : 'written'} into dashboard ${plainText(data.dashboard_uid, 60)}${data.panel_id > 0 ? `, panel ${data.panel_id}` : ''}`,
      data.error ? plainText(data.error) : '',
      data.mend ? plainText(data.mend) : '',
    ]),
  agent_alert: ({ data, time }, timeZone) => agentAlertText(data, timeZone, time),
};

const ALERT_WORDS = { fired: 'fires', acknowledged: 'acknowledged', silenced: 'silenced', ended_silence: 'fires still, its silence is over', resolved: 'is over' } as const;

function agentAlertText({ change, user, alert }: EventOf<'agent_alert'>['data'], timeZone: string, time: string): string {
  const by = user ? ` by ${plainText(user, 60)}` : '';
  const until = change === 'silenced' && alert.silenced_until ? ` until ${clockOrDate(alert.silenced_until, time, timeZone)}` : '';
  return `alert "${plainText(alert.name, 120)}" (${alert.severity}) ${ALERT_WORDS[change]}${by}${until}${change === 'fired' ? because(alert.message) : ''}`;
}

function errorRateText({ state, rate, value, worst, threshold, cause, began_at: began, ended_at: ended }: EventOf<'error_rate_episode'>['data']): string {
  const name = plainText(rate, 80);
  if (state === 'ended') {
    return `error rate of ${name} is back under ${percentText(threshold * 100)} after ${durationText(spanMs(began, ended) ?? Number.NaN)}; it reached ${percentText(worst * 100)}`;
  }
  return `error rate of ${name} is ${percentText(value * 100)}, above ${percentText(threshold * 100)}${because(cause)}`;
}

const kindWords = (kind: string) => plainText(kind, 40).replaceAll('_', ' ');

/** What an event says, without its time, mark and container. One line, safe to print. */
export function eventText(event: HemostatEvent, options: StoryOptions = {}): string {
  const tell = TELLERS[event.type] as (event: HemostatEvent, timeZone: string) => string;
  return plainText(tell(event, options.timeZone ?? 'UTC'), 600);
}
