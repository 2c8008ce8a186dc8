import fc from 'fast-check';
import { testAlert } from '../../../tests/support/events';
import type { Anomaly, EventData } from '../../../src/contract/events';
import { anyOf } from '../../../tests/support/any-of';
import { EVENT_DATA } from '../../../src/contract/events';
import { RULES, judgeByRules, type History } from '.';
import { trendOf } from './trend';

type Alert = EventData<'health_alert'>;

const alert = (data: Partial<Alert>): Alert => testAlert('web', { health_status: 'healthy', anomalies: [], metrics: {}, ...data }).data;
/** Given oldest first, as one reads them; kept newest first. */
const past = (figure: 'cpu_percent' | 'memory_percent', ...values: number[]): History =>
  values.map((value, index) => ({ id: `p${index}`, time: '2026-01-01T00:00:00.000Z', metrics: { [figure]: value } })).reverse();
const medium: Anomaly = { type: 'high_cpu', severity: 'medium', threshold: 85, actual: 86 };
const judge = (data: Partial<Alert>, history: History = []) => judgeByRules({ container: 'web', alert: alert(data) }, history);

describe('the rules of the original, with its figures and in its order', () => {
  test.each<[string, Partial<Alert>, History, string, string, number, boolean]>([
    ['exit code 1', { exit_code: 1, status: 'exited' }, [], 'exit_code', 'restart', 0.9, false],
    ['exit code -1', { exit_code: -1 }, [], 'exit_code', 'restart', 0.9, false],
    ['a command that is not there', { exit_code: 127, status: 'exited' }, [], 'cannot_run', 'none', 0.9, false],
    ['a command that may not be run', { exit_code: 126, status: 'exited' }, [], 'cannot_run', 'none', 0.9, false],
    ['exit code before restarts', { exit_code: 137, restart_count: 9 }, [], 'exit_code', 'restart', 0.9, false],
    ['6 restarts', { restart_count: 6 }, [], 'many_restarts', 'none', 0.6, true],
    ['5 restarts are not too many', { restart_count: 5 }, [], 'not_enough', 'none', 0.5, true],
    ['restarts before critical', { restart_count: 6, anomalies: [{ type: 'high_cpu', severity: 'critical' }] }, [], 'many_restarts', 'none', 0.6, true],
    ['one critical of two', { anomalies: [medium, { type: 'high_memory', severity: 'critical' }] }, [], 'critical_anomaly', 'restart', 0.85, false],
    ['critical before unhealthy', { health_status: 'unhealthy', anomalies: [{ type: 'high_cpu', severity: 'critical' }] }, [], 'critical_anomaly', 'restart', 0.85, false],
    ['unhealthy', { health_status: 'unhealthy', anomalies: [{ type: 'unhealthy_status', severity: 'high' }] }, [], 'unhealthy', 'restart', 0.7, false],
    ['starting is not unhealthy', { health_status: 'starting' }, [], 'not_enough', 'none', 0.5, true],
    ['CPU over 90, flat', { metrics: { cpu_percent: 90.1 } }, past('cpu_percent', 91, 92), 'lasting_cpu', 'restart', 0.75, false],
    ['CPU over 90, rising', { metrics: { cpu_percent: 91 } }, past('cpu_percent', 60, 75, 90), 'lasting_cpu', 'restart', 0.75, false],
    ['CPU over 90, falling', { metrics: { cpu_percent: 91 } }, past('cpu_percent', 99, 90), 'not_enough', 'none', 0.5, true],
    ['CPU over 90, one alert before', { metrics: { cpu_percent: 91 } }, past('cpu_percent', 91), 'not_enough', 'none', 0.5, true],
    ['CPU at 90', { metrics: { cpu_percent: 90 } }, past('cpu_percent', 90, 90), 'not_enough', 'none', 0.5, true],
    ['memory over 70, rising', { metrics: { memory_percent: 70.1 } }, past('memory_percent', 60, 65.1), 'memory_leak', 'restart', 0.8, false],
    ['memory over 70, rising by 5 at most', { metrics: { memory_percent: 75 } }, past('memory_percent', 60, 65), 'not_enough', 'none', 0.5, true],
    ['memory at 70, rising', { metrics: { memory_percent: 70 } }, past('memory_percent', 50, 60), 'not_enough', 'none', 0.5, true],
    ['CPU before memory', { metrics: { cpu_percent: 95, memory_percent: 90 } }, past('cpu_percent', 95, 95), 'lasting_cpu', 'restart', 0.75, false],
    ['one medium and nothing before', { anomalies: [medium] }, [], 'one_spike', 'none', 0.65, true],
    ['one medium, not the first', { anomalies: [medium] }, past('cpu_percent', 86), 'not_enough', 'none', 0.5, true],
    ['two medium', { anomalies: [medium, medium] }, [], 'not_enough', 'none', 0.5, true],
    ['one high', { anomalies: [{ type: 'high_cpu', severity: 'high' }] }, [], 'not_enough', 'none', 0.5, true],
    ['nothing at all', {}, [], 'not_enough', 'none', 0.5, true],
  ])('%s', (_name, data, history, rule, action, confidence, falseAlarm) => {
    expect(judge(data, history)).toMatchObject({ rule, action, confidence, falseAlarm });
  });
});

describe('rules for what only our monitor sees', () => {
  test('a restart loop is left alone, whatever else is wrong', () => {
    const found = judge({ exit_code: 1, restart_count: 9, anomalies: [{ type: 'restart_loop', severity: 'high', actual: 4, threshold: 3 }, { type: 'non_zero_exit', severity: 'critical' }] });
    expect(found).toMatchObject({ rule: 'restart_loop', action: 'none', falseAlarm: false, certain: 'hands_off' });
    expect(found?.reason).toContain('restarting will not help');
    expect(found?.rootCause).toContain('exit code 1');
  });
  test('a restart loop for want of memory says so', () => {
    expect(judge({ exit_code: 137, oom_killed: true, anomalies: [{ type: 'restart_loop', severity: 'high' }] })?.rootCause).toContain('runs out of memory');
  });
  test('killed for memory: restart, with the limit as cause', () => {
    const found = judge({ status: 'exited', exit_code: 137, oom_killed: true, metrics: { memory_limit: 67_108_864 }, anomalies: [{ type: 'oom_killed', severity: 'critical' }] });
    expect(found).toMatchObject({ rule: 'oom_killed', action: 'restart', confidence: 0.9, certain: 'ill' });
    expect(found?.rootCause).toContain('64 MB');
  });
  test('a process of a running container killed for memory is less certain', () => {
    expect(judge({ status: 'running', anomalies: [{ type: 'oom_killed', severity: 'high' }] })).toMatchObject({ rule: 'oom_killed', action: 'restart', confidence: 0.75 });
  });
  test('a lost parent network: restart the child', () => {
    expect(judge({ anomalies: [{ type: 'lost_parent_network', severity: 'high', detail: 'vpn was replaced' }] })).toMatchObject({ rule: 'lost_parent_network', action: 'restart', confidence: 0.9, certain: 'ill', rootCause: 'vpn was replaced' });
  });
});

describe('trend', () => {
  test('the last five alerts count, newest first', () => {
    expect(trendOf(past('cpu_percent', 0, 90, 80, 70, 60, 50), 'cpu_percent')).toMatchObject({ direction: 'falling', step: -10, values: [90, 80, 70, 60, 50] });
  });
  test('an alert without the figure is left out', () => {
    expect(trendOf([...past('cpu_percent', 80), ...past('memory_percent', 1), ...past('cpu_percent', 60)], 'cpu_percent')).toMatchObject({ direction: 'rising', step: 20 });
  });
  test('turning the history round turns the trend round', () => {
    const turned = { rising: 'falling', falling: 'rising', stable: 'stable', unknown: 'unknown' } as const;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 }), (values) => {
        const there = trendOf(past('cpu_percent', ...values), 'cpu_percent').direction;
        expect(trendOf(past('cpu_percent', ...[...values].reverse()), 'cpu_percent').direction).toBe(turned[there]);
      })
    );
  });
});

describe('properties', () => {
  const alerts = anyOf(EVENT_DATA.health_alert, fc.constantFrom('unhealthy', 'restart_loop', 'oom_killed', 'lost_parent_network', 'running')) as fc.Arbitrary<Alert>;
  const histories = fc.array(fc.record({ id: fc.string(), time: fc.constant('2026-01-01T00:00:00.000Z'), metrics: fc.record({ cpu_percent: fc.float({ noNaN: true, min: 0, max: 200 }), memory_percent: fc.float({ noNaN: true, min: 0, max: 100 }) }) }), { maxLength: 12 });

  test('every alert has one verdict of the allowed kind, with the evidence for it', () => {
    fc.assert(
      fc.property(alerts, histories, (data, history) => {
        const input = { container: 'web', alert: data };
        const found = judgeByRules(input, history);
        expect(found).toEqual(judgeByRules(input, history));
        expect(['restart', 'none']).toContain(found?.action);
        // A restart loop is real, but not ours to mend.
        expect(found?.falseAlarm).toBe(found?.action === 'none' && found.certain !== 'hands_off');
        expect(found?.evidence.length).toBeGreaterThan(0);
        expect(found?.reason).not.toBe('');
        expect(RULES.map((rule) => rule.name)).toContain(found?.rule);
      }),
      { numRuns: 500 }
    );
  });

  test('what is judged without the history is judged the same with any history', () => {
    fc.assert(
      fc.property(alerts, histories, (data, history) => {
        const input = { container: 'web', alert: data };
        const without = judgeByRules(input);
        fc.pre(without !== undefined);
        expect(judgeByRules(input, history)).toEqual(without);
      }),
      { numRuns: 500 }
    );
  });
});
