import type { ASTNode } from '@marcbachmann/cel-js';

/** Which part of CEL a condition may use: comparison, logic, arithmetic, `in`, and three questions about texts. Nothing that loops, builds or matches patterns. */

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
const OPERATORS: ReadonlySet<string> = new Set([...COMPARISONS, '+', '-', '*', '/', 'in', '&&', '||', '!_', '-_', '?:', 'list', 'value', 'id']);
/** Asked of a text about a text. */
const TEXT_FUNCTIONS = ['contains', 'startsWith', 'endsWith'] as const;

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

/** The parts of an expression that stand in an expression themselves. */
function partsOf(node: ASTNode): ASTNode[] {
  const args: unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  return args.flat().filter(isNode);
}

/** The node and all within it. The parser bounds how many there are and how deep. */
export function nodesOf(node: ASTNode): ASTNode[] {
  return [node, ...partsOf(node).flatMap(nodesOf)];
}

const LITERALS: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean']);

/** What a node does that a condition must not; undefined when all is well. */
function forbidden(node: ASTNode): string | undefined {
  if (node.op === 'rcall') {
    const name = node.args[0];
    return TEXT_FUNCTIONS.some((known) => known === name) ? undefined : `calls ${name}(), which a condition cannot: it knows ${TEXT_FUNCTIONS.join('(), ')}()`;
  }
  if (node.op === 'call') {
    return `calls ${node.args[0]}(), which a condition cannot: it knows ${TEXT_FUNCTIONS.map((name) => `text.${name}()`).join(', ')}`;
  }
  if (node.op === 'value') {
    return LITERALS.has(typeof node.args) ? undefined : 'holds a value that is neither a number, nor a text, nor true or false';
  }
  return OPERATORS.has(node.op) ? undefined : `uses ${node.op}, which a condition cannot: it compares, reckons with + - * /, joins by && || !, and looks into lists by in`;
}

/** @returns what is not allowed, in words after "The condition", and where; undefined when all is */
export function forbiddenIn(nodes: readonly ASTNode[]): { words: string; position: number } | undefined {
  for (const node of nodes) {
    const words = forbidden(node);
    if (words !== undefined) {
      return { words, position: node.range.start };
    }
  }
  return undefined;
}

/** Names of the variables that it uses, each once. */
export const variablesIn = (nodes: readonly ASTNode[]): string[] => [...new Set(nodes.flatMap((node) => (node.op === 'id' ? [node.args] : [])))];

/** Whole numbers, which CEL does not mix with others: `latency * 2` would be an error, and `1 / 10` would be 0. */
const wholeNumbers = (nodes: readonly ASTNode[]): Array<{ start: number; end: number; value: bigint }> =>
  nodes.flatMap((node) => (node.op === 'value' && typeof node.args === 'bigint' ? [{ ...node.range, value: node.args }] : [])).toSorted((a, b) => a.start - b.start);

/** The same text with `2` written as `2.0`. @param positionIn of the text before, from one of the text after */
export function withoutWholeNumbers(text: string, nodes: readonly ASTNode[]): { text: string; positionIn: (position: number) => number } {
  let written = '';
  let read = 0;
  const grown: Array<{ at: number; by: number }> = [];
  for (const { start, end, value } of wholeNumbers(nodes)) {
    const number = `${value}.0`;
    written += text.slice(read, start) + number;
    grown.push({ at: written.length, by: number.length - (end - start) });
    read = end;
  }
  return { text: written + text.slice(read), positionIn: (position) => position - grown.reduce((sum, { at, by }) => sum + (at <= position ? by : 0), 0) };
}

/** The variable that is compared with `threshold`: what the rule measures. */
export function comparedWithThreshold(nodes: readonly ASTNode[]): string | undefined {
  for (const node of nodes) {
    if (COMPARISONS.some((op) => op === node.op)) {
      const names = partsOf(node).map((part) => (part.op === 'id' ? part.args : ''));
      const other = names.find((name) => name !== 'threshold');
      if (names.includes('threshold') && other) {
        return other;
      }
    }
  }
  return undefined;
}
