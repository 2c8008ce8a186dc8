import { z } from 'zod';
import { decodeObject } from '../../src/contract/codec';

/** Longest answer that is read, in characters. */
const MAX_ANSWER = 20_000;

/** Where a JSON text ends that begins at the quote before `from`. */
function afterText(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

/** Top-level JSON objects in a text that may have words, code fences or thoughts around them. One pass. */
function objectsIn(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"' && depth > 0) {
      at = afterText(text, at + 1);
    } else if (char === '{') {
      from = depth === 0 ? at : from;
      depth += 1;
    } else if (char === '}' && depth > 0 && (depth -= 1) === 0) {
      found.push(text.slice(from, at + 1));
    }
  }
  return found;
}

function problemOf(error: z.ZodError): string {
  const first = error.issues[0];
  return first ? `${first.path.join('.') || 'answer'}: ${first.message}` : 'not of the wanted form';
}

/**
 * The JSON object in what a model wrote, which may have words, code fences or thoughts around it. Never throws.
 * @param schema of what is taken
 */
export function readJson<T>(text: string, schema: z.ZodType<T>): { ok: true; value: T } | { ok: false; error: string } {
  const spoken = text.slice(0, MAX_ANSWER).replace(/<think>[\s\S]*?(?:<\/think>|$)/g, '');
  let problem = spoken.includes('{') ? 'the JSON object is not complete' : 'there is no JSON object';
  // The last one that fits: what stands before it is thought or repetition.
  for (const json of objectsIn(spoken).reverse()) {
    const object = decodeObject(json);
    if (!object.ok) {
      problem = object.error.message;
      continue;
    }
    const taken = schema.safeParse(object.value);
    if (taken.success) {
      return { ok: true, value: taken.data };
    }
    problem = problemOf(taken.error);
  }
  return { ok: false, error: problem };
}
