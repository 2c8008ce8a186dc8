import { byProject, conditionOf, worstFirst, type Condition, type FleetMember } from './fleet';

test.each<[string, Parameters<typeof conditionOf>, Condition]>([
  ['R049: healthy is green', [{ status: 'running', health: 'healthy', ill: false }, undefined, false], 'well'],
  ['without a health check too', [{ status: 'running', health: 'unknown', ill: false }, undefined, false], 'well'],
  ['R050: unhealthy is red, also before the monitor calls it ill', [{ status: 'running', health: 'unhealthy', ill: false }, undefined, true], 'ill'],
  ['R051: remediated is blue', [{ status: 'running', health: 'healthy', ill: false }, undefined, true], 'healed'],
  ['an incident that waits for a person', [{ status: 'running', health: 'unhealthy', ill: true }, 'awaiting_approval', false], 'waiting'],
  ['an action under way', [{ status: 'restarting', health: 'unknown', ill: true }, 'remediating', false], 'acting'],
  ['an action that failed', [{ status: 'running', health: 'healthy', ill: true }, 'failed', true], 'ill'],
  ['stopped by a person', [{ status: 'exited', health: 'unknown', ill: false }, undefined, true], 'stopped'],
  ['still starting', [{ status: 'running', health: 'starting', ill: false }, undefined, false], 'starting'],
  ['a word of Docker that is new', [{ status: 'hovering', health: 'unknown', ill: false }, undefined, false], 'unknown'],
  ['a word of every object', [{ status: 'constructor', health: 'unknown', ill: false }, 'constructor', false], 'unknown'],
])('%s', (_, given, condition) => {
  expect(conditionOf(...given)).toBe(condition);
});

const member = (key: string, condition: Condition, project = ''): FleetMember => ({ key, name: key, host: 'h', project, condition, status: '', health: '', cpu: undefined, memory: undefined, seen: undefined, incident: '' });

test('rows: what asks for attention first, then by name', () => {
  expect(worstFirst([member('b', 'well'), member('a', 'well'), member('d', 'ill'), member('c', 'waiting')]).map(({ key }) => key)).toEqual(['c', 'd', 'a', 'b']);
});

test('cells: by project and name whatever their condition, so that nothing moves; those without a project last', () => {
  const groups = byProject([member('b', 'ill', 'shop'), member('x', 'ill'), member('a', 'well', 'shop'), member('q', 'well', 'queue')]);
  expect(groups.map(([project, list]) => [project, ...list.map(({ key }) => key)])).toEqual([['queue', 'q'], ['shop', 'a', 'b'], ['', 'x']]);
});
