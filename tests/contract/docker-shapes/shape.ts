/** Objects whose keys are data, by their path: one `*` stands for all of them. */
const FREE_KEYS = [
  /Labels$/,
  /Attributes$/,
  /Networks$/,
  /^networks$/,
  /LogConfig\.Config$/,
  /Runtimes$/,
  /RegistryConfig$/,
];

function kindOf(value: unknown): string {
  if (value === null) {
    return 'null';
  }
  return Array.isArray(value) ? 'array' : typeof value;
}

function children(value: unknown, path: string): Array<[string, unknown]> {
  if (Array.isArray(value)) {
    return value.slice(0, 1).map((item): [string, unknown] => [`${path}[]`, item]);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const free = FREE_KEYS.some((pattern) => pattern.test(path));
  const entries: Array<[string, unknown]> = Object.entries(value);
  return (free ? entries.slice(0, 1) : entries).map(([key, item]): [string, unknown] => {
    const last = free ? '*' : key;
    return [path === '' ? last : `${path}.${last}`, item];
  });
}

/** Every path in a JSON value with the kind of what stands there: `State.Pid` -> `number`. First items stand for lists. */
export function shapeOf(value: unknown, depth = 20, path = ''): Record<string, string> {
  const below = depth === 0 ? [] : children(value, path).map(([key, item]) => shapeOf(item, depth - 1, key));
  const own = path === '' ? {} : { [path]: kindOf(value) };
  return below.reduce((all, part) => ({ ...all, ...part }), own);
}

/** Lists and values that may be empty or null say nothing about what they would hold. */
const open = (kind: string | undefined): boolean => kind === 'null' || kind === 'array' || kind === 'object';

const hasOpenParent = (shape: Record<string, string>, path: string): boolean => {
  const parents = [...path.matchAll(/(?:\[\]|\.)/g)].map((match) => path.slice(0, match.index));
  return parents.some((parent) => parent in shape && shape[parent] !== 'object' && !(`${parent}[]` in shape));
};

/** What differs: paths that only one side has, and paths whose kinds disagree. Empty when the shapes agree. */
export function differences(expected: Record<string, string>, actual: Record<string, string>): string[] {
  const missing = Object.keys(expected).filter((path) => !(path in actual) && !hasOpenParent(actual, path));
  const surplus = Object.keys(actual).filter((path) => !(path in expected) && !hasOpenParent(expected, path));
  const other = Object.keys(expected).filter((path) => {
    const pair = [expected[path], actual[path]];
    return path in actual && pair[0] !== pair[1] && !(pair.includes('null') && pair.every(open));
  });
  return [
    ...missing.map((path) => `missing ${path}`),
    ...surplus.map((path) => `surplus ${path}`),
    ...other.map((path) => `${path}: ${expected[path]} in Docker, ${actual[path]} here`),
  ];
}
