import { z } from 'zod';
import { readJson } from '../model/json-answer';
import type { ReadReply } from '../model/talk';
import { cleanLine } from '../runtime/untrusted';
import type { Finding } from './rules';


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

export type ReadAnswer = ReadReply<Answer>;

const MAX_WORDS = 600;

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
  const read = readJson(text, takenAnswerSchema);
  return read.ok ? check(read.value) : { kind: 'invalid', error: read.error };
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
