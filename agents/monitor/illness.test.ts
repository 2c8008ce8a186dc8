import fc from 'fast-check';
import type { Severity } from '../../src/contract/events';
import { LONGEST_REPEAT_MS, restoredIllness, stepIllness, type Illness, type Say, type Standing } from './illness';
import type { Finding } from './judge';
import { after, START } from './test-support';

const RULE = { repeatMs: 30_000, leaveMs: 10_000 };
const finding = (type: string, severity: Severity = 'high', alone = true, since = START): Finding => ({ anomaly: { type, severity }, since, alone });
const ill = (...findings: Finding[]): Standing => ({ findings, settled: false, stoppedOnPurpose: false });
const WELL: Standing = { findings: [], settled: true, stoppedOnPurpose: false };
const DOUBTFUL: Standing = { findings: [], settled: false, stoppedOnPurpose: false };
const STOPPED: Standing = { findings: [], settled: false, stoppedOnPurpose: true };

function play(steps: ReadonlyArray<[number, Standing]>): string[] {
  let illness: Illness | undefined;
  const said: string[] = [];
  for (const [at, standing] of steps) {
    const step = stepIllness(illness, standing, after(at), RULE);
    illness = step.illness;
    if (step.say) {
      said.push(`${at / 1000} ${step.say.what === 'alert' ? `alert${step.say.repeat ? ' again' : ''}` : step.say.reason}`);
    }
  }
  return said;
}

const every = (ms: number, until: number, standing: Standing): Array<[number, Standing]> => Array.from({ length: until / ms + 1 }, (_, index) => [index * ms, standing]);

describe('illness', () => {
  it('is told once when it begins, and again after 30 s, doubling to 5 minutes', () => {
    expect(play(every(1000, 1_300_000, ill(finding('high_cpu'))))).toEqual(['0 alert', '30 alert again', '90 alert again', '210 alert again', '450 alert again', '750 alert again', '1050 alert again']);
  });

  it('is not told for what only stands beside others', () => {
    expect(play([[0, ill(finding('high_cpu', 'medium', false))]])).toEqual([]);
  });

  it('is told at once when something new or worse joins, without putting off the regular repetition', () => {
    const steps: Array<[number, Standing]> = [
      [0, ill(finding('high_cpu'))],
      [5000, ill(finding('high_cpu'), finding('high_memory'))],
      [6000, ill(finding('high_cpu', 'critical'), finding('high_memory'))],
      [7000, ill(finding('high_cpu', 'high'), finding('high_memory'))],
      [8000, ill(finding('high_cpu', 'critical'), finding('high_memory'))],
      [30_000, ill(finding('high_cpu'))],
    ];
    expect(play(steps)).toEqual(['0 alert', '5 alert again', '6 alert again', '30 alert again']);
  });

  it('is over when the container is well', () => {
    expect(play([[0, ill(finding('high_cpu'))], [10_000, DOUBTFUL], [20_000, WELL], [30_000, WELL]])).toEqual(['0 alert', '20 well']);
  });

  it('is over when somebody stopped the container and it stays so', () => {
    expect(play([[0, ill(finding('high_cpu'))], [5000, STOPPED], [14_999, STOPPED], [15_000, STOPPED]])).toEqual(['0 alert', '15 stopped_on_purpose']);
  });

  it('goes on over a restart by hand', () => {
    expect(play([[0, ill(finding('high_cpu'))], [5000, STOPPED], [6000, DOUBTFUL], [7000, STOPPED], [16_500, STOPPED], [17_500, STOPPED]])).toEqual(['0 alert', '17.5 stopped_on_purpose']);
  });

  it('begins when its first sign began', () => {
    const step = stepIllness(undefined, ill(finding('a', 'high', true, START + 40_000), finding('b', 'high', true, START + 20_000), finding('c', 'medium', false, START)), after(60_000), RULE);
    expect(step.illness?.since).toBe(START + 20_000);
  });

  it('never begins in the future', () => {
    expect(stepIllness(undefined, ill(finding('a', 'high', true, START + 99_000)), after(60_000), RULE).illness?.since).toBe(after(60_000).wall);
  });

  it('goes on under another monitor: no first alert twice, and none lost that was not told', () => {
    const told = restoredIllness(START, 2, after(0), RULE);
    expect(stepIllness(told, ill(finding('high_cpu')), after(1000), RULE).say).toBeUndefined();
    expect(stepIllness(told, ill(finding('high_cpu')), after(30_000), RULE)).toMatchObject({ illness: { alerts: 3 }, say: { what: 'alert', repeat: true } });
    const untold = restoredIllness(START, 0, after(0), RULE);
    expect(stepIllness(untold, ill(finding('high_cpu')), after(1000), RULE)).toMatchObject({ illness: { alerts: 1 }, say: { what: 'alert', repeat: false } });
  });
});

const severity = fc.constantFrom<Severity>('low', 'medium', 'high', 'critical');
const someFinding = fc.record({ type: fc.constantFrom('high_cpu', 'high_memory', 'oom_killed'), severity, alone: fc.boolean() }).map((one) => finding(one.type, one.severity, one.alone));
const someStanding = fc.record({ findings: fc.array(someFinding, { maxLength: 4 }), settled: fc.boolean(), stoppedOnPurpose: fc.boolean() });
const history = fc.array(fc.tuple(fc.integer({ min: 1, max: 60_000 }), someStanding), { maxLength: 200 });

function said(steps: ReadonlyArray<[number, Standing]>): Array<{ at: number; say: Say; illness: Illness | undefined; standing: Standing }> {
  let illness: Illness | undefined;
  let at = 0;
  return steps.flatMap(([wait, standing]) => {
    at += wait;
    const step = stepIllness(illness, standing, after(at), RULE);
    illness = step.illness;
    return step.say ? [{ at, say: step.say, illness, standing }] : [];
  });
}

describe('whatever happens to a container', () => {
  it('first alert and end alternate, and all between are repeated alerts', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let open = false;
        for (const { say } of said(steps)) {
          expect(say.what === 'alert' ? say.repeat : true).toBe(open);
          open = say.what === 'alert';
        }
      })
    );
  });

  it('alerts are counted without a gap, and told only when something alone is worth it', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let count = 0;
        for (const { say, illness, standing } of said(steps)) {
          count = say.what === 'alert' ? count + 1 : 0;
          expect(illness?.alerts ?? 0).toBe(count);
          expect(standing.findings.some((one) => one.alone)).toBe(say.what === 'alert');
        }
      })
    );
  });

  it('an unchanged illness is told ever more seldom, but never less than every 5 minutes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 50, maxLength: 400 }), (waits) => {
        const times = said(waits.map((wait) => [wait, ill(finding('high_cpu'))])).map((one) => one.at);
        const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
        gaps.forEach((gap, index) => {
          const wanted = Math.min(RULE.repeatMs * 2 ** index, LONGEST_REPEAT_MS);
          expect(gap).toBeGreaterThanOrEqual(wanted);
          expect(gap).toBeLessThanOrEqual(wanted + 5000);
        });
      })
    );
  });
});
