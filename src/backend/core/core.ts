import { querySchema, type HemostatQuery } from '../../contract/query';
import { frameCache } from './cache';
import { DeadlineError, QueryError, failureOf } from './failure';
import { linksOf } from './frames/build';
import { checkHealth } from './health';
import { LiveHub } from './live';
import { SharedDashboard, type Report } from './observability/shared-dashboard';
import { QUERIES } from './queries';
import { createResources } from './resources';
import { DEFAULT_APP_PATH, DEFAULT_CACHE_MS, type CoreSettings } from './settings';
import { Source } from './source';
import type { Caller, Core, Frame, QueryAnswer, QueryRequest, TimeRange } from './types';

/** A query that takes longer is given up: nobody looks at a panel for so long. */
const QUERY_DEADLINE_MS = 30_000;
/** Latest time that a Date can hold. */
const LATEST_MS = 8_640_000_000_000_000;
const MAX_POINTS = 20_000;
const DEFAULT_POINTS = 1000;

function rangeOf({ from, to }: TimeRange): TimeRange {
  if (!Number.isFinite(from) || !Number.isFinite(to)) {
    throw new QueryError(400, 'The time range is not made of numbers: give milliseconds since 1970.');
  }
  if (from > to) {
    throw new QueryError(400, `The time range ends (${Math.round(to)}) before it begins (${Math.round(from)}).`);
  }
  const inside = (ms: number) => Math.min(LATEST_MS, Math.max(0, ms));
  return { from: inside(from), to: inside(to) };
}

/**
 * A range that ends now moves with every refresh, so that no answer would ever be given twice (R369). Such a range is widened
 * to whole steps of the cache; one that lies in the past is taken as it is.
 */
function rounded(range: TimeRange, stepMs: number, now: number): TimeRange {
  if (stepMs <= 0 || Math.abs(range.to - now) > Math.max(60_000, 2 * stepMs)) {
    return range;
  }
  return { from: Math.floor(range.from / stepMs) * stepMs, to: Math.ceil(range.to / stepMs) * stepMs };
}

const pointsOf = (points: number) => (Number.isFinite(points) && points >= 1 ? Math.min(MAX_POINTS, Math.floor(points)) : DEFAULT_POINTS);

/** Narrows by one caller; the frames themselves are shared and never changed. */
function named(frames: readonly Frame[], refId: string): Frame[] {
  return frames.map((frame) => (frame.refId === refId ? frame : { ...frame, refId }));
}

/** Lets go of the deadline as soon as the work is done, so that no timer is left behind. */
async function withDeadline<T>(signal: AbortSignal, address: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new DeadlineError(address, QUERY_DEADLINE_MS)), QUERY_DEADLINE_MS);
  const leave = () => stop.abort(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

function parsed(query: unknown): HemostatQuery {
  const result = querySchema.safeParse(query);
  if (!result.success) {
    throw result.error;
  }
  return result.data;
}

/**
 * Everything that the data source offers, answered from Redis. Connects at the first question; the caller closes it.
 * @param settings of the data source or of the HTTP service; the environment is not read.
 * @param report is told what goes wrong although an answer is given
 * @throws HemostatError `settings` when an address or a TLS file cannot be used.
 */
export function createCore(settings: CoreSettings, report: Report = () => undefined): Core {
  const source = new Source(settings);
  const cacheMs = settings.cacheMs ?? DEFAULT_CACHE_MS;
  const cache = frameCache(cacheMs);
  const links = linksOf(settings.appPath ?? DEFAULT_APP_PATH);
  const hub = new LiveHub(source, links);
  const dashboard = new SharedDashboard({ log: source.log, address: source.address, settings, now: () => Date.now(), ask: async (signal, work) => source.ask(signal, work), report });

  async function answer(request: QueryRequest, caller: Caller, signal: AbortSignal): Promise<Frame[]> {
    if (caller.role === 'None') {
      throw new QueryError(403, 'You may not query this data source: your role is None. Ask an administrator for the role Viewer.');
    }
    const query = parsed(request.query);
    const now = Date.now();
    const range = rounded(rangeOf(request.range), cacheMs, now);
    const maxDataPoints = pointsOf(request.maxDataPoints);
    const { refId, ...question } = query;
    // What a caller may see depends on the role alone; with the role in the key no answer crosses from one to another.
    const key = JSON.stringify([caller.role, range.from, range.to, maxDataPoints, question]);
    const run = QUERIES[query.queryType];
    const frames = await cache.get(key, signal, async (shared) => withDeadline(shared, source.address, async (limited) => run({ source, query, range, maxDataPoints, signal: limited, now, links, dashboard })));
    return named(frames, refId);
  }

  async function query(request: QueryRequest, caller: Caller, signal: AbortSignal): Promise<QueryAnswer> {
    try {
      return { ok: true, frames: await answer(request, caller, signal) };
    } catch (cause) {
      return { ok: false, failure: failureOf(cause, source.address, signal) };
    }
  }

  const health: Core['health'] = async (signal) => checkHealth(source, signal);
  const resources = createResources({
    settings,
    log: source.log,
    address: source.address,
    now: () => Date.now(),
    ask: async (signal, work) => source.ask(signal, work),
    query,
    health,
    dashboard,
    failureOf: (cause) => failureOf(cause, source.address),
    forget: () => cache.clear(),
  });
  return {
    query,
    health,
    dashboard,
    resource: async (request, caller, signal) => resources.handle(request, caller, signal),
    live: async (path, caller) => (caller.role === 'None' ? undefined : hub.channel(path)),
    close: async () => {
      await Promise.all([dashboard.stop(), hub.close()]);
      cache.clear();
      source.close();
    },
  };
}
