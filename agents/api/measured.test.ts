import { MemoryCore } from '../../tests/support/memory-core';
import type { AgentTelemetry } from '../runtime/telemetry';
import { measured } from './measured';

interface Step {
  name: string;
  options: object;
  set: Record<string, unknown>;
  failed: string[];
}

function bench() {
  const steps: Step[] = [];
  const step: AgentTelemetry['step'] = async (name, attributes, work, options = {}) => {
    const one: Step = { name, options, set: { ...attributes }, failed: [] };
    steps.push(one);
    const span = { set: (more: object) => Object.assign(one.set, more), fail: (message: string) => one.failed.push(message) };
    return work(span);
  };
  const core = new MemoryCore();
  return { core, steps, on: measured(core, { step } as AgentTelemetry) };
}
const caller = { user: 'ada', role: 'Admin' as const, machine: false };
const { signal } = new AbortController();
const call = (method: string, path: string) => ({ method, path, query: new URLSearchParams(), body: new Uint8Array() });

test('a step has the name of its route, so that ids make no names of their own', async () => {
  const { on, steps } = bench();
  await on.resource(call('POST', 'dashboard/alerts/0123abcd/silence'), caller, signal);
  await on.resource(call('GET', 'made/up'), caller, signal);
  expect(steps.map(({ name, options }) => [name, options])).toEqual([
    ['POST dashboard/alerts/{alert_id}/silence', expect.objectContaining({ request: true, span: true })],
    ['GET unknown', expect.objectContaining({ request: true, span: false })],
  ]);
  expect(steps[0]?.set).toMatchObject({ 'http.route': 'dashboard/alerts/{alert_id}/silence', 'hemostat.user': 'ada', 'http.response.status_code': 200 });
});

test.each([
  [404, '{"error":"not_found"}', 0],
  [500, '{"error":"internal"}', 1],
  [503, '{"error":"unavailable","message":"Redis cannot be reached."}', 1],
  [503, '{"error":"unavailable","message":"Dashboard not initialized"}', 0],
])('%d with %s fails %d times', async (status, body, failures) => {
  const { core, on, steps } = bench();
  core.respond = () => Promise.resolve({ status, headers: {}, body });
  await on.resource(call('GET', 'dashboard'), caller, signal);
  expect(steps[0]?.failed).toHaveLength(failures);
});

test.each([
  [400, 'The query cannot be read.', 0],
  [502, 'Redis cannot be reached.', 1],
  [503, 'Dashboard not initialized. Start the observer.', 0],
])('a query that is answered %d with "%s" fails %d times', async (status, message, failures) => {
  const { core, on, steps } = bench();
  core.answer = () => Promise.resolve({ ok: false, failure: { status, message, source: 'downstream' } });
  await on.query({ query: { refId: 'A', queryType: 'events' } as never, range: { from: 0, to: 1 }, maxDataPoints: 1, intervalMs: 1 }, caller, signal);
  expect([steps[0]?.name, steps[0]?.failed.length]).toEqual(['query events', failures]);
});
