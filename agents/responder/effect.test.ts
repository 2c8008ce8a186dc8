import { judgeEffect, type EffectFacts } from './effect';

const side = (part: Partial<EffectFacts['after']> = {}): EffectFacts['after'] => ({ from: '', to: '', samples: 1, status: 'running', health_status: 'unknown', metrics: {}, ...part });
const facts = (part: Partial<EffectFacts> = {}): EffectFacts => ({ action: 'restart', anomalies: [], before: side(), after: side(), running: true, startedAgain: false, ...part });

describe('whether an action helped', () => {
  it.each<[string, Partial<EffectFacts>, string, RegExp]>([
    ['a crashed one that runs', { anomalies: [{ type: 'non_zero_exit', severity: 'high' }], before: side({ status: 'exited' }) }, 'helped', /has run without ending again/],
    ['one that crashes again', { anomalies: [{ type: 'non_zero_exit', severity: 'high' }], startedAgain: true }, 'no_change', /was started once more/],
    ['one that is down still', { before: side({ status: 'exited' }), after: side({ status: 'exited' }), running: false }, 'no_change', /not running \(exited\)/],
    ['one that ran and is down', { after: side({ status: 'exited' }), running: false }, 'worse', /ran before the action/],
    ['CPU under its limit', { anomalies: [{ type: 'high_cpu', severity: 'high', threshold: 85 }], before: side({ metrics: { cpu_percent: 99 } }), after: side({ metrics: { cpu_percent: 3.21 } }) }, 'helped', /CPU went from 99 % to 3.2 % \(limit 85 %\)/],
    ['CPU as before', { anomalies: [{ type: 'high_cpu', severity: 'high', threshold: 85 }], before: side({ metrics: { cpu_percent: 99 } }), after: side({ metrics: { cpu_percent: 98 } }) }, 'no_change', /^It is running, but CPU went/],
    ['more CPU than before', { anomalies: [{ type: 'high_cpu', severity: 'high', threshold: 85 }], before: side({ metrics: { cpu_percent: 90 } }), after: side({ metrics: { cpu_percent: 190 } }) }, 'worse', /CPU rose from 90 % to 190 %/],
    ['all of a small share of CPU, still', { anomalies: [{ type: 'high_cpu', severity: 'critical', threshold: 85 }], before: side({ metrics: { cpu_percent: 20 } }), after: side({ metrics: { cpu_percent: 19.8 } }) }, 'no_change', /CPU went from 20 % to 19.8 %/],
    ['all of a small share of CPU, no more', { anomalies: [{ type: 'high_cpu', severity: 'critical', threshold: 85 }], before: side({ metrics: { cpu_percent: 20 } }), after: side({ metrics: { cpu_percent: 1 } }) }, 'helped', /CPU went from 20 % to 1 %/],
    ['memory that nobody measured', { anomalies: [{ type: 'high_memory', severity: 'high', threshold: 80 }] }, 'no_change', /not known after/],
    ['memory without a limit, that fell', { anomalies: [{ type: 'high_memory', severity: 'high' }], before: side({ metrics: { memory_percent: 90 } }), after: side({ metrics: { memory_percent: 30 } }) }, 'helped', /90 % to 30 %/],
    ['a health check that is well', { anomalies: [{ type: 'unhealthy_status', severity: 'high' }], after: side({ health_status: 'healthy' }) }, 'helped', /healthy/],
    ['a health check that starts', { anomalies: [{ type: 'unhealthy_status', severity: 'high' }], after: side({ health_status: 'starting' }) }, 'no_change', /starting/],
    ['a lost network that is back', { anomalies: [{ type: 'lost_parent_network', severity: 'high' }], stillIll: false }, 'helped', /holds it to be well/],
    ['a lost network that nobody looked at', { anomalies: [{ type: 'lost_parent_network', severity: 'high' }] }, 'no_change', /has not looked/],
    ['no known illness, ill still', { stillIll: true }, 'no_change', /still holds it to be ill/],
    ['a stop that worked', { action: 'stop', running: false, after: side({ status: 'exited' }) }, 'helped', /stopped/],
    ['a stop that did not', { action: 'stop' }, 'no_change', /is running/],
  ])('%s', (_what, part, verdict, reason) => {
    const judged = judgeEffect(facts(part));
    expect(judged.verdict).toBe(verdict);
    expect(judged.reason).toMatch(reason);
    expect(judged.reason).toMatch(/^[A-Z].*\.$/);
    expect(judged.uncertain).toBe(verdict !== 'helped');
  });
});
