import { AGENT_METRICS, METRICS, metricOfSeries } from './metrics';
import { HISTOGRAM_BOUNDS } from './observability/histogram';

describe('the metrics', () => {
  it('have one definition each, also in OpenMetrics, which takes the ending of a counter off', () => {
    const families = METRICS.map((metric) => (metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name));
    expect(families.filter((name, index) => families.indexOf(name) !== index)).toEqual([]);
  });

  it('keep to the naming rules of Prometheus, where the original does not demand otherwise', () => {
    const demanded = ['hemostat_container_restart_count'];
    for (const { name, type, unit, labels, help, buckets } of METRICS) {
      expect(name).toMatch(/^(hemostat|node|agent)_[a-zA-Z0-9_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect([name, /_(count|sum|bucket)$/.test(name)]).toEqual([name, demanded.includes(name)]);
      expect([name, labels.includes('le') || labels.includes('instance') || labels.includes('job')]).toEqual([name, false]);
      expect([name, help.endsWith('.')]).toEqual([name, true]);
      expect([name, [...(buckets ?? [])].sort((a, b) => a - b)]).toEqual([name, buckets ?? []]);
      expect([name, type === 'histogram']).toEqual([name, buckets !== undefined]);
      if (name.startsWith('hemostat_')) {
        expect([name, /_bytes(_total)?$/.test(name)]).toEqual([name, unit === 'bytes']);
        expect([name, /_timestamp_seconds$/.test(name)]).toEqual([name, unit === 'timestamp']);
      }
    }
  });

  it('have bounds of latency that agents count by, so that nothing is told finer than it was measured (R374)', () => {
    const bounds = AGENT_METRICS.flatMap(({ buckets }) => buckets ?? []);
    expect(bounds.length).toBeGreaterThan(10);
    expect(bounds.filter((bound) => !HISTOGRAM_BOUNDS.includes(bound))).toEqual([]);
    // The limits of rules and cards.
    expect([500, 1000, 5000].filter((limit) => !bounds.includes(limit))).toEqual([]);
  });

  it('are found by the names of their series', () => {
    expect(metricOfSeries('hemostat_analysis_duration_seconds_bucket')?.name).toBe('hemostat_analysis_duration_seconds');
    expect(metricOfSeries('hemostat_container_restart_count')?.type).toBe('gauge');
    expect(metricOfSeries('hemostat_alerts_deduped_total_count')).toBeUndefined();
    expect(metricOfSeries('up')).toBeUndefined();
  });

  it('have the labels and buckets of the original (R193 to R206)', () => {
    const of = (name: string) => metricOfSeries(name);
    expect(of('hemostat_analysis_duration_seconds')?.buckets).toEqual([0.1, 0.5, 1, 2, 5, 10, 30]);
    expect(of('hemostat_analysis_confidence')?.buckets).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(of('hemostat_remediation_duration_seconds')?.buckets).toEqual([0.1, 0.5, 1, 2, 5, 10, 30, 60]);
    expect(of('hemostat_time_to_detection_seconds')?.buckets).toEqual([5, 10, 15, 30, 60, 120, 300]);
    expect(of('hemostat_time_to_remediation_seconds')?.buckets).toEqual([5, 10, 15, 30, 60, 120, 300, 600]);
    const labels: ReadonlyArray<[string, string[]]> = [
      ['hemostat_container_cpu_percent', ['container_id', 'container_name']],
      ['hemostat_health_alerts_total', ['container_name', 'severity']],
      ['hemostat_anomalies_detected_total', ['container_name', 'anomaly_type']],
      ['hemostat_analysis_requests_total', ['result_type']],
      ['hemostat_remediation_attempts_total', ['container_name', 'action', 'status']],
      ['hemostat_remediation_cooldown_active', ['container_id']],
      ['hemostat_alerts_sent_total', ['channel', 'status']],
      ['hemostat_agent_uptime_seconds', ['agent_name']],
      ['hemostat_redis_operations_total', ['operation', 'status']],
    ];
    labels.forEach(([name, wanted]) => expect([name, wanted.filter((label) => !of(name)?.labels.includes(label))]).toEqual([name, []]));
  });
});
