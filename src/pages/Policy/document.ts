import type { PolicyDocument, PolicyLayer } from '../../contract/policy';

type Fields = Readonly<Record<string, unknown>>;
const isGroup = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at the end of a path; a name may hold any character. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isGroup(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value);
}

/** A copy with another value at a path; undefined takes it out, and groups that are empty then as well. */
export function withValue(group: Fields, [name = '', ...rest]: readonly string[], value: unknown): Fields {
  const inner = rest.length === 0 ? value : withValue(isGroup(group[name]) ? group[name] : {}, rest, value);
  const isEmpty = inner === undefined || (rest.length > 0 && isGroup(inner) && Object.keys(inner).length === 0);
  const { [name]: _before, ...others } = group;
  return isEmpty ? others : { ...others, [name]: inner };
}

/** What one place of a document says: the defaults, or a Compose project. */
export function layerOf(document: PolicyDocument, project: string): PolicyLayer {
  return project === '' ? document.defaults : Object.hasOwn(document.projects, project) ? (document.projects[project] ?? {}) : {};
}

/** A document in which one place says something else. A project that says nothing any more is taken out. */
export function withLayerValue(document: PolicyDocument, project: string, path: string, value: unknown): PolicyDocument {
  const layer = withValue(layerOf(document, project), path.split('.'), value);
  if (project === '') {
    return { ...document, defaults: layer };
  }
  const { [project]: _before, ...others } = document.projects;
  return { ...document, projects: Object.keys(layer).length === 0 ? others : { ...others, [project]: layer } };
}

export interface Difference {
  /** Such as `defaults.breaker.failures`. */
  path: string;
  /** As JSON; undefined where nothing is said. */
  before: string | undefined;
  after: string | undefined;
}

function leaves(value: unknown, path: string, found: Map<string, string>): Map<string, string> {
  if (isGroup(value)) {
    Object.entries(value).forEach(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`, found));
  } else if (value !== undefined) {
    found.set(path, JSON.stringify(value));
  }
  return found;
}

/** What differs between two documents, by path, whatever the order of their names. Pure. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [was, is] = [leaves(before, '', new Map()), leaves(after, '', new Map())];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  return paths.filter((path) => was.get(path) !== is.get(path)).map((path) => ({ path, before: was.get(path), after: is.get(path) }));
}

interface Version {
  time: string;
  user: string;
  policy: Fields;
}

/** Who gave a value the form that it has in the newest version. @param versions newest first */
export function changedBy<V extends Version>(versions: readonly V[], path: readonly string[]): V | undefined {
  const text = (version: V) => JSON.stringify(at(version.policy, path));
  const [newest] = versions;
  if (!newest || at(newest.policy, path) === undefined) {
    return undefined;
  }
  const other = versions.findIndex((version) => text(version) !== text(newest));
  return versions[(other === -1 ? versions.length : other) - 1];
}
