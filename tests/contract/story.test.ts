import fc from 'fast-check';
import type { z } from 'zod';
import {
  alertData,
  at,
  completeData,
  cooldown,
  decision,
  falseAlarmData,
  needData,
  plan,
  refusedData,
  verifiedData,
} from '../support/story-events';
import { EVENT_DATA, EVENT_TYPES, type HemostatEvent } from '../../src/contract/events';
import { foldIncident } from '../../src/contract/incident';
import { eventLine, tellStory } from '../../src/contract/story';
import { anyOf } from '../support/any-of';

const NOTHING_TO_SEE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function story(events: HemostatEvent[]) {
  const told = tellStory(foldIncident('i1', events), events);
  return {
    headline: told.headline,
    summary: told.summary,
    lines: told.lines.map((line) => `${line.offsetMs} ${line.kind}: ${line.text}`),
  };
}

const detected = () => at('14:03:07.120', 'health_alert', alertData);
const needed = () => at('14:03:07.121', 'remediation_needed', needData, { agent: 'analyzer' });

describe('tellStory', () => {
  test('a restart that helped', () => {
    const told = story([
      detected(),
      needed(),
      at('14:03:07.125', 'remediation_started', { ...decision, attempt: 1, authorised_by: 'policy' }),
      at('14:03:07.525', 'remediation_complete', completeData),
      at('14:03:09.210', 'remediation_verified', verifiedData),
      at('14:03:09.214', 'notification_sent', {
        channel: 'slack',
        kind: 'resolved',
        key: 'k',
        attempts: 1,
        duration_seconds: 0.1,
      }),
    ]);
    expect(told).toMatchInlineSnapshot(`
{
  "headline": "web-2 · resolved in 2.1 s · high · rules, confidence 0.85",
  "lines": [
    "0 detected: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 % (CPU 12 %, memory 71 %)",
    "1 analysed: restart needed: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85, evidence 3)",
    "5 guards: 7 allowed, 0 refused (mode auto)",
    "5 acting: restart of host-1/web-2, attempt 1, allowed by policy",
    "405 acted: restart done in 400 ms, Docker answered in 388 ms",
    "2090 verified: helped after 1.4 s: health unhealthy -> healthy, CPU 12 % -> 3.4 %, memory 71 % -> 22 %",
    "2094 notified: Slack told: resolved",
  ],
  "summary": "web-2 on host-1 fell ill at 14:03:07: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 %; CPU 12 %, memory 71 %. Cause: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85). Restarted in 400 ms. It helped: health unhealthy -> healthy, CPU 12 % -> 3.4 %, memory 71 % -> 22 %, measured 1.4 s later.",
}
`);
  });

  test('a refusal says guard, limit, measured value and when it is free', () => {
    const told = story([detected(), needed(), at('14:03:07.125', 'remediation_complete', refusedData)]);
    expect(told.lines.at(-1)).toContain(
      'refused by cooldown: 3600 s between actions, last one 48 min ago, free at 14:15:07 (in 12 min)'
    );
    expect(told).toMatchInlineSnapshot(`
{
  "headline": "web-2 · not acted on · high · rules, confidence 0.85",
  "lines": [
    "0 detected: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 % (CPU 12 %, memory 71 %)",
    "1 analysed: restart needed: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85, evidence 3)",
    "5 refused: restart refused by cooldown: 3600 s between actions, last one 48 min ago, free at 14:15:07 (in 12 min)",
  ],
  "summary": "web-2 on host-1 fell ill at 14:03:07: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 %; CPU 12 %, memory 71 %. Cause: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85). Nothing was done: restart refused by cooldown: 3600 s between actions, last one 48 min ago, free at 14:15:07 (in 12 min).",
}
`);
  });

  test('an approval: wanted, given, done', () => {
    const wanted = [
      detected(),
      needed(),
      at('14:03:07.125', 'approval_requested', { ...decision, mode: 'approve', expires_at: '2026-03-02T14:18:07Z' }),
    ];
    expect(story(wanted)).toMatchInlineSnapshot(`
{
  "headline": "web-2 · waiting for approval · high · rules, confidence 0.85",
  "lines": [
    "0 detected: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 % (CPU 12 %, memory 71 %)",
    "1 analysed: restart needed: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85, evidence 3)",
    "5 guards: 7 allowed, 0 refused (mode approve)",
    "5 waiting: approval wanted: restart of host-1/web-2, digest d1gest012345, expires at 14:18:07",
  ],
  "summary": "web-2 on host-1 fell ill at 14:03:07: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 %; CPU 12 %, memory 71 %. Cause: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85). Waiting for a person to approve the restart of host-1/web-2, until 14:18:07.",
}
`);
    const done = [
      ...wanted,
      at('14:05:00.000', 'approval_decided', { digest: decision.digest, decision: 'approved', user: 'ada' }),
      at('14:05:00.010', 'remediation_started', { ...decision, attempt: 1, authorised_by: 'ada' }),
      at('14:05:00.410', 'remediation_complete', { ...completeData, authorised_by: 'ada' }),
    ];
    expect(story(done).summary).toContain('Restarted in 400 ms, allowed by ada. Whether it helped is being measured.');
    const rejected = [
      ...wanted,
      at('14:05:00.000', 'approval_decided', {
        digest: decision.digest,
        decision: 'rejected',
        user: 'ada',
        reason: 'deploy is running',
      }),
    ];
    expect(story(rejected).summary).toContain(
      'Nothing was done: ada rejected the restart of host-1/web-2: deploy is running.'
    );
  });

  test('observe only: what would have been done', () => {
    const told = story([
      detected(),
      needed(),
      at('14:03:07.125', 'remediation_started', {
        ...decision,
        mode: 'observe',
        dry_run: true,
        attempt: 1,
        authorised_by: 'policy',
      }),
      at('14:03:07.126', 'remediation_complete', {
        ...completeData,
        dry_run: true,
        mode: 'observe',
        plan,
        result: { status: 'success' },
        duration_seconds: 0,
      }),
    ]);
    expect(told).toMatchInlineSnapshot(`
{
  "headline": "web-2 · not acted on · high · rules, confidence 0.85",
  "lines": [
    "0 detected: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 % (CPU 12 %, memory 71 %)",
    "1 analysed: restart needed: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85, evidence 3)",
    "5 guards: 7 allowed, 0 refused (mode observe)",
    "5 acting: dry run of restart of host-1/web-2, attempt 1, allowed by policy",
    "6 dry run: would restart host-1/web-2; nothing was done (dry run)",
  ],
  "summary": "web-2 on host-1 fell ill at 14:03:07: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 %; CPU 12 %, memory 71 %. Cause: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85). Nothing was done, because this was a dry run; the action would have been: restart.",
}
`);
  });

  test('the responder died between intent and result', () => {
    const begun = [
      detected(),
      needed(),
      at('14:03:07.125', 'remediation_started', { ...decision, attempt: 1, authorised_by: 'policy' }),
    ];
    expect(story(begun).summary).toContain(
      'The restart of host-1/web-2 began at 14:03:07; how it ended is not known yet.'
    );
    const told = story([
      ...begun,
      at('14:03:21.000', 'remediation_complete', {
        ...completeData,
        result: { status: 'success', reason: 'was restarted after the intent; not done again' },
        duration_seconds: 0,
      }),
      at('14:03:23.000', 'remediation_verified', {
        ...verifiedData,
        verdict: 'no_change',
        reason: 'Still unhealthy after 2 s.',
        after: verifiedData.before,
      }),
    ]);
    expect(told).toMatchInlineSnapshot(`
{
  "headline": "web-2 · not healed · high · rules, confidence 0.85",
  "lines": [
    "0 detected: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 % (CPU 12 %, memory 71 %)",
    "1 analysed: restart needed: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85, evidence 3)",
    "5 guards: 7 allowed, 0 refused (mode auto)",
    "5 acting: restart of host-1/web-2, attempt 1, allowed by policy",
    "13880 acted: restart done, was restarted after the intent; not done again",
    "15880 verified: no change after 1.4 s: health unhealthy as before, CPU 12 % as before, memory 71 % as before",
  ],
  "summary": "web-2 on host-1 fell ill at 14:03:07: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 %; CPU 12 %, memory 71 %. Cause: The health check fails while the process still runs (rule unhealthy-status, confidence 0.85). Restarted (was restarted after the intent; not done again). It did not help: health unhealthy as before, CPU 12 % as before, memory 71 % as before, measured 1.4 s later (Still unhealthy after 2 s).",
}
`);
  });

  test('events of the Python original alone', () => {
    const told = story([
      at(
        '14:03:07.120',
        'health_alert',
        {
          ...alertData,
          anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 137 }],
          metrics: {},
          ill_since: undefined,
        },
        { host: '' }
      ),
      at(
        '14:03:08.000',
        'remediation_needed',
        {
          ...needData,
          root_cause: undefined,
          rule: undefined,
          evidence: [],
          reason: 'Container exited with code 137',
          confidence: 0.9,
        },
        { host: '' }
      ),
      at(
        '14:03:08.500',
        'remediation_complete',
        {
          action: 'restart',
          result: { status: 'rejected', reason: 'cooldown_active', remaining_seconds: 720 },
          dry_run: false,
          reason: 'Container exited',
          confidence: 0.9,
        },
        { host: '' }
      ),
    ]);
    expect(told).toMatchInlineSnapshot(`
{
  "headline": "web-2 · not acted on · high · rules, confidence 0.90",
  "lines": [
    "0 detected: exited with code 137",
    "880 analysed: restart needed: Container exited with code 137 (rules, confidence 0.90)",
    "1380 refused: restart refused by cooldown: free at 14:15:08 (in 12 min)",
  ],
  "summary": "web-2 fell ill at 14:03:07: exited with code 137. Cause: Container exited with code 137 (rules, confidence 0.90). Nothing was done: restart refused by cooldown: free at 14:15:08 (in 12 min).",
}
`);
  });

  test('a false alarm, and one that recovered alone', () => {
    expect(story([detected(), at('14:03:07.121', 'false_alarm', falseAlarmData)])).toMatchInlineSnapshot(`
{
  "headline": "web-2 · false alarm after 11 ms · high · rules, confidence 0.60",
  "lines": [
    "0 detected: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 % (CPU 12 %, memory 71 %)",
    "1 analysed: false alarm: More than 5 restarts, none lately (rules, confidence 0.60)",
  ],
  "summary": "web-2 on host-1 fell ill at 14:03:07: Health check failed three times; the last probe answered 500; memory 71 %, limit 80 %; CPU 12 %, memory 71 %. Judged a false alarm: More than 5 restarts, none lately (rules, confidence 0.60). Nothing was done.",
}
`);
    const alone = story([
      detected(),
      at('14:03:47.110', 'container_recovered', {
        container_id: '0123456789ab',
        reason: 'well',
        health_status: 'healthy',
        metrics: {},
        ill_for_seconds: 40,
      }),
    ]);
    expect(alone.headline).toBe('web-2 · recovered alone after 40 s · high');
    expect(alone.summary).toMatch(/It became well by itself after 40 s\.$/);
  });

  test('an event that stands twice is told once, and no events give a story too', () => {
    const alert = detected();
    expect(story([alert, alert]).lines).toHaveLength(1);
    expect(story([])).toEqual({
      headline: 'incident i1 · ill',
      summary: 'Nothing is known yet of what is wrong with the container. Nothing has been done yet.',
      lines: [],
    });
  });

  test('hostile names, reasons and answers lose what is invisible', () => {
    const evil = 'web\u001b[2J\n\u202e\u2066evil\u200b\u0007<!channel>';
    const events = [
      at(
        '14:03:07.120',
        'health_alert',
        { ...alertData, anomalies: [{ type: evil, severity: 'high', detail: evil }] },
        { container: evil, host: evil }
      ),
      at('14:03:07.121', 'remediation_needed', { ...needData, root_cause: evil, rule: evil }, { container: evil }),
      at(
        '14:03:07.122',
        'remediation_complete',
        { ...refusedData, guards: [{ ...cooldown, guard: evil, limit: evil, measured: evil }] },
        { container: evil }
      ),
    ];
    const told = tellStory(foldIncident('i1', events), events);
    for (const text of [
      told.headline,
      told.summary,
      ...told.lines.map((line) => line.text),
      ...events.map((event) => eventLine(event)),
    ]) {
      expect(text).not.toMatch(NOTHING_TO_SEE);
      expect(text).not.toContain('[2J');
    }
  });
});

const clocks = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '',
    'yesterday',
    '2026-03-02',
    'Mon, 02 Mar 2026 14:03:07 GMT (\u001b[2J)',
    '+275760-09-13T00:00:00.000Z'
  )
);
const words = fc.string({ unit: 'binary', maxLength: 30 });
const anyEvent = fc.constantFrom(...EVENT_TYPES).chain((type) =>
  fc.record({
    v: fc.constant(1),
    id: words,
    time: clocks,
    agent: words,
    host: words,
    container: words,
    incident_id: words,
    cause_id: words,
    trace_id: words,
    policy_version: words,
    type: fc.constant(type),
    data: anyOf(EVENT_DATA[type] as z.ZodType, clocks),
  })
) as fc.Arbitrary<HemostatEvent>;

test('no sequence of events makes a story or a line throw, and nothing invisible comes out', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 12 }),
      fc.constantFrom('UTC', 'America/New_York', 'No/Such_Zone'),
      (events, timeZone) => {
        const told = tellStory(foldIncident('i1', events), events, { timeZone });
        for (const text of [
          told.headline,
          told.summary,
          ...told.lines.flatMap((line) => [line.time, line.kind, line.text]),
          ...events.map((event) => eventLine(event, { timeZone })),
        ]) {
          expect(text).not.toMatch(NOTHING_TO_SEE);
        }
        expect(told.headline).not.toBe('');
        expect(told.summary.split(/(?<=[.…]) (?=[A-Z])/).length).toBeGreaterThan(0);
      }
    ),
    { numRuns: 500 }
  );
});
