import type { ContainerDetails, EngineEvent } from '../docker/engine';
import { atRest, judge, settled } from './judge';
import { after, ended, LIMITS, someDetails, someVitals, START } from './test-support';
import { heard, lookedAt, type Vitals } from './vitals';

const types = (vitals: Vitals, at: number) => judge(vitals, LIMITS, after(at)).map((finding) => `${finding.anomaly.severity} ${finding.anomaly.type}${finding.alone ? '' : ' (beside others)'}`);
const event = (action: string, at: number, changes: Partial<EngineEvent> = {}): EngineEvent => ({ action, containerId: 'a'.repeat(64), name: 'web', image: 'nginx:1', labels: {}, timeNano: `${START + at}000000`, at: START + at, ...changes });
const look = (vitals: Vitals, details: ContainerDetails, at: number) => lookedAt(vitals, details, after(at), LIMITS.loopMs);
const always = { restartPolicy: { name: 'always', maximumRetryCount: 0 } };
const restarting = (at: number, restartCount: number) => ended(1, at, { ...always, status: 'restarting', restarting: true, restartCount });

describe('a container that ended', () => {
  it('is ill at once when nothing restarts it', () => {
    expect(types(look(someVitals(), ended(3, 5000), 5000), 5000)).toEqual(['high non_zero_exit']);
  });

  it('is not ill with exit code 0, nor when it is removed as it ends', () => {
    expect(types(look(someVitals(), ended(0, 5000), 5000), 5000)).toEqual([]);
    expect(types(look(someVitals(), ended(3, 5000, { autoRemove: true }), 5000), 5000)).toEqual([]);
  });

  it('is not ill when somebody stopped it', () => {
    const asked = heard(someVitals(), event('kill', 4000, { signal: '15' }), after(4000));
    const vitals = look(asked, ended(143, 5000), 5000);
    expect(types(vitals, 5000)).toEqual([]);
    expect(atRest(vitals)).toBe(true);
  });

  it('stays well when it was restarted by hand and the new start is heard before the end is looked at', () => {
    const marked = [event('kill', 4000, { signal: '9' }), event('die', 4010, { exitCode: 137 }), event('stop', 4020), event('start', 4100)].reduce((vitals, one) => heard(vitals, one, after(4100)), someVitals());
    expect(types(look(marked, ended(137, 4010), 4100), 4100)).toEqual([]);
  });

  it('is ill when it crashes in the run after a restart by hand', () => {
    const marked = [event('kill', 4000, { signal: '9' }), event('stop', 4020), event('start', 4100)].reduce((vitals, one) => heard(vitals, one, after(4100)), someVitals());
    const again = look(marked, someDetails({ startedAt: new Date(START + 4100).toISOString() }), 4200);
    expect(types(look(again, ended(137, 9000, { startedAt: new Date(START + 4100).toISOString() }), 9000), 9000)).toEqual(['high non_zero_exit']);
  });

  it('waits for Docker to bring it back, but not for long', () => {
    const vitals = look(someVitals(always), restarting(5000, 1), 5000);
    expect(types(vitals, 5000)).toEqual(['high non_zero_exit (beside others)']);
    expect(types(vitals, 14_999)).toEqual(['high non_zero_exit (beside others)']);
    expect(types(vitals, 15_000)).toEqual(['high non_zero_exit']);
  });

  it('has never run: it is not ill', () => {
    expect(types(someVitals({ status: 'created', running: false, exitCode: 127, startedAt: undefined }), 60_000)).toEqual([]);
  });
});

describe('out of memory', () => {
  it('is critical at once, and stands before the exit code', () => {
    expect(types(look(someVitals(), ended(137, 5000, { oomKilled: true }), 5000), 5000)).toEqual(['critical oom_killed', 'high non_zero_exit']);
  });

  it('is told of a process of a container that lives on, for a while', () => {
    const vitals = heard(someVitals(), event('oom', 5000), after(5000));
    // A moment is left for the end of the container, which says more.
    expect(types(vitals, 5000)).toEqual([]);
    expect(types(vitals, 5500)).toEqual(['critical oom_killed']);
    expect(types(vitals, 15_000)).toEqual([]);
  });

  it('is told even when Docker will restart it', () => {
    expect(types(look(someVitals(always), { ...restarting(5000, 1), exitCode: 137, oomKilled: true }, 5000), 5000)[0]).toBe('critical oom_killed');
  });
});

describe('restarts by Docker', () => {
  const looping = (count: number) => {
    let vitals = someVitals(always);
    for (let restart = 1; restart <= count; restart += 1) {
      vitals = look(vitals, restarting(restart * 1000, restart), restart * 1000);
    }
    return vitals;
  };

  it('are a loop from the fourth on', () => {
    expect(types(looping(3), 3000)).not.toContain('high restart_loop');
    expect(types(looping(4), 4000)).toContain('high restart_loop');
  });

  it('are told as excessive beside a loop', () => {
    expect(types(looping(6), 6000)).toEqual(['high restart_loop', 'high non_zero_exit (beside others)', 'medium excessive_restarts']);
  });

  it('are over when it runs steadily, though the window still holds them', () => {
    const back = look(looping(6), someDetails({ ...always, restartCount: 6, startedAt: new Date(START + 7000).toISOString() }), 7000);
    expect(types(back, 36_999)).toContain('high restart_loop');
    expect(types(back, 37_000)).toEqual(['medium excessive_restarts (beside others)']);
  });

  it('are forgotten when somebody starts it by hand, since Docker counts from 0 again', () => {
    expect(types(look(looping(6), someDetails({ ...always, restartCount: 0, startedAt: new Date(START + 7000).toISOString() }), 7000), 7000)).toEqual([]);
  });

  it('are no illness after somebody has stopped it', () => {
    const asked = heard(looping(6), event('stop', 7000), after(7000));
    expect(types(look(asked, ended(1, 6500, { ...always, restartCount: 6 }), 7000), 7000)).toEqual([]);
  });
});

describe('health checks', () => {
  const checked = (health: ContainerDetails['health']) => look(someVitals({ hasHealthCheck: true }), someDetails({ hasHealthCheck: true, health }), 20_000);

  it('are told at once when they fail', () => {
    expect(types(checked('unhealthy'), 20_000)).toEqual(['high unhealthy_status']);
  });

  it('are given time while it starts', () => {
    expect(types(checked('starting'), 20_000)).toEqual([]);
    expect(settled(checked('starting'), [], LIMITS, after(60_000))).toBe(false);
  });

  it('prove that it is well at once', () => {
    expect(settled(checked('healthy'), [], LIMITS, after(1))).toBe(true);
  });
});

describe('figures', () => {
  const hot = { hot: true, since: START, value: 90 };

  it('are high over the threshold and critical over 95', () => {
    expect(types({ ...someVitals(), memory: hot }, 20_000)).toEqual(['high high_memory']);
    expect(types({ ...someVitals(), cpu: { ...hot, value: 180 } }, 20_000)).toEqual(['critical high_cpu']);
  });

  it('are told beside others from 80 % of the threshold on', () => {
    const vitals = { ...someVitals(), cpu: hot, memory: { hot: false, value: 65 } };
    expect(types(vitals, 20_000)).toEqual(['high high_cpu', 'medium high_memory (beside others)']);
    expect(types({ ...vitals, memory: { hot: false, value: 63 } }, 20_000)).toEqual(['high high_cpu']);
  });

  it('stay high until they are well again, though they have just fallen under the threshold', () => {
    expect(types({ ...someVitals(), memory: { ...hot, value: 75 } }, 20_000)).toEqual(['high high_memory']);
  });

  it('keep a container from counting as well while they are over the threshold, told or not', () => {
    expect(settled({ ...someVitals(), cpu: { hot: false, value: 99, crossing: after(0) } }, [], LIMITS, after(60_000))).toBe(false);
  });
});

describe('a container in the network of another one', () => {
  const child = (why: 'gone' | 'restarted') => ({ ...someVitals(), parentLost: { ...after(1000), why } });

  it.each(['gone', 'restarted'] as const)('has lost it when that one is %s, after a moment', (why) => {
    expect(types(child(why), 10_999)).toEqual([]);
    expect(types(child(why), 11_000)).toEqual(['high lost_parent_network']);
  });
});

it('says nothing about a paused container', () => {
  const vitals = { ...someVitals({ paused: true, health: 'unhealthy', status: 'paused' }), memory: { hot: true, since: START, value: 99 } };
  expect(types(vitals, 60_000)).toEqual([]);
  expect(settled(vitals, [], LIMITS, after(60_000))).toBe(false);
});

it('holds a container to be well only when it has run for a while', () => {
  expect(settled(someVitals(), [], LIMITS, after(9_999))).toBe(false);
  expect(settled(someVitals(), [], LIMITS, after(10_000))).toBe(true);
});
