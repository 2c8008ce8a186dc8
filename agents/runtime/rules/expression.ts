import { Environment, EvaluationError, ParseError, TypeError as CelTypeError, type ParseResult } from '@marcbachmann/cel-js';
import { RULE_VARIABLES, type RuleValues, type RuleVariable } from '../../../src/contract/observability/rules';
import type { AlertRule, RuleScope } from '../../../src/contract/observability/schemas';
import { errorText } from '../errors';
import { comparedWithThreshold, forbiddenIn, nodesOf, variablesIn, withoutWholeNumbers } from './syntax';
import { templateProblem } from './render';

/**
 * Conditions of alert rules, in CEL: read and checked once, when the rule is loaded, so that what cannot be evaluated is told then (R449 as
 * settled). They see the variables of their scope and nothing else.
 */

export interface CompiledRule {
  ok: true;
  rule: AlertRule;
  /** Undefined is unknown: a variable that decides is not known. What fails is false, and reported. */
  evaluate(values: RuleValues): boolean | undefined;
  /** What the rule measures: the variable that it compares with its threshold; undefined when there is none, or it is not known. */
  measured(values: RuleValues): number | undefined;
}
export type Compiled = CompiledRule | { ok: false; error: string };

/** Room for every sensible condition, and small enough that parsing and evaluating take no time. */
const LIMITS = { maxAstNodes: 200, maxDepth: 32, maxListElements: 50, maxMapEntries: 0, maxCallArguments: 5 };
const CEL_TYPES: Readonly<Record<RuleVariable['type'], string>> = { number: 'double', string: 'string', bool: 'bool' };

const variablesOf = (scope: RuleScope): Readonly<Record<string, RuleVariable>> => RULE_VARIABLES[scope];

const environments = new Map<RuleScope, Environment>();
function environmentOf(scope: RuleScope): Environment {
  const known = environments.get(scope);
  if (known) {
    return known;
  }
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS });
  for (const [name, { type }] of Object.entries(variablesOf(scope))) {
    environment.registerVariable(name, CEL_TYPES[type]);
  }
  environments.set(scope, environment);
  return environment;
}

/** Told when a rule is loaded: where it is wrong, and what could stand there. */
class ConditionError extends Error {}

const isCelError = (cause: unknown): cause is ParseError | CelTypeError => cause instanceof ParseError || cause instanceof CelTypeError;

/** CEL's words name its own types. */
const inWords = (summary: string): string =>
  summary
    .replace(/^no such overload: /, 'these cannot be put together: ')
    .replaceAll('double', 'number')
    .replaceAll('EOF', 'end of the condition');

function conditionError(cause: unknown, positionIn: (position: number) => number = (position) => position): ConditionError {
  if (!isCelError(cause)) {
    return new ConditionError(`The condition cannot be read: ${errorText(cause)}.`);
  }
  const at = cause.range ? ` at character ${positionIn(cause.range.start) + 1}` : '';
  return new ConditionError(`The condition cannot be read${at}: ${inWords(cause.summary)}.`);
}

function parsed(environment: Environment, text: string): ParseResult {
  try {
    return environment.parse(text);
  } catch (cause) {
    throw conditionError(cause);
  }
}

function checkVariables(used: readonly string[], rule: AlertRule): void {
  const unknown = used.find((name) => !Object.hasOwn(variablesOf(rule.scope), name));
  if (unknown !== undefined) {
    throw new ConditionError(`The condition uses ${unknown}, which the scope ${rule.scope} does not have. It has ${Object.keys(variablesOf(rule.scope)).join(', ')}.`);
  }
  if (used.includes('threshold') && rule.threshold === undefined) {
    throw new ConditionError('The condition uses threshold, but the rule sets none: set threshold to a number.');
  }
}

interface Condition {
  run: ParseResult;
  used: string[];
  measured: string | undefined;
}

/** @throws ConditionError */
function conditionOf(rule: AlertRule): Condition {
  const environment = environmentOf(rule.scope);
  const nodes = nodesOf(parsed(environment, rule.condition).ast);
  const bad = forbiddenIn(nodes);
  if (bad) {
    throw new ConditionError(`The condition ${bad.words} (at character ${bad.position + 1}).`);
  }
  const used = variablesIn(nodes);
  checkVariables(used, rule);
  const { text, positionIn } = withoutWholeNumbers(rule.condition, nodes);
  const run = parsed(environment, text);
  const { valid, type, error } = run.check();
  if (!valid) {
    throw conditionError(error, positionIn);
  }
  if (type !== 'bool') {
    throw new ConditionError(`The condition is a ${type === 'double' ? 'number' : type}, not true or false: compare it with something.`);
  }
  return { run, used, measured: comparedWithThreshold(nodes) };
}

const isKnown = (value: RuleValues[string] | undefined): value is number | string | boolean => value !== null && value !== undefined && !(typeof value === 'number' && !Number.isFinite(value));

/** The values that the condition uses and that are known. CEL decides without the others where it can: `false && unknown` is false. */
function contextOf(used: readonly string[], values: RuleValues, threshold: number | undefined): Record<string, number | string | boolean> {
  const all: RuleValues = { ...values, threshold: threshold ?? null };
  return Object.fromEntries(
    used.flatMap((name) => {
      const value = Object.hasOwn(all, name) ? all[name] : null;
      return isKnown(value) ? [[name, value]] : [];
    })
  );
}

const isUnknown = (cause: unknown): boolean => cause instanceof EvaluationError && cause.code === 'unknown_variable';

/**
 * Reads a rule.
 * @param report hears of evaluations that fail
 */
export function compile(rule: AlertRule, report: (words: string) => void = () => undefined): Compiled {
  try {
    const { run, used, measured } = conditionOf(rule);
    const problem = templateProblem('title', rule.title, rule.scope) ?? templateProblem('message_template', rule.message_template, rule.scope);
    if (problem) {
      return { ok: false, error: problem };
    }
    return {
      ok: true,
      rule,
      evaluate: (values) => {
        try {
          return run(contextOf(used, values, rule.threshold)) === true;
        } catch (cause) {
          if (isUnknown(cause)) {
            return undefined;
          }
          report(`The condition of the rule ${rule.name} failed and counts as false: ${isCelError(cause) || cause instanceof EvaluationError ? cause.summary : errorText(cause)}.`);
          return false;
        }
      },
      measured: (values) => {
        const value = measured === undefined ? undefined : values[measured];
        return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
      },
    };
  } catch (cause) {
    return { ok: false, error: cause instanceof ConditionError ? cause.message : errorText(cause) };
  }
}
