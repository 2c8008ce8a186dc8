/** Words of PromQL that are no metrics though they stand like one. */
const WORDS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'offset', 'and', 'or', 'unless', 'inf', 'nan', 'atan2', 'start', 'end']);
/** Words whose brackets hold labels, not metrics. */
const LABEL_LISTS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)/gi;
const TEXTS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;
const DURATIONS = /\[[^[\]]*\]/g;
const MATCHERS = /\{[^{}]*\}/g;
const COMMENTS = /#[^\n]*/g;
const NAME = /(?<![a-zA-Z0-9_:])[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\()(?![a-zA-Z0-9_:])/g;
/** The name as a matcher: {__name__="x"}. */
const NAMED = /__name__\s*=\s*["']([a-zA-Z_:][a-zA-Z0-9_:]*)["']/g;
/** A variable of a dashboard is unknown here; what is left around it is no name. */
const VARIABLES = /\$\{[^}]*\}|\$\w+|\[\[\w+\]\]/g;

const MAX_LENGTH = 20_000;

/** The metrics that an expression asks for. What is no PromQL gives whatever looks like one; it never throws. */
export function metricNames(expression: string): Set<string> {
  const text = expression.slice(0, MAX_LENGTH);
  const named = [...text.matchAll(NAMED)].flatMap(([, name]) => name ?? []);
  const bare = text
    .replace(TEXTS, '""')
    .replace(COMMENTS, ' ')
    .replace(VARIABLES, ' 0 ')
    .replace(MATCHERS, ' ')
    .replace(DURATIONS, ' ')
    .replace(LABEL_LISTS, ' ');
  const names = [...bare.matchAll(NAME)].map(([name]) => name).filter((name) => !WORDS.has(name.toLowerCase()));
  return new Set([...named, ...names]);
}

/** True when two expressions ask for the same metric. */
export function sharesMetric(names: ReadonlySet<string>, expression: string): boolean {
  return names.size > 0 && [...metricNames(expression)].some((name) => names.has(name));
}
