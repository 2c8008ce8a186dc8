import fc from 'fast-check';
import { checkRule } from './check-rule';
import { render, templateProblem } from './render';

const GIVEN = { name: 'own_rule', title: 'Own: {name}', scope: 'breaker', condition: 'total_calls > threshold', threshold: 3, severity: 'info', type: 'capacity', message_template: '{name} was called {total_calls:0} times.' };

test('R450: two decimals, or as many as are asked for', () => {
  expect(render('{a} {a:0} {a:1} {a:3}', { a: 1.2345 })).toBe('1.23 1 1.2 1.234');
  expect(render('{a} {b} {c} {d}', { a: 5, b: true, c: null, d: Number.NaN })).toBe('5.00 yes unknown unknown');
  expect(render('{threshold}% {threshold:1}%', { threshold: 5 })).toBe('5% 5.0%');
  expect(render('{threshold}', { threshold: 0.1 })).toBe('0.1');
  expect(render('{constructor} {toString} {', {})).toBe('unknown {toString} {');
});

test('values are hostile: they are cleaned, hidden where secret, bounded, and never read as templates', () => {
  expect(render('{a}', { a: 'x\u001b[31m\u202e\n{b}', b: 'no' })).toBe('x {b}');
  expect(render('{a}', { a: 'password=hunter2secret' })).not.toContain('hunter2secret');
  expect([...render('{a} {b} {c}', { a: 'a'.repeat(5000), b: 'b'.repeat(5000), c: 'c'.repeat(5000) })].length).toBeLessThanOrEqual(600);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (a) => {
      const text = render('{a}', { a });
      return [...text].length <= 600 && !/[\p{Cc}\p{Cf}]/u.test(text);
    })
  );
});

test.each([
  ['{nothing}', 'scope agents does not have. It has threshold, requests'],
  ['{toString}', 'which is no placeholder'],
  ['{constructor}', 'does not have'],
  ['{latency:9}', 'which is no placeholder: write {name}, or {name:1} for one decimal'],
  ['{}', 'which is no placeholder'],
  ['{latency', undefined],
  ['{latency:1}', undefined],
] as const)('R450: the text %s is checked when the rule is loaded', (template, problem) => {
  const found = templateProblem('message_template', template, 'agents');
  if (problem === undefined) {
    expect(found).toBeUndefined();
  } else {
    expect(found).toContain(problem);
  }
});

test('digits of a text are an error', () => {
  expect(templateProblem('title', '{name:1}', 'breaker')).toBe('title has {name:1}, but name is no number: leave out the :1.');
});

test('R440 R441: a rule is read with its defaults', () => {
  expect(checkRule(GIVEN)).toEqual({ ok: true, rule: { ...GIVEN, cooldown_minutes: 5, for_seconds: 0, window_minutes: 5, labels: {}, enabled: true, notify: true } });
});

test.each<[string, unknown, string]>([
  ['no object', 'x', 'rule:'],
  ['a name with a space', { ...GIVEN, name: 'Own rule' }, 'name: is not made of small letters'],
  ['a field that does not exist', { ...GIVEN, colour: 'red' }, 'colour'],
  ['a severity that does not exist', { ...GIVEN, severity: 'bad' }, 'severity:'],
  ['a cooldown beyond a day', { ...GIVEN, cooldown_minutes: 1441 }, 'cooldown_minutes:'],
  ['a condition that cannot be read', { ...GIVEN, condition: 'total_calls >' }, 'The condition cannot be read at character 14'],
  ['a variable of another scope', { ...GIVEN, condition: 'cpu_percent > 5' }, 'The condition uses cpu_percent, which the scope breaker does not have'],
  ['a placeholder of another scope', { ...GIVEN, message_template: '{cpu_percent}' }, 'message_template has {cpu_percent}, which the scope breaker does not have'],
])('R441: %s is refused in words', (_what, given, words) => {
  const checked = checkRule(given);
  expect(checked.ok ? '' : checked.problems.join('\n')).toContain(words);
});

test('whatever is given, reading it never throws', () => {
  fc.assert(fc.property(fc.anything(), (given) => typeof checkRule(given).ok === 'boolean'));
  fc.assert(fc.property(fc.record({ name: fc.string(), condition: fc.string(), message_template: fc.string() }), (given) => typeof checkRule({ ...GIVEN, ...given }).ok === 'boolean'));
});
