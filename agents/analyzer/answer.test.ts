import fc from 'fast-check';
import { MODEL_ACTIONS, contradiction, readAnswer } from './answer';
import type { Finding } from './rules';

const good = { root_cause: 'a', action: 'restart', reason: 'b', confidence: 0.8, is_false_alarm: false };
const json = (changes: Record<string, unknown> = {}) => JSON.stringify({ ...good, ...changes });
const read = { kind: 'ok', answer: { action: 'restart', rootCause: 'a', reason: 'b', confidence: 0.8, falseAlarm: false } };

describe('reading an answer', () => {
  test.each([
    ['plain', json()],
    ['in a code fence', `\`\`\`json\n${json()}\n\`\`\``],
    ['with words around it', `Here you are: ${json()} I hope it helps {smile}`.replace('{smile}', '')],
    ['after a thought', `<think>{"action":"exec"} perhaps?</think>${json()}`],
    ['the last of several', `${json({ action: 'none' })}\n${json()}`],
    ['numbers and truth as text', json({ confidence: '0.8', is_false_alarm: 'false' })],
    ['another case', json({ action: ' Restart ' })],
  ])('%s', (_name, text) => expect(readAnswer(text)).toEqual(read));

  test('the word of the original for scaling', () => expect(readAnswer(json({ action: 'scale' }))).toMatchObject({ answer: { action: 'scale_up' } }));

  test.each([
    ['half of it', json().slice(0, 40), 'not complete'],
    ['nothing', '', 'no JSON object'],
    ['words', 'The container is fine.', 'no JSON object'],
    ['a list', '[1,2]', 'no JSON object'],
    ['a field is missing', JSON.stringify({ ...good, reason: undefined }), 'reason'],
    ['no number', json({ confidence: 'high' }), 'confidence'],
    ['no number at all', json({ confidence: null }), 'confidence'],
    ['action is no text', json({ action: ['restart'] }), 'action'],
  ])('%s is invalid', (_name, text, problem) => {
    const answer = readAnswer(text);
    expect(answer.kind).toBe('invalid');
    expect(answer.kind === 'invalid' && answer.error).toContain(problem);
  });

  test.each(['exec', 'stop', 'rm -rf /', '', 'restart; rm', '__proto__', 'constructor'])('the action %j is refused', (action) => {
    expect(readAnswer(json({ action })).kind).toBe('refused');
  });

  test.each([
    [1.7, 1],
    [-3, 0],
    [95, 1],
  ])('confidence %d is %d', (given, taken) => expect(readAnswer(json({ confidence: given }))).toMatchObject({ answer: { confidence: taken } }));

  test('words of a model are redacted, put on one line and cut', () => {
    const answer = readAnswer(json({ reason: `see\n\u001b[31mpassword=hunter2\u001b[0m \u202e${'x'.repeat(5000)}` }));
    const reason = answer.kind === 'ok' ? answer.answer.reason : '';
    expect(reason).toMatch(/^see password=\[redacted\] x+…$/);
    expect(reason.length).toBeLessThanOrEqual(600);
  });

  test('whatever a model writes, an action of the list comes out or none', () => {
    const pieces = fc.constantFrom('{', '}', '"', '\\', json(), json({ action: 'exec' }), json({ action: 'stop' }), '```', '<think>', '</think>', '"action":"exec"', ',', ':');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(pieces).map((parts) => parts.join('')), fc.json()), (text) => {
        const answer = readAnswer(text);
        if (answer.kind === 'ok') {
          expect(MODEL_ACTIONS).toContain(answer.answer.action);
          expect(answer.answer.confidence).toBeGreaterThanOrEqual(0);
          expect(answer.answer.confidence).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 2000 }
    );
  });
});

describe('what is certain is not turned around', () => {
  const finding = (certain?: Finding['certain']): Finding => ({ rule: 'r', action: 'restart', confidence: 0.9, reason: '', rootCause: '', evidence: [], falseAlarm: false, ...(certain ? { certain } : {}) });
  const answer = { action: 'restart', rootCause: '', reason: '', confidence: 0.9, falseAlarm: false } as const;
  test.each([
    ['certainly ill, would act', 'ill', answer, false],
    ['certainly ill, would act otherwise', 'ill', { ...answer, action: 'start' }, false],
    ['certainly ill, would do nothing', 'ill', { ...answer, action: 'none' }, true],
    ['certainly ill, false alarm', 'ill', { ...answer, falseAlarm: true }, true],
    ['certainly ill, not sure enough', 'ill', { ...answer, confidence: 0.69 }, true],
    ['hands off, would act', 'hands_off', answer, true],
    ['hands off, would do nothing', 'hands_off', { ...answer, action: 'none' }, false],
    ['not certain', undefined, { ...answer, falseAlarm: true }, false],
  ] as const)('%s', (_name, certain, given, refused) => {
    expect(contradiction(finding(certain), given, 0.7) !== undefined).toBe(refused);
  });
});
