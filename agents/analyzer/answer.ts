import { z } from 'zod';
import { decodeObject } from '../../src/contract/codec';
import type { Finding } from './rules';
import { cleanLine } from './untrusted';

/** What a model may ask for. Never `exec` or `stop`: those belong to people and policies. */
export const MODEL_ACTIONS = ['restart', 'start', 'scale_up', 'cleanup', 'none'] as const;
export type ModelAction = (typeof MODEL_ACTIONS)[number];

/** The form that is asked for. */
export const wantedAnswerSchema = z.object({
  root_cause: z.string(),
  action: z.enum(MODEL_ACTIONS),
  reason: z.string(),
  confidence: z.number(),
  is_false_alarm: z.boolean(),
});

/** The form that is taken: models write numbers and truth as text at times. */
const takenAnswerSchema = z.object({
  root_cause: z.string(),
  action: z.string(),
  reason: z.string(),
  confidence: z.union([z.number(), z.string().trim().min(1).transform(Number)]).pipe(z.number()),
  is_false_alarm: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]),
});

export interface Answer {
  action: ModelAction;
  rootCause: string;
  reason: string;
  /** 0..1 */
  confidence: number;
  falseAlarm: boolean;
}

export type ReadAnswer =
  | { kind: 'ok'; answer: Answer }
  /** Not of the wanted form: asking again may help. */
  | { kind: 'invalid'; error: string }
  /** Of the form, but asking for what is not allowed: asking again would only invite it. */
  | { kind: 'refused'; error: string };

/** Longest answer that is read, in characters. */
const MAX_ANSWER = 20_000;
const MAX_WORDS = 600;

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

function isModelAction(action: string): action is ModelAction {
  return MODEL_ACTIONS.some((allowed) => allowed === action);
}

function check(taken: z.infer<typeof takenAnswerSchema>): ReadAnswer {
  const word = taken.action.trim().toLowerCase();
  // The original's documents call it `scale`.
  const action = word === 'scale' ? 'scale_up' : word;
  if (!isModelAction(action)) {
    return { kind: 'refused', error: `the model asked for "${cleanLine(taken.action, 60)}", which is not one of ${MODEL_ACTIONS.join(', ')}` };
  }
  return {
    kind: 'ok',
    answer: {
      action,
      rootCause: cleanLine(taken.root_cause, MAX_WORDS) || 'not named',
      reason: cleanLine(taken.reason, MAX_WORDS) || 'not named',
      confidence: Math.min(1, Math.max(0, taken.confidence)),
      falseAlarm: taken.is_false_alarm,
    },
  };
}

/** Reads what a model wrote. Never throws. */
export function readAnswer(text: string): ReadAnswer {
  const spoken = text.slice(0, MAX_ANSWER).replace(/<think>[\s\S]*?(?:<\/think>|$)/g, '');
  const objects = objectsIn(spoken);
  let problem = spoken.includes('{') ? 'the JSON object is not complete' : 'there is no JSON object';
  // The last one that fits: what stands before it is thought or repetition.
  for (const json of objects.reverse()) {
    const object = decodeObject(json);
    if (!object.ok) {
      problem = object.error.message;
      continue;
    }
    const taken = takenAnswerSchema.safeParse(object.value);
    if (taken.success) {
      return check(taken.data);
    }
    problem = problemOf(taken.error);
  }
  return { kind: 'invalid', error: problem };
}

/**
 * Whether a good answer would turn around what the rules know for certain.
 * @returns why it is refused, or undefined when it may stand.
 */
export function contradiction(finding: Finding, answer: Answer, threshold: number): string | undefined {
  const acts = answer.action !== 'none' && !answer.falseAlarm && answer.confidence >= threshold;
  if (finding.certain === 'ill' && !acts) {
    return `the model would do nothing, but it is certain that the container is ill (rule ${finding.rule})`;
  }
  if (finding.certain === 'hands_off' && acts) {
    return `the model would ${answer.action} it, but it is certain that this does not help (rule ${finding.rule})`;
  }
  return undefined;
}
