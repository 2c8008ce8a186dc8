import type { Action, Anomaly, EventData } from '../../src/contract/events';

type Side = EventData<'remediation_verified'>['before'];
export type Verdict = EventData<'remediation_verified'>['verdict'];

/** What was seen before and after an action. */
export interface EffectFacts {
  action: Action;
  /** What the alert named. */
  anomalies: readonly Anomaly[];
  before: Side;
  after: Side;
  running: boolean;
  /** Docker had to start it again after the action. */
  startedAgain: boolean;
  /** What the monitor holds; undefined when it has not looked since. */
  stillIll?: boolean;
}

export interface Judgement {
  verdict: Verdict;
  reason: string;
  /** Something could not be seen yet: worth another look. */
  uncertain: boolean;
}

interface Finding {
  state: 'cured' | 'ill' | 'unknown';
  text: string;
}

const ENDED_AGAIN = 'it ended and was started once more after the action';
const FIGURES = { high_cpu: ['cpu_percent', 'CPU'], high_memory: ['memory_percent', 'Memory'] } as const;
const percent = (value: number | undefined) => (value === undefined ? 'unknown' : `${Math.round(value * 10) / 10} %`);

function figureFinding(anomaly: Anomaly, name: 'high_cpu' | 'high_memory', facts: EffectFacts): Finding {
  const [field, word] = FIGURES[name];
  const [before, after] = [facts.before.metrics[field], facts.after.metrics[field]];
  if (after === undefined) {
    return { state: 'unknown', text: `${word} is not known after the action` };
  }
  const limit = anomaly.threshold;
  const text = `${word} went from ${percent(before)} to ${percent(after)}${limit === undefined ? '' : ` (limit ${percent(limit)})`}`;
  // Below its limit already while it was ill: then the limit is of another unit (the container's own share of CPU), and only the fall counts.
  const comparable = limit !== undefined && (before === undefined || before >= limit);
  const cured = comparable ? after < limit : before !== undefined && after < before * 0.8;
  return { state: cured ? 'cured' : 'ill', text };
}

function healthFinding({ after }: EffectFacts): Finding {
  if (after.health_status === 'healthy' || after.health_status === 'unknown') {
    return { state: 'cured', text: `its health check says ${after.health_status === 'healthy' ? 'healthy' : 'nothing bad'}` };
  }
  const starting = after.health_status === 'starting';
  return { state: starting ? 'unknown' : 'ill', text: `its health check says ${after.health_status}` };
}

function findingOf(anomaly: Anomaly, facts: EffectFacts): Finding {
  if (anomaly.type === 'high_cpu' || anomaly.type === 'high_memory') {
    return figureFinding(anomaly, anomaly.type, facts);
  }
  if (['non_zero_exit', 'oom_killed', 'excessive_restarts', 'restart_loop'].includes(anomaly.type)) {
    return facts.startedAgain ? { state: 'ill', text: ENDED_AGAIN } : { state: 'cured', text: 'it has run without ending again' };
  }
  if (anomaly.type === 'unhealthy_status') {
    return healthFinding(facts);
  }
  if (facts.stillIll === undefined) {
    return { state: 'unknown', text: `the monitor has not looked at it since (${anomaly.type})` };
  }
  return { state: facts.stillIll ? 'ill' : 'cured', text: `the monitor holds it to be ${facts.stillIll ? 'still ill' : 'well'} (${anomaly.type})` };
}

function sentence(findings: readonly Finding[], opening: string): string {
  return `${opening}${opening.endsWith('but') ? ' ' : '; '}${[...new Set(findings.map((finding) => finding.text))].join('; ')}.`;
}

function isWorse(facts: EffectFacts): string | undefined {
  if (!facts.running && facts.before.status === 'running') {
    return `It ran before the action and is ${facts.after.status} now.`;
  }
  for (const [field, word] of Object.values(FIGURES)) {
    const [before, after] = [facts.before.metrics[field], facts.after.metrics[field]];
    const named = facts.anomalies.some((anomaly) => anomaly.type === (field === 'cpu_percent' ? 'high_cpu' : 'high_memory'));
    if (named && before !== undefined && after !== undefined && after > before * 1.1 + 1) {
      return `${word} rose from ${percent(before)} to ${percent(after)}.`;
    }
  }
  return undefined;
}

function findingsOf(facts: EffectFacts): Finding[] {
  const findings = [healthFinding(facts), ...facts.anomalies.map((anomaly) => findingOf(anomaly, facts))];
  if (facts.anomalies.length === 0 && facts.stillIll) {
    findings.push({ state: 'ill', text: 'the monitor still holds it to be ill' });
  }
  if (facts.startedAgain) {
    findings.push({ state: 'ill', text: ENDED_AGAIN });
  }
  return findings;
}

function judgeStop(facts: EffectFacts): Judgement {
  return facts.running
    ? { verdict: 'no_change', reason: 'It was to be stopped and is running.', uncertain: true }
    : { verdict: 'helped', reason: 'It is stopped, as was ordered.', uncertain: false };
}

/** Whether an action helped, by what can be seen. Pure. What cannot be seen is no proof. */
export function judgeEffect(facts: EffectFacts): Judgement {
  if (facts.action === 'stop') {
    return judgeStop(facts);
  }
  if (!facts.running) {
    const worse = isWorse(facts);
    return { verdict: worse ? 'worse' : 'no_change', reason: worse ?? `It is not running (${facts.after.status}).`, uncertain: true };
  }
  const findings = findingsOf(facts);
  if (findings.every((finding) => finding.state === 'cured')) {
    return { verdict: 'helped', reason: sentence(findings, 'It is running'), uncertain: false };
  }
  const worse = isWorse(facts);
  return { verdict: worse ? 'worse' : 'no_change', reason: worse ?? sentence(findings.filter((finding) => finding.state !== 'cured'), 'It is running, but'), uncertain: true };
}
