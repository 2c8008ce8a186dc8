import { at, alertData, completeData, falseAlarmData, needData, refusedData } from '../../tests/support/story-events';
import { COUNT_CASES } from '../../tests/support/exporter-cases';
import type { HemostatEvent } from '../../src/contract/events';
import { EVENT_METRICS } from '../../src/contract/metrics';
import { count, countsOf } from './counts';

/** What an event counts: `name label-values` and how much. */
const counted = (event: HemostatEvent) => Object.fromEntries(countsOf(event).map(({ key, value }) => [key.replaceAll('\t', ' '), value]));

describe('what one event counts', () => {
  it('an alert: itself by its worst severity, each anomaly, and how long nobody saw it', () => {
    expect(counted(at('14:03:08.110', 'health_alert', alertData))).toEqual({
      'hemostat_health_alerts_total web-2 host-1 high': 1,
      'hemostat_anomalies_detected_total web-2 host-1 high_memory': 1,
      'hemostat_anomalies_detected_total web-2 host-1 unhealthy_status': 1,
      hemostat_time_to_detection_seconds: 1,
    });
  });

  it('a repeated alert detects nothing new', () => {
    expect(Object.keys(counted(at('14:03:08.110', 'health_alert', { ...alertData, repeat: true })))).not.toContain('hemostat_time_to_detection_seconds');
  });

  it.each([
    ['not a time', undefined],
    // Two clocks may differ a little.
    ['2026-03-02T14:03:09.000Z', 0],
  ])('since %s: %p seconds', (since, seconds) => {
    expect(counted(at('14:03:08.110', 'health_alert', { ...alertData, ill_since: since })).hemostat_time_to_detection_seconds).toBe(seconds);
  });

  it('names of anomalies that are not known are counted as other', () => {
    const found = counted(at('14:03:08.110', 'health_alert', { ...alertData, anomalies: [{ type: 'made up', severity: 'low' }] }));
    expect(found).toMatchObject({ 'hemostat_anomalies_detected_total web-2 host-1 other': 1, 'hemostat_health_alerts_total web-2 host-1 low': 1 });
  });

  it('an analysis: its result, method, duration and confidence, and every call of a model', () => {
    const call = { model: 'qwen3', provider: 'ollama', started_at: '', duration_seconds: 1.5, input_tokens: 700, output_tokens: 50, prompt_hash: 'ab', finish_reason: 'stop', outcome: 'ok' as const };
    expect(counted(at('14:03:09.000', 'remediation_needed', { ...needData, analysis_method: 'ai', model_calls: [call] }))).toEqual({
      'hemostat_analysis_requests_total remediation_needed ai': 1,
      hemostat_analysis_duration_seconds: needData.duration_seconds,
      'hemostat_analysis_confidence remediation_needed': needData.confidence,
      'hemostat_model_calls_total ollama qwen3 ok': 1,
      'hemostat_model_tokens_total ollama qwen3 input': 700,
      'hemostat_model_tokens_total ollama qwen3 output': 50,
      'hemostat_model_call_duration_seconds ollama qwen3': 1.5,
    });
  });

  it('a false alarm is a result of an analysis, and a fallback is counted', () => {
    expect(counted(at('14:03:09.000', 'false_alarm', { ...falseAlarmData, fallback: 'the model timed out' }))).toMatchObject({
      'hemostat_analysis_requests_total false_alarm rule_based': 1,
      hemostat_analysis_fallbacks_total: 1,
    });
  });

  it('an action that was carried out: attempt, duration, time since the alert; no refusal', () => {
    const event = at('14:03:20.000', 'remediation_complete', { ...completeData, result: { status: 'success' }, dry_run: false, duration_seconds: 2, alerted_at: '2026-03-02T14:03:08.000Z' });
    expect(counted(event)).toEqual({
      'hemostat_remediation_attempts_total web-2 host-1 restart success': 1,
      'hemostat_remediation_duration_seconds restart': 2,
      hemostat_time_to_remediation_seconds: 12,
    });
  });

  it('an action that failed healed nobody in no time', () => {
    const event = at('14:03:20.000', 'remediation_complete', { ...completeData, result: { status: 'failed' }, dry_run: false, duration_seconds: 2, alerted_at: '2026-03-02T14:03:08.000Z' });
    expect(Object.keys(counted(event))).not.toContain('hemostat_time_to_remediation_seconds');
  });

  it('an action that was only rehearsed counts as dry_run', () => {
    expect(counted(at('14:03:20.000', 'remediation_complete', { ...completeData, dry_run: true, guards: [] }))).toEqual({ 'hemostat_remediation_attempts_total web-2 host-1 restart dry_run': 1 });
  });

  it('a refusal: by each guard that refused, unknown ones as other', () => {
    const guards = [
      { guard: 'cooldown', allowed: false, reason: 'too soon' },
      { guard: 'made_up', allowed: false, reason: 'no' },
      { guard: 'mode', allowed: true, reason: 'free' },
    ];
    expect(counted(at('14:03:20.000', 'remediation_complete', { ...refusedData, guards }))).toMatchObject({
      'hemostat_guard_refusals_total cooldown': 1,
      'hemostat_guard_refusals_total other': 1,
    });
    expect(Object.keys(counted(at('14:03:20.000', 'remediation_complete', { ...refusedData, guards }))).join()).not.toContain('hemostat_guard_refusals_total mode');
  });

  it.each([
    ['cooldown_active', 'cooldown'],
    ['circuit_breaker_open', 'circuit_breaker'],
  ])("the Python original's refusal %s is that of the guard %s", (reason, guard) => {
    const event = at('14:03:20.000', 'remediation_complete', { ...refusedData, result: { status: 'rejected', reason }, guards: undefined });
    expect(counted(event)).toMatchObject({ [`hemostat_guard_refusals_total ${guard}`]: 1 });
  });

  it.each([
    ['exec_start: sh -c "cat /secret"', 'exec_start'],
    ['die', 'die'],
  ])('a lifecycle event %s by its action alone', (action, label) => {
    expect(counted(at('14:03:20.000', 'container_event', { container_id: 'c', action }))).toEqual({ [`hemostat_container_events_total ${label}`]: 1 });
  });

  it('trouble when it begins, not when it ends', () => {
    const trouble = { part: 'redis', message: 'm', mend: 'm', since: '' };
    expect(counted(at('14:03:20.000', 'agent_trouble', { ...trouble, state: 'began' }))).toEqual({ 'hemostat_agent_troubles_total monitor redis': 1 });
    expect(counted(at('14:03:20.000', 'agent_trouble', { ...trouble, state: 'ended' }))).toEqual({});
  });

  it('an event that no metric tells of counts nothing', () => {
    expect(countsOf(at('14:03:20.000', 'analysis_started', { model: 'qwen3', provider: 'ollama' }))).toEqual([]);
  });

  it('gives every count under a metric of the contract, with a value for each of its labels, and never less than before', () => {
    const counts = COUNT_CASES.flatMap(({ events }) => events('web-2').flatMap(countsOf));
    expect(counts.length).toBeGreaterThan(50);
    for (const { name, key, value } of counts) {
      const labels = EVENT_METRICS.find((metric) => metric.name === name)?.labels;
      expect([key, key.split('\t').length]).toEqual([key, (labels?.length ?? -1) + 1]);
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  it('lets no name of a container make a second label', () => {
    const { key } = count('hemostat_container_restarts_total', { container_name: 'a\tb\nc', host: 'h' });
    expect(key).toBe('hemostat_container_restarts_total\ta b c\th');
  });
});
