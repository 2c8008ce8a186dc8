import fc from 'fast-check';
import type { AgentAlert } from '../events/observer';
import { acknowledge, conditionKey, endSilence, fire, isResolved, resolve, silence, silenceUntil, step, type AlertFacts, type AlertTransition } from './alert-state';

const NOW = Date.UTC(2026, 0, 2);
const MINUTE = 60_000;
const FACTS: AlertFacts = { condition: 'high_latency', rule: 'high_latency', name: 'High Latency', type: 'performance', severity: 'warning', message: 'M', labels: {}, value: 3000, threshold: 2000, notify: true };
const FIRED = fire(FACTS, 'id', NOW).alert;
const after = (transition: AlertTransition): AgentAlert => {
  if (!transition.ok) {
    throw new Error(transition.message);
  }
  return transition.alert;
};
const look = (alert: AgentAlert | undefined, more: Partial<Parameters<typeof step>[1]>) => step(alert, { holds: true, now: NOW, cooldownMs: 5 * MINUTE, forMs: 0, ...more });

test('R437: what an alert stands for', () => {
  expect([conditionKey('high_latency'), conditionKey('circuit_breaker_open', 'host/web')]).toEqual(['high_latency', 'circuit_breaker_open|host/web']);
});

test('R444: acknowledging records the user, the time and the comment', () => {
  expect(acknowledge(FIRED, { user: 'ada', comment: 'I look' }, NOW + 5)).toEqual({ ok: true, change: 'acknowledged', alert: { ...FIRED, revision: 2, status: 'acknowledged', acknowledged_by: 'ada', acknowledged_at: new Date(NOW + 5).toISOString(), comment: 'I look' } });
  expect(after(acknowledge(FIRED, { user: 'ada' }, NOW)).comment).toBeUndefined();
});

test.each([
  [4.99, false],
  [5, true],
  [1440, true],
  [1441, false],
  [Number.NaN, false],
])('R445 R481: a silence of %d minutes is possible: %s', (minutes, possible) => {
  expect(silence(FIRED, { user: 'ada', minutes }, NOW).ok).toBe(possible);
});

test('R445: a silence records the user and its end; one that ends in the past is refused, one beyond a day ends after a day', () => {
  expect(after(silence(FIRED, { user: 'ada', minutes: 60 }, NOW))).toMatchObject({ status: 'silenced', silenced_by: 'ada', silenced_until: new Date(NOW + 60 * MINUTE).toISOString(), revision: 2 });
  const until = (at: number) => silenceUntil(FIRED, { user: 'ada', until: new Date(at).toISOString() }, NOW);
  expect([until(NOW).ok, until(NOW + 1).ok, silenceUntil(FIRED, { user: 'ada', until: 'soon' }, NOW)]).toEqual([false, true, { ok: false, message: expect.stringContaining('A silence until soon is not possible') }]);
  expect(after(until(NOW + 1440 * MINUTE + 2000)).silenced_until).toBe(new Date(NOW + 1440 * MINUTE).toISOString());
});

test('acknowledging ends a silence', () => {
  const alert = after(acknowledge(after(silence(FIRED, { user: 'ada', minutes: 60 }, NOW)), { user: 'bob' }, NOW));
  expect([alert.status, alert.silenced_until, alert.silenced_by]).toEqual(['acknowledged', undefined, undefined]);
});

test('resolved is final', () => {
  const alert = after(resolve(FIRED, 'ada', NOW + 1));
  expect(alert).toMatchObject({ status: 'resolved', resolved_at: new Date(NOW + 1).toISOString(), resolved_by: 'ada' });
  expect(after(resolve(FIRED, undefined, NOW)).resolved_by).toBeUndefined();
  for (const refused of [acknowledge(alert, { user: 'a' }, NOW), silence(alert, { user: 'a', minutes: 60 }, NOW), resolve(alert, 'a', NOW), endSilence(alert)]) {
    expect(refused).toEqual({ ok: false, message: expect.stringContaining('resolved') });
  }
});

test('R447: no second alert while one is firing or acknowledged', () => {
  const acknowledged = after(acknowledge(FIRED, { user: 'ada' }, NOW));
  expect([look(FIRED, { now: NOW + 1e9 }), look(acknowledged, { now: NOW + 1e9 })]).toEqual([{ do: 'nothing' }, { do: 'nothing' }]);
});

test('R446: it is resolved when the condition is false or its thing is gone; unknown changes nothing', () => {
  expect([look(FIRED, { holds: false }), look(FIRED, { holds: undefined }), look(FIRED, { holds: undefined, vanished: true }), look(FIRED, { vanished: true })].map((told) => told.do)).toEqual(['resolve', 'nothing', 'resolve', 'resolve']);
});

test('R448: not within its cooldown, and again exactly after it', () => {
  const at = (since: number) => look(undefined, { lastFired: NOW - since }).do;
  expect([at(0), at(5 * MINUTE - 1), at(5 * MINUTE), look(undefined, {}).do, look(undefined, { lastFired: NOW, cooldownMs: 0 }).do]).toEqual(['nothing', 'nothing', 'fire', 'fire', 'fire']);
});

test('a condition that must hold for a while fires when it has, unknown looks between do not count against it', () => {
  const forMs = 30_000;
  expect(look(undefined, { forMs })).toEqual({ do: 'nothing', pendingSince: NOW });
  expect(look(undefined, { forMs, pendingSince: NOW - 29_999 })).toEqual({ do: 'nothing', pendingSince: NOW - 29_999 });
  expect(look(undefined, { forMs, pendingSince: NOW - 30_000 })).toEqual({ do: 'fire' });
  expect(look(undefined, { forMs, pendingSince: NOW - 1, holds: undefined })).toEqual({ do: 'nothing', pendingSince: NOW - 1 });
  expect(look(undefined, { forMs, pendingSince: NOW - 1, holds: false })).toEqual({ do: 'nothing' });
});

test('R445: when a silence ends the same alert fires again if its condition holds, else it is resolved', () => {
  const silenced = after(silence(FIRED, { user: 'ada', minutes: 10 }, NOW));
  const end = NOW + 10 * MINUTE;
  expect([look(silenced, { now: end - 1 }), look(silenced, { now: end - 1, holds: false }), look(silenced, { now: end - 1, vanished: true })].map((told) => told.do)).toEqual(['nothing', 'nothing', 'nothing']);
  expect([look(silenced, { now: end }), look(silenced, { now: end, holds: false }), look(silenced, { now: end, holds: undefined })].map((told) => told.do)).toEqual(['end_silence', 'resolve', 'nothing']);
  expect(endSilence(silenced)).toEqual({ ok: true, change: 'ended_silence', alert: { ...FIRED, revision: 3 } });
  expect(endSilence(FIRED).ok).toBe(false);
});

/** Every alert that a random story of looks and of people gives, in the order of time. */
type Act = { wait: number } & ({ look: boolean | undefined; vanished: boolean } | { person: 'acknowledge' | 'silence' | 'resolve'; minutes: number });
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ wait: fc.nat(4 * MINUTE), look: fc.constantFrom(true, true, false, undefined), vanished: fc.nat(9).map((one) => one === 0) }) },
  { weight: 1, arbitrary: fc.record({ wait: fc.nat(MINUTE), person: fc.constantFrom('acknowledge', 'silence', 'resolve'), minutes: fc.integer({ min: 1, max: 12 }) }) }
);

interface Story {
  now: number;
  alerts: AgentAlert[];
  fired: number[];
  pendingSince?: number;
  changes: Array<{ before: AgentAlert | undefined; after: AgentAlert; now: number }>;
}
const current = (story: Story): AgentAlert | undefined => story.alerts.find((alert) => !isResolved(alert));

function put(story: Story, alert: AgentAlert): void {
  const index = story.alerts.findIndex(({ alert_id: id }) => id === alert.alert_id);
  story.changes.push({ before: story.alerts[index], after: alert, now: story.now });
  story.alerts.splice(index < 0 ? story.alerts.length : index, 1, alert);
}

function byLook(story: Story, holds: boolean | undefined, vanished: boolean, cooldownMs: number, forMs: number): void {
  const alert = current(story);
  const next = step(alert, { holds, vanished, now: story.now, cooldownMs, forMs, lastFired: story.fired.at(-1), pendingSince: story.pendingSince });
  story.pendingSince = next.pendingSince;
  if (next.do === 'fire') {
    put(story, fire(FACTS, `id-${story.alerts.length}`, story.now).alert);
    story.fired.push(story.now);
  } else if (alert && next.do !== 'nothing') {
    put(story, after(next.do === 'resolve' ? resolve(alert, undefined, story.now) : endSilence(alert)));
  }
}

function byPerson(story: Story, person: 'acknowledge' | 'silence' | 'resolve', minutes: number): void {
  // Also on alerts that are over: that must change nothing.
  const alert = story.alerts.at(-1);
  if (!alert) {
    return;
  }
  const transition = { acknowledge: () => acknowledge(alert, { user: 'ada' }, story.now), silence: () => silence(alert, { user: 'ada', minutes }, story.now), resolve: () => resolve(alert, 'ada', story.now) }[person]();
  if (transition.ok) {
    put(story, transition.alert);
  }
}

function tell(acts: Act[], cooldownMs: number, forMs: number): Story {
  const story: Story = { now: NOW, alerts: [], fired: [], changes: [] };
  for (const one of acts) {
    story.now += one.wait;
    if ('person' in one) {
      byPerson(story, one.person, one.minutes);
    } else {
      byLook(story, one.look, one.vanished, cooldownMs, forMs);
    }
    expect(story.alerts.filter((alert) => !isResolved(alert)).length).toBeLessThanOrEqual(1);
  }
  return story;
}

test('R445 R447 R448: whatever happens, one alert a condition, no firing within the cooldown, resolved is final, revisions count up by one, and nothing fires within a silence', () => {
  const seen = { fired: 0, again: 0, silences: 0 };
  fc.assert(
    fc.property(fc.array(act, { minLength: 60, maxLength: 120 }), fc.constantFrom(0, 5 * MINUTE, 20 * MINUTE), fc.constantFrom(0, 0, 2 * MINUTE), (acts, cooldownMs, forMs) => {
      const { fired, changes } = tell(acts, cooldownMs, forMs);
      seen.fired += fired.length;
      seen.again += Math.max(0, fired.length - 1);
      expect(fired.slice(1).every((at, index) => at - (fired[index] ?? 0) >= cooldownMs)).toBe(true);
      for (const { before, after: alert, now } of changes) {
        expect(alert.revision).toBe((before?.revision ?? 0) + 1);
        expect(before?.status).not.toBe('resolved');
        expect(alert.resolved_at !== null).toBe(alert.status === 'resolved');
        expect(alert.silenced_until !== undefined && alert.status === 'firing').toBe(false);
        if (before?.status === 'silenced' && alert.status === 'firing') {
          seen.silences += 1;
          expect(now).toBeGreaterThanOrEqual(Date.parse(before.silenced_until ?? ''));
        }
      }
      // A silence that nobody ended: no other alert of the condition begins before its end.
      changes.forEach(({ after: alert, now }, index) => {
        const next = changes.slice(index + 1).find((one) => one.before === undefined || one.after.alert_id === alert.alert_id);
        if (alert.status === 'silenced' && next && next.before === undefined) {
          throw new Error(`a second alert at ${next.now}, silenced at ${now}`);
        }
      });
    }),
    { numRuns: 200 }
  );
  // The stories are not empty ones.
  expect([seen.fired > 100, seen.again > 50, seen.silences > 10]).toEqual([true, true, true]);
});
