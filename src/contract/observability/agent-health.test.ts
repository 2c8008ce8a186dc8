import fc from 'fast-check';
import { agentHealth, agentHealthStatus, AGENT_HEALTH_LIMITS, AGENT_HEALTH_WEIGHTS, componentScore, type AgentHealthInputs } from './agent-health';

const FINE: AgentHealthInputs = { errorRate: 0, latencyP99: 0, activeAlerts: 0 };
const figure = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null });
const inputs: fc.Arbitrary<AgentHealthInputs> = fc.record({ errorRate: figure, latencyP99: figure, activeAlerts: fc.option(fc.nat(1000), { nil: null }) });
const limits = fc.constantFrom(...Object.values(AGENT_HEALTH_LIMITS));

test('R405 to R408: thresholds and weights are as written', () => {
  expect(AGENT_HEALTH_LIMITS).toEqual({ error_rate: { warning: 1, critical: 5 }, latency_p99: { warning: 1000, critical: 5000 }, active_alerts: { warning: 1, critical: 3 } });
  expect(AGENT_HEALTH_WEIGHTS).toEqual({ error_rate: 0.4, latency: 0.4, alerts: 0.2 });
});

test.each([
  [0, 100],
  [1, 100],
  [2, 87.5],
  [3, 75],
  [5, 50],
  [6, 40],
  [7.5, 25],
  [10, 0],
  [11, 0],
  [1e9, 0],
])('R409 to R411: an error rate of %d %% scores %d', (value, score) => {
  expect(componentScore(value, AGENT_HEALTH_LIMITS.error_rate)).toBeCloseTo(score, 9);
});

test('R409 to R411: a component scores 0 to 100, never more for a worse value, without a jump at its limits', () => {
  const value = fc.double({ min: 0, max: 20_000, noNaN: true });
  fc.assert(
    fc.property(value, value, limits, (a, b, given) => {
      const [better, worse] = [componentScore(Math.min(a, b), given), componentScore(Math.max(a, b), given)];
      return worse <= better && better <= 100 && worse >= 0;
    })
  );
  fc.assert(fc.property(limits, (given) => Math.abs(componentScore(given.critical, given) - componentScore(given.critical + 1e-9, given)) < 1e-6 && componentScore(given.critical, given) === 50));
});

test('R415: scores are whole numbers from 0 to 100', () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const { score, components } = agentHealth(given);
      return [score, ...Object.values(components)].every((one) => one === null || (Number.isInteger(one) && one >= 0 && one <= 100));
    })
  );
});

test('R408: a part that gets worse never raises the score', () => {
  fc.assert(
    fc.property(inputs, fc.nat(100_000), fc.nat(100_000), fc.constantFrom('errorRate', 'latencyP99', 'activeAlerts'), (given, a, b, part) => agentHealth({ ...given, [part]: Math.max(a, b) }).score <= agentHealth({ ...given, [part]: Math.min(a, b) }).score)
  );
});

test('R123 R406: what is unknown is null, and the weights of the rest are scaled up', () => {
  // (0.4 * 75 + 0.2 * 100) / 0.6
  expect(agentHealth({ errorRate: 3, latencyP99: null, activeAlerts: 0 })).toEqual({ score: 83, status: 'degraded', issues: [], components: { error_rate: 75, latency: null, alerts: 100 } });
  fc.assert(fc.property(fc.double({ min: 0, max: 20, noNaN: true }), (errorRate) => agentHealth({ errorRate, latencyP99: null, activeAlerts: null }).score === agentHealth({ errorRate, latencyP99: null, activeAlerts: null }).components.error_rate));
  expect(agentHealth({ errorRate: null, latencyP99: Number.NaN, activeAlerts: null })).toEqual({ score: 0, status: 'critical', issues: ['Nothing is known of the agents'], components: { error_rate: null, latency: null, alerts: null } });
});

test('R413: a component below 70 is an issue, one of 70 is none', () => {
  expect(agentHealth({ errorRate: 6.666, latencyP99: 5600.4, activeAlerts: 3 }).issues).toEqual(['High error rate: 6.67%', 'High latency: 5600ms (p99)', 'Active alerts: 3']);
  // 3.4 % scores 70, 3.45 % scores 69.375.
  expect([agentHealth({ ...FINE, errorRate: 3.4 }).issues, agentHealth({ ...FINE, errorRate: 3.45 }).issues]).toEqual([[], ['High error rate: 3.45%']]);
  expect(agentHealth(FINE)).toEqual({ score: 100, status: 'healthy', issues: [], components: { error_rate: 100, latency: 100, alerts: 100 } });
});

test('R414: healthy from 90, degraded from 70', () => {
  expect([100, 90, 89, 70, 69, 0].map(agentHealthStatus)).toEqual(['healthy', 'healthy', 'degraded', 'degraded', 'critical', 'critical']);
});

test('R415: rounded first, so that 89.6 is 90 and healthy', () => {
  // Error rate 3.08 % scores 74: 0.4 * 74 + 0.4 * 100 + 0.2 * 100 = 89.6.
  expect(agentHealth({ ...FINE, errorRate: 3.08 })).toMatchObject({ score: 90, status: 'healthy' });
  fc.assert(fc.property(inputs, (given) => agentHealth(given).status === agentHealthStatus(agentHealth(given).score)));
});
