import { QueryError } from '../failure';

const MAX_PATTERN = 500;
/** Each adds a power to the time that a hostile text can cost. */
const MAX_UNBOUNDED = 3;

interface Shape {
  unbounded: number;
  repeatedGroup: boolean;
  reference: boolean;
}

const QUANTIFIER = /^(?:[*+]|\{\d+,\d*\})/;

/** Skips one character class; the position behind it. */
function behindClass(pattern: string, at: number): number {
  let index = at + 1;
  while (index < pattern.length && pattern[index] !== ']') {
    index += pattern[index] === '\\' ? 2 : 1;
  }
  return index + 1;
}

function shapeOf(pattern: string): Shape {
  const shape: Shape = { unbounded: 0, repeatedGroup: false, reference: false };
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at];
    if (character === '\\') {
      shape.reference ||= /[1-9k]/.test(pattern[at + 1] ?? '');
      at += 2;
      continue;
    }
    if (character === '[') {
      at = behindClass(pattern, at);
      continue;
    }
    shape.reference ||= pattern.startsWith('(?=', at) || pattern.startsWith('(?!', at) || pattern.startsWith('(?<', at);
    const quantifier = QUANTIFIER.exec(pattern.slice(at))?.[0];
    if (quantifier) {
      shape.unbounded += 1;
      shape.repeatedGroup ||= pattern[at - 1] === ')' && pattern[at - 2] !== '\\';
    }
    shape.repeatedGroup ||= character === '{' && pattern[at - 1] === ')';
    at += quantifier?.length ?? 1;
  }
  return shape;
}

/**
 * A pattern for whole values, as Prometheus and Loki have it. Patterns that a hostile text could make run for ever are refused,
 * because whoever may look at a dashboard may write one.
 * @throws QueryError 400
 */
export function compilePattern(pattern: string): RegExp {
  const { unbounded, repeatedGroup, reference } = shapeOf(pattern);
  if (pattern.length > MAX_PATTERN || unbounded > MAX_UNBOUNDED || repeatedGroup || reference) {
    throw new QueryError(400, `The pattern "${pattern.slice(0, 80)}" is too costly: use at most ${MAX_UNBOUNDED} of * and +, none of them behind a group, no look-around and no back references.`);
  }
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch {
    throw new QueryError(400, `The pattern "${pattern.slice(0, 80)}" is not a regular expression.`);
  }
}
