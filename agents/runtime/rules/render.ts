import { redactText } from '../../../src/contract/redact';
import { RULE_VARIABLES, type RuleValues, type RuleVariable } from '../../../src/contract/observability/rules';
import type { RuleScope } from '../../../src/contract/observability/schemas';
import { plainText } from '../../../src/contract/story/plain-text';

/** Texts of alert rules: `{variable}` with two decimals, `{variable:1}` with one (R450, R155). */

const PLACEHOLDER = /\{([^{}]*)\}/g;
const PARTS = /^([a-z][a-z0-9_]*)(?::([0-6]))?$/;
/** Characters of one value, which may come from a container's name or an error of anywhere, and of the whole. */
const MOST_OF_A_VALUE = 300;
const MOST = 600;

const DIGITS = 2;

interface Placeholder {
  name: string;
  digits: number | undefined;
}
function placeholderOf(text: string): Placeholder | undefined {
  const [, name, digits] = PARTS.exec(text) ?? [];
  return name === undefined ? undefined : { name, digits: digits === undefined ? undefined : Number(digits) };
}

function numberText(value: number, { name, digits }: Placeholder): string {
  if (!Number.isFinite(value)) {
    return 'unknown';
  }
  // A threshold is shown as it was set: 5, not 5.00.
  return name === 'threshold' && digits === undefined ? String(Number(value.toFixed(DIGITS))) : value.toFixed(digits ?? DIGITS);
}

function valueText(value: RuleValues[string] | undefined, placeholder: Placeholder): string {
  if (value === null || value === undefined) {
    return 'unknown';
  }
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  return typeof value === 'number' ? numberText(value, placeholder) : plainText(redactText(value.slice(0, MOST_OF_A_VALUE * 4)).text, MOST_OF_A_VALUE);
}

/** The text with its values; what is not known is called so. One line, without anything invisible, at most 600 characters. */
export function render(template: string, values: RuleValues): string {
  const filled = template.replace(PLACEHOLDER, (whole, text: string) => {
    const placeholder = placeholderOf(text);
    return placeholder ? valueText(Object.hasOwn(values, placeholder.name) ? values[placeholder.name] : undefined, placeholder) : whole;
  });
  return plainText(filled, MOST);
}

/** What is wrong with the placeholders of a text, with the mend; undefined when nothing is. */
export function templateProblem(field: string, template: string, scope: RuleScope): string | undefined {
  const variables: Readonly<Record<string, RuleVariable>> = RULE_VARIABLES[scope];
  for (const [whole, text = ''] of template.matchAll(PLACEHOLDER)) {
    const placeholder = placeholderOf(text);
    if (!placeholder) {
      return `${field} has ${whole}, which is no placeholder: write {name}, or {name:1} for one decimal.`;
    }
    const variable = Object.hasOwn(variables, placeholder.name) ? variables[placeholder.name] : undefined;
    if (!variable) {
      return `${field} has ${whole}, which the scope ${scope} does not have. It has ${Object.keys(variables).join(', ')}.`;
    }
    if (placeholder.digits !== undefined && variable.type !== 'number') {
      return `${field} has ${whole}, but ${placeholder.name} is no number: leave out the :${placeholder.digits}.`;
    }
  }
  return undefined;
}
