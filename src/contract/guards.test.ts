import { originalResponder } from './guards/original-responder';
import type { GuardFacts } from './guards/types';
import fc from 'fast-check';
import type { ContainerState } from './containers';
import { evaluateGuards, GUARDS, OVERRIDABLE, refusalOf, type GuardInput } from './guards';
import { commandAllowed } from './guards/exec-allow-list';
import type { ActionRecord } from './history';
import { HOUR_MS, Ledger } from './ledger';
import { parsePolicy, resolvePolicy, type EffectivePolicy } from './policy';
import { readSwitches } from './switches';

const NOW = Date.parse('2030-01-15T12:00:00Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

function policyOf(defaults: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): EffectivePolicy {
  const parsed = parsePolicy({ defaults: { mode: 'auto', ...defaults }, ...rest });
  if (!parsed.ok) {
    throw new Error(parsed.problems.join());
  }
  return resolvePolicy({ document: parsed.document, from: 'file' }, { container: 'web', project: 'shop', labels: {} });
}

function stateOf(part: Partial<ContainerState> = {}): ContainerState {
  return {
    host: 'h', container: 'web', container_id: 'a'.repeat(64), image: 'web:1', status: 'exited', health_status: 'unknown', exit_code: 1, oom_killed: false,
    restart_count: 0, started_at: at(-900), restart_policy: 'no', labels: {}, project: 'shop', service: 'web', depends_on: [], network_parent: '', metrics: {}, ill: true,
    seen_at: at(0), ...part,
  };
}

function input(part: Partial<GuardInput> = {}): GuardInput {
  return {
    policy: policyOf(),
    plan: { action: 'restart', target: 'h/web', order: ['h/web'], container_id: 'a'.repeat(12) },
    subject: { key: 'h/web', host: 'h', container: 'web', project: 'shop' },
    confidence: 0.9,
    alertedAt: NOW - 1000,
    history: [],
    container: stateOf(),
    fleet: { containers: 20 },
    now: NOW,
    ...part,
  };
}

let serial = 0;
function record(kind: 'started' | 'complete', seconds: number, part: Record<string, unknown> = {}): ActionRecord {
  serial += 1;
  const who = { id: `r${serial}`, time: at(seconds), host: 'h', container: 'web', incident_id: 'i', action: 'restart', dry_run: false, project: 'shop' };
  return { ...who, kind, ...(kind === 'started' ? { targets: ['h/web'] } : { status: 'success' }), ...part } as ActionRecord;
}

const refusal = (part: Partial<GuardInput>) => refusalOf(evaluateGuards(input(part)));

describe('guards', () => {
  it('all allow a fresh decision, and each says so in a sentence', () => {
    const verdicts = evaluateGuards(input());
    expect(verdicts.map((verdict) => verdict.guard)).toEqual(Object.keys(GUARDS));
    expect(verdicts.filter((verdict) => !verdict.allowed)).toEqual([]);
    verdicts.forEach((verdict) => expect(verdict.reason).toMatch(/^[A-Z].*\.$/s));
  });

  it.each<[string, Partial<GuardInput>]>([
    ['paused', { switches: readSwitches({ pause: JSON.stringify({ user: 'ann', since: at(-5) }) }) }],
    ['paused', { switches: readSwitches({ pause: 'unreadable' }) }],
    ['own_container', { plan: { action: 'restart', target: 'h/web', order: ['h/web', 'h/hemostat-redis'] } }],
    ['own_container', { ownIds: ['aaaaaaaaaaaa'] }],
    ['opt_out', { policy: policyOf({ scope: 'labelled' }) }],
    ['replaced', { container: stateOf({ container_id: 'b'.repeat(64) }) }],
    ['replaced', { container: stateOf({ status: 'removed' }) }],
    ['action_allowed', { plan: { action: 'cleanup', target: 'h/web', order: ['h/web'] } }],
    ['action_allowed', { plan: { action: 'none', target: 'h/web', order: ['h/web'] } }],
    ['exec_allow_list', { plan: { action: 'exec', target: 'h/web', order: ['h/web'], arguments: ['rm', '-rf', '/'] } }],
    ['exec_allow_list', { plan: { action: 'exec', target: 'h/web', order: ['h/web'] } }],
    ['min_confidence', { confidence: 0.69 }],
    ['stale', { alertedAt: NOW - 601_000 }],
    ['maintenance', { switches: readSwitches({ 'maintenance:project:shop': JSON.stringify({ user: 'ann', since: at(-5), until: at(60) }) }) }],
    ['maintenance', { policy: policyOf({}, { maintenance: [{ from: at(-60), to: at(60), scope: 'container:web' }] }) }],
    ['manual_stop', { container: stateOf({ manual_stop_at: at(-700) }) }],
    ['manual_stop', { container: stateOf({ status: 'exited', manual_start_at: at(-20), started_at: at(-20) }) }],
    ['start_grace', { container: stateOf({ status: 'running', started_at: at(-9) }) }],
    ['start_grace', { container: stateOf({ status: 'running', health_status: 'starting' }) }],
    ['confirmation', { policy: policyOf({ confirm_seconds: 30 }), illSince: NOW - 29_000 }],
    ['cooldown', { history: [record('started', -3599)] }],
    ['circuit_breaker', { policy: policyOf({ cooldown_seconds: 0 }), history: [-300, -200, -100].map((t) => record('complete', t, { status: 'failed' })) }],
    ['attempts_per_hour', { policy: policyOf({ cooldown_seconds: 0 }), history: [-300, -200, -100].map((t) => record('started', t)) }],
    ['blast_radius_hour', { policy: policyOf({ blast_radius: { containers_per_hour: 2 } }), history: ['a', 'b'].map((c) => record('started', -9, { container: c, targets: [`h/${c}`], project: '' })) }],
    ['blast_radius_project', { policy: policyOf({ blast_radius: { per_project_per_hour: 1 } }), history: [record('started', -9, { container: 'db', targets: ['h/db'] })] }],
    ['blast_radius_share', { fleet: { containers: 4 }, history: ['a', 'b', 'c'].map((c) => record('started', -9, { container: c, targets: [`h/${c}`], project: '' })) }],
  ])('%s refuses where it must', (guard, part) => {
    const refused = refusal(part);
    expect(refused?.guard).toBe(guard);
    expect(refused?.reason).toMatch(/^.{20,}\.$/s);
  });

  it('count dry runs and real actions apart', () => {
    const shadow = record('started', -9, { dry_run: true });
    expect(refusal({ history: [shadow] })).toBeUndefined();
    expect(refusal({ history: [shadow], policy: policyOf({ mode: 'observe' }) })?.guard).toBe('cooldown');
    expect(refusal({ history: [record('started', -9)], policy: policyOf({ mode: 'observe' }) })).toBeUndefined();
  });

  it('start no cooldown by what was refused or not applicable', () => {
    expect(refusal({ history: [record('complete', -9, { status: 'rejected' }), record('complete', -8, { status: 'not_applicable' })] })).toBeUndefined();
  });

  it('tell our own stop from that of a person', () => {
    const container = stateOf({ status: 'exited', manual_stop_at: at(-5) });
    const policy = policyOf({ cooldown_seconds: 0 });
    expect(refusal({ policy, container, history: [record('started', -6)] })).toBeUndefined();
    expect(refusal({ policy, container })?.guard).toBe('manual_stop');
  });

  it('say who passed them over, and let nobody pass pause, own containers, opt-out and blast radius', () => {
    const override = { user: 'ann', guards: OVERRIDABLE };
    const verdicts = evaluateGuards(input({ override, confidence: 0, history: [record('started', -9)] }));
    expect(refusalOf(verdicts)).toBeUndefined();
    expect(verdicts.find((one) => one.guard === 'cooldown')?.reason).toMatch(/^Overridden by ann: The last action/);
    expect(refusal({ override, switches: readSwitches({ pause: 'x' }) })?.guard).toBe('paused');
    expect(refusal({ override, policy: policyOf({ blast_radius: { containers_per_hour: 0 } }) })?.guard).toBe('blast_radius_hour');
  });

  it('compare commands word by word', () => {
    const patterns = [['ps', 'aux'], ['cat', '/var/log/*'], ['ls']];
    expect(commandAllowed(['ps', 'aux'], patterns)).toBe(true);
    expect(commandAllowed(['cat', '/var/log/app.log'], patterns)).toBe(true);
    for (const words of [['ps; rm -rf /'], ['ps', 'aux; rm -rf /'], ['ps'], ['ps', 'aux', '|', 'sh'], ['cat', '/var/log/../../etc/shadow'], ['cat', '/var/log/a', '/etc/shadow'], []]) {
      expect(commandAllowed(words, patterns)).toBe(false);
    }
  });
});

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const limits = fc.record({
  cooldown_seconds: fc.integer({ min: 0, max: 4000 }),
  attempts_per_hour: fc.integer({ min: 0, max: 4 }),
  containers_per_hour: fc.integer({ min: 0, max: 5 }),
  per_project_per_hour: fc.integer({ min: 0, max: 4 }),
  fleet_share: fc.double({ min: 0, max: 1, noNaN: true }),
  failures: fc.integer({ min: 1, max: 3 }),
});
type Limits = typeof limits extends fc.Arbitrary<infer T> ? T : never;
const decisions = fc.array(
  fc.record({ step: fc.integer({ min: 0, max: 900_000 }), who: fc.constantFrom(...names), more: fc.subarray(names, { maxLength: 2 }), failed: fc.boolean(), project: fc.constantFrom('p', 'q') }),
  { maxLength: 60 }
);

function policyFor({ containers_per_hour, per_project_per_hour, fleet_share, failures, ...rest }: Limits): EffectivePolicy {
  return policyOf({ ...rest, blast_radius: { containers_per_hour, per_project_per_hour, fleet_share, fleet_share_min: 1 }, breaker: { failures, window_seconds: 1800 } });
}

interface Done {
  time: number;
  who: string;
  order: string[];
  project: string;
}

/** Lets a sequence of decisions run; returns what was done, and every refusal with its input. */
function play(policy: EffectivePolicy, steps: ReadonlyArray<{ step: number; who: string; more: string[]; failed: boolean; project: string }>) {
  const records: ActionRecord[] = [];
  const done: Done[] = [];
  const inputs: GuardInput[] = [];
  let now = NOW;
  for (const { step, who, more, failed, project } of steps) {
    now += step;
    const order = [...new Set([who, ...more])].map((name) => `h/${name}`);
    const one: GuardInput = {
      policy,
      plan: { action: 'restart', target: `h/${who}`, order },
      subject: { key: `h/${who}`, host: 'h', container: who, project },
      confidence: 1,
      history: [...records],
      fleet: { containers: names.length },
      now,
    };
    inputs.push(one);
    if (!refusalOf(evaluateGuards(one))) {
      const seconds = (now - NOW) / 1000;
      records.push(record('started', seconds, { container: who, targets: order, project }));
      records.push(record('complete', seconds + 0.5, { container: who, project, status: failed ? 'failed' : 'success' }));
      done.push({ time: now, who, order, project });
    }
  }
  return { done, inputs };
}

const different = (all: readonly Done[]) => new Set(all.flatMap((one) => one.order)).size;

describe('guards over any sequence of decisions', () => {
  it('never let it pass the blast radius, the cooldown or the attempts', () => {
    fc.assert(
      fc.property(limits, decisions, (given, steps) => {
        const policy = policyFor(given);
        const { done } = play(policy, steps);
        const share = Math.max(1, Math.floor(names.length * given.fleet_share));
        for (const [index, one] of done.entries()) {
          const hour = done.slice(0, index + 1).filter((other) => other.time > one.time - HOUR_MS);
          expect(different(hour)).toBeLessThanOrEqual(Math.min(given.containers_per_hour, share));
          expect(different(hour.filter((other) => other.project === one.project))).toBeLessThanOrEqual(given.per_project_per_hour);
          const same = hour.filter((other) => other.who === one.who);
          expect(same.length).toBeLessThanOrEqual(given.attempts_per_hour);
          const before = done.slice(0, index).findLast((other) => other.who === one.who);
          expect(one.time - (before?.time ?? -Infinity)).toBeGreaterThanOrEqual(given.cooldown_seconds * 1000);
        }
      }),
      { numRuns: 150 }
    );
  });

  it('name the true moment at which they let go', () => {
    fc.assert(
      fc.property(limits, decisions, (given, steps) => {
        for (const one of play(policyFor(given), steps).inputs.slice(-12)) {
          for (const verdict of evaluateGuards(one).filter((each) => !each.allowed && each.free_at)) {
            const free = Date.parse(verdict.free_at ?? '');
            const then = (now: number) => evaluateGuards({ ...one, now }).find((each) => each.guard === verdict.guard);
            expect(then(free - 1)?.allowed).toBe(false);
            expect(then(free)?.allowed).toBe(true);
          }
        }
      }),
      { numRuns: 60 }
    );
  });

  it('depend on nothing but their input, and not on the order of the history', () => {
    fc.assert(
      fc.property(limits, decisions, fc.integer(), (given, steps, seed) => {
        const [last] = play(policyFor(given), steps).inputs.slice(-1);
        if (!last || last.history instanceof Ledger) {
          return;
        }
        const shuffled = [...last.history].sort((a, b) => ((a.id.length * 31 + a.id.charCodeAt(a.id.length - 1)) ^ seed) - ((b.id.length * 31 + b.id.charCodeAt(b.id.length - 1)) ^ seed));
        const twice = [...shuffled, ...last.history];
        expect(evaluateGuards({ ...last, history: twice })).toEqual(evaluateGuards(last));
        const grown = new Ledger();
        shuffled.forEach((one) => grown.add(one));
        expect(evaluateGuards({ ...last, history: grown })).toEqual(evaluateGuards(last));
      }),
      { numRuns: 100 }
    );
  });
});

describe('a responder of the original beside ours', () => {
  it('stops every real action, but not the dry run', () => {
    const facts = { switches: { maintenance: new Map(), originalResponders: 1 } };
    expect(originalResponder({ ...facts, policy: { mode: 'auto' } } as unknown as GuardFacts)).toMatchObject({ allowed: false, measured: '1' });
    expect(originalResponder({ ...facts, policy: { mode: 'observe' } } as unknown as GuardFacts).allowed).toBe(true);
  });
});
