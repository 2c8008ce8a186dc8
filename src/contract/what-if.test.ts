import type { EventOf, HemostatEvent } from './events';
import { parsePolicy, type PolicySource } from './policy';
import { chooseAction, pastDecisions, whatIf } from './what-if';

const base = { v: 1 as const, agent: 'analyzer', host: 'h', incident_id: 'i1', cause_id: '', trace_id: '', policy_version: '' };
const time = (minute: number) => new Date(Date.UTC(2030, 0, 1, 0, minute)).toISOString();

function needed(minute: number, container: string, part: Partial<EventOf<'remediation_needed'>['data']> = {}): EventOf<'remediation_needed'> {
  return {
    ...base, id: `n${minute}${container}`, time: time(minute), container, type: 'remediation_needed',
    data: { reason: 'r', confidence: 0.9, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0, action: 'restart', metrics: {}, ...part },
  };
}

function source(document: Record<string, unknown>): PolicySource {
  const parsed = parsePolicy(document);
  if (!parsed.ok) {
    throw new Error(parsed.problems.join());
  }
  return { document: parsed.document, from: 'file' };
}

describe('what if', () => {
  const events: HemostatEvent[] = [needed(0, 'web'), needed(10, 'web'), needed(20, 'db', { confidence: 0.75 }), needed(80, 'web')];

  it('tells which actions would appear, vanish or be blocked', () => {
    const auto = source({ defaults: { mode: 'auto' } });
    const quick = source({ defaults: { mode: 'auto', cooldown_seconds: 300, min_confidence: 0.8 } });
    const report = whatIf(pastDecisions(events), auto, quick);
    expect(report.lines.map((line) => [line.container, line.change, line.after.guard])).toEqual([
      ['h/web', 'same', undefined],
      ['h/web', 'appears', undefined],
      ['h/db', 'blocked', 'min_confidence'],
      ['h/web', 'same', undefined],
    ]);
    expect(report).toMatchObject({ decisions: 4, actions: { before: 3, after: 3 }, counts: { appears: 1, blocked: 1, same: 2, vanishes: 0, changed: 0 } });
    expect(report.refusals).toEqual({ before: { cooldown: 1 }, after: { min_confidence: 1 } });
  });

  it('calls an action that is only observed vanished, and one that is asked for changed', () => {
    const of = (mode: string) => source({ defaults: { mode } });
    expect(whatIf(pastDecisions(events), of('auto'), of('observe')).counts).toMatchObject({ vanishes: 3, same: 1 });
    expect(whatIf(pastDecisions(events), of('auto'), of('approve')).counts).toMatchObject({ changed: 3, same: 1 });
  });

  it('takes what really came of an action into account', () => {
    const failed = (cause: EventOf<'remediation_needed'>): HemostatEvent => ({
      ...base, id: `c${cause.id}`, cause_id: cause.id, time: cause.time, container: cause.container, type: 'remediation_complete',
      data: { action: 'restart', result: { status: 'failed' }, dry_run: false, reason: '', confidence: 0.9 },
    });
    const all = [0, 1, 2, 3].map((minute) => needed(minute, 'web'));
    const policy = source({ defaults: { mode: 'auto', cooldown_seconds: 0, attempts_per_hour: 10 } });
    const decisions = pastDecisions(all.flatMap((one) => [one, failed(one)]));
    expect(whatIf(decisions, policy, policy).refusals.before).toEqual({ circuit_breaker: 1 });
    expect(whatIf(pastDecisions(all), policy, policy).refusals.before).toEqual({});
  });

  it('lets a label put another action in place of a restart, never in place of a command', () => {
    expect(chooseAction({ action: 'stop' }, 'restart')).toBe('stop');
    expect(chooseAction({ action: 'stop' }, 'exec')).toBe('exec');
    expect(chooseAction({ action: 'none' }, 'exec')).toBe('none');
    expect(chooseAction({ action: '' }, 'start')).toBe('start');
  });
});
