import { agentHealth } from './agent-health';
import { statCards } from './cards';
import type { SummaryMetric } from './payloads';

const HEALTHY = agentHealth({ errorRate: 0, latencyP99: 0, activeAlerts: 0 });
const metric = (name: string, value: number): SummaryMetric => ({ name, value, unit: '', trend: 7.5, trend_direction: 'up', time_range: { from: '', to: '' } });
const card = (title: string, ...metrics: SummaryMetric[]) => statCards(HEALTHY, metrics).find((one) => one.title === title);

test('R428 R434 R435: four cards in order, three of them with a trend', () => {
  const trend = { trend: 7.5, trendDirection: 'up' };
  expect(statCards(HEALTHY, [metric('latency', 123.6), metric('error_rate', 0.5), metric('throughput', 1.25)])).toEqual([
    { title: 'System Health', value: '100', unit: '/ 100', trend: null, trendDirection: null, status: 'normal', icon: 'heart' },
    { title: 'Avg Latency', value: '124', unit: 'ms', ...trend, status: 'normal', icon: 'clock' },
    { title: 'Error Rate', value: '0.50', unit: '%', ...trend, status: 'normal', icon: 'alert-circle' },
    { title: 'Throughput', value: '1.3', unit: 'req/s', ...trend, status: 'normal', icon: 'activity' },
  ]);
});

test.each([
  ['latency', 'Avg Latency', 500, 'normal'],
  ['latency', 'Avg Latency', 500.4, 'normal'],
  ['latency', 'Avg Latency', 501, 'warning'],
  ['latency', 'Avg Latency', 1000, 'warning'],
  ['latency', 'Avg Latency', 1001, 'critical'],
  ['error_rate', 'Error Rate', 1, 'normal'],
  ['error_rate', 'Error Rate', 1.01, 'warning'],
  ['error_rate', 'Error Rate', 5, 'warning'],
  ['error_rate', 'Error Rate', 5.01, 'critical'],
  ['throughput', 'Throughput', 0, 'normal'],
  ['throughput', 'Throughput', 1e6, 'normal'],
] as const)('R429 to R432: %s of "%s" at %d is %s', (name, title, value, status) => {
  expect(card(title, metric(name, value))?.status).toBe(status);
});

test.each([
  [0, 'normal'],
  [3.1, 'warning'],
  [1000, 'critical'],
] as const)('R433: with an error rate of %d %% the health card is %s', (errorRate, status) => {
  expect(statCards(agentHealth({ errorRate, latencyP99: null, activeAlerts: null }), [])[0]?.status).toBe(status);
});

test('R397: without data a card says so, without a trend', () => {
  expect(card('Avg Latency')).toEqual({ title: 'Avg Latency', value: '–', unit: 'ms', trend: null, trendDirection: null, status: 'normal', icon: 'clock' });
});
