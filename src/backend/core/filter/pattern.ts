import { QueryError } from '../failure';

const MAX_PATTERN = 500;
/** Characters of a value, about: names of containers are shorter, texts somewhat longer. */
const VALUE_LENGTH = 300;
/** Steps that a hostile value may cost, about: some hundredths of a second. */
const MAX_STEPS = 10_000_000;
const TOKEN = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?[=!<]|\{\d+(?:,\d*)?\}|[\s\S]/g;
const OPEN_ENDED = /^(?:[*+]|\{\d+,\d*\})$/;
const REPEATS = /^(?:[*+]|\{\d+(?:,\d*)?\})$/;

/** How a pattern can be costly. */
interface Shape {
  /** Repetitions without an end: each multiplies by the length of the value. */
  openEnded: number;
  /** Ways that options and alternatives inside of groups allow, multiplied. */
  choices: number;
  /** Repeated groups, look-around and back references: no bound is known. */
  unbounded: boolean;
}

function shapeOf(pattern: string): Shape {
  const shape: Shape = { openEnded: 0, choices: 1, unbounded: false };
  const groups: number[] = [];
  let before = '';
  for (const token of pattern.match(TOKEN) ?? []) {
    if (token === '(') {
      groups.push(1);
    } else if (token === ')') {
      shape.choices *= groups.pop() ?? 1;
    } else if (token === '|' && groups.length > 0) {
      groups.push((groups.pop() ?? 0) + 1);
    } else {
      measure(shape, token, before);
    }
    before = token;
  }
  return shape;
}

function measure(shape: Shape, token: string, before: string): void {
  shape.openEnded += OPEN_ENDED.test(token) ? 1 : 0;
  shape.unbounded ||= (before === ')' && REPEATS.test(token)) || token.startsWith('(?') || /^\\[1-9k]$/.test(token);
  // Behind a repetition it means "as few as possible", behind a bracket it opens a group without a name.
  shape.choices *= token === '?' && before !== '(' && !REPEATS.test(before) ? 2 : 1;
}

function stepsOf({ openEnded, choices }: Shape): number {
  let steps = choices;
  for (let count = 1; count <= openEnded; count += 1) {
    steps *= VALUE_LENGTH / count;
  }
  return openEnded > 3 ? Infinity : steps;
}

/**
 * A pattern for whole values, as Prometheus and Loki have it. Patterns that a hostile text could make run for ever are refused,
 * because whoever may look at a dashboard may write one.
 * @throws QueryError 400
 */
export function compilePattern(pattern: string): RegExp {
  const shape = shapeOf(pattern);
  if (pattern.length > MAX_PATTERN || shape.unbounded || stepsOf(shape) > MAX_STEPS) {
    throw new QueryError(400, `The pattern "${pattern.slice(0, 80)}" is too costly: use at most three of * and +, few options and alternatives, none of them behind a group, no look-around and no back references.`);
  }
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch {
    throw new QueryError(400, `The pattern "${pattern.slice(0, 80)}" is not a regular expression.`);
  }
}
