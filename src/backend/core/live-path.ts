import { createHash } from 'node:crypto';
import { queryFiltersSchema, querySchema, type HemostatQuery } from '../../contract/query';

type Narrowing = Pick<HemostatQuery, 'filters' | 'adhoc'>;

/** Longest part of a channel path that holds a filter itself; a longer filter is remembered and named by its hash. */
const MAX_WRITTEN = 90;
/** Filters that are remembered. */
const MAX_REMEMBERED = 1000;

const remembered = new Map<string, Narrowing>();

function compact({ filters, adhoc }: Narrowing): string {
  const named = Object.fromEntries(Object.entries(filters).filter(([, value]) => value.length > 0));
  const parts = { ...(Object.keys(named).length > 0 ? { f: named } : {}), ...(adhoc.length > 0 ? { a: adhoc } : {}) };
  return Object.keys(parts).length === 0 ? '' : JSON.stringify(parts);
}

function remember(text: string, narrowing: Narrowing): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 32);
  remembered.delete(hash);
  remembered.set(hash, narrowing);
  if (remembered.size > MAX_REMEMBERED) {
    remembered.delete(remembered.keys().next().value ?? '');
  }
  return `h_${hash}`;
}

/** The channel of the live updates of a query: `events`, `events/q_<filter>` or `events/h_<hash>`. */
export function liveChannelOf(query: Narrowing): string {
  const text = compact(query);
  if (text === '') {
    return 'events';
  }
  const written = Buffer.from(text).toString('base64url');
  return `events/${written.length <= MAX_WRITTEN ? `q_${written}` : remember(text, { filters: query.filters, adhoc: query.adhoc })}`;
}

function readWritten(written: string): Narrowing | undefined {
  try {
    const { f, a } = JSON.parse(Buffer.from(written, 'base64url').toString('utf8')) as { f?: unknown; a?: unknown };
    const parsed = querySchema.pick({ filters: true, adhoc: true }).safeParse({ filters: f ?? {}, adhoc: a ?? [] });
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export interface LivePath {
  narrowing: Narrowing;
  /** A forward cursor: what was appended after it comes first. */
  since: string;
}

/**
 * Reads a channel path: `events`, then perhaps `/q_<filter>` or `/h_<hash>`, then perhaps `/since/<forward cursor>`.
 * @returns undefined when there is no such channel.
 */
export function readLivePath(path: string): LivePath | undefined {
  const [root, ...rest] = path.split('/');
  if (root !== 'events') {
    return undefined;
  }
  let since = '';
  if (rest.at(-2) === 'since') {
    since = rest.at(-1) ?? '';
    rest.splice(-2);
  }
  const [filter, ...tooMuch] = rest;
  if (tooMuch.length > 0) {
    return undefined;
  }
  const narrowing = narrowingOf(filter);
  return narrowing && { narrowing, since };
}

function narrowingOf(filter: string | undefined): Narrowing | undefined {
  if (filter === undefined) {
    return { filters: queryFiltersSchema.parse({}), adhoc: [] };
  }
  if (filter.startsWith('q_')) {
    return readWritten(filter.slice(2));
  }
  return filter.startsWith('h_') ? remembered.get(filter.slice(2)) : undefined;
}
