import type { AgentHealth, StatCard, SummaryMetric } from './payloads';

/** The cards on top of the view of the agents (R428 to R435). Pure. */

/** Shown where nothing was measured. */
export const UNKNOWN_VALUE = '–';

const LATENCY_LIMITS = { warning: 500, critical: 1000 };
const ERROR_LIMITS = { warning: 1, critical: 5 };

function statusOf(value: number, { warning, critical }: { warning: number; critical: number }): StatCard['status'] {
  if (value > critical) {
    return 'critical';
  }
  return value > warning ? 'warning' : 'normal';
}

interface Form {
  title: string;
  unit: string;
  icon: string;
  digits: number;
  limits?: { warning: number; critical: number };
}

/** The figure is judged as it is shown: 500.4 ms is shown as 500, which is not above 500. */
function metricCard(metric: SummaryMetric | undefined, { title, unit, icon, digits, limits }: Form): StatCard {
  if (!metric) {
    return { title, value: UNKNOWN_VALUE, unit, trend: null, trendDirection: null, status: 'normal', icon };
  }
  const value = metric.value.toFixed(digits);
  return { title, value, unit, trend: metric.trend, trendDirection: metric.trend_direction, status: limits ? statusOf(Number(value), limits) : 'normal', icon };
}

const HEALTH_STATUS: Readonly<Record<AgentHealth['status'], StatCard['status']>> = { healthy: 'normal', degraded: 'warning', critical: 'critical' };

/** Health, latency, error rate, throughput (R434). */
export function statCards(health: AgentHealth, summaries: readonly SummaryMetric[]): StatCard[] {
  const named = (name: string) => summaries.find((metric) => metric.name === name);
  return [
    { title: 'System Health', value: String(health.score), unit: '/ 100', trend: null, trendDirection: null, status: HEALTH_STATUS[health.status], icon: 'heart' },
    metricCard(named('latency'), { title: 'Avg Latency', unit: 'ms', icon: 'clock', digits: 0, limits: LATENCY_LIMITS }),
    metricCard(named('error_rate'), { title: 'Error Rate', unit: '%', icon: 'alert-circle', digits: 2, limits: ERROR_LIMITS }),
    metricCard(named('throughput'), { title: 'Throughput', unit: 'req/s', icon: 'activity', digits: 1 }),
  ];
}
