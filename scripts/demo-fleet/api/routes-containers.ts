import { processTable } from '../engine/top';
import { inspectView } from './inspect-view';
import { flag, sendEmpty, sendJson, type Call, type Route } from './http';
import { listView } from './list-view';

const DEFAULT_GRACE_SECONDS = 10;
/** Docker waits without end on a negative `t`; a day is as good here. */
const ENDLESS_SECONDS = 86_400;

function graceMs(query: URLSearchParams): number {
  const text = query.get('t');
  const seconds = text === null || text === '' ? DEFAULT_GRACE_SECONDS : Number(text);
  if (!Number.isFinite(seconds)) {
    return DEFAULT_GRACE_SECONDS * 1000;
  }
  return (seconds < 0 ? ENDLESS_SECONDS : seconds) * 1000;
}

const target = ({ engine, params }: Call): ReturnType<Call['engine']['find']> => engine.find(params[0] ?? '');

/** A call that acts on one container and answers 204. */
function action(act: (call: Call) => Promise<void>): Route['handle'] {
  return async (call) => {
    await act(call);
    sendEmpty(call.response);
  };
}

function prune({ response }: Call): void {
  // Pruning would take the demo's patients away; an engine with nothing to prune answers this.
  sendJson(response, { ContainersDeleted: null, SpaceReclaimed: 0 });
}

export const containerRoutes: Route[] = [
  {
    method: 'GET',
    pattern: /^\/containers\/json$/,
    handle: ({ engine, query, response }) => sendJson(response, listView(engine, query)),
  },
  {
    method: 'GET',
    pattern: /^\/containers\/([^/]+)\/json$/,
    handle: (call) => sendJson(call.response, inspectView(call.engine, target(call))),
  },
  {
    method: 'GET',
    pattern: /^\/containers\/([^/]+)\/top$/,
    handle: (call) => {
      const container = target(call);
      const table = processTable(container, call.query.get('ps_args') ?? '-ef');
      call.engine.emit(container.id, container.spec, 'top');
      sendJson(call.response, table);
    },
  },
  { method: 'POST', pattern: /^\/containers\/prune$/, handle: prune },
  { method: 'POST', pattern: /^\/containers\/([^/]+)\/start$/, handle: action((call) => target(call).start()) },
  {
    method: 'POST',
    pattern: /^\/containers\/([^/]+)\/stop$/,
    handle: action((call) => target(call).stop(graceMs(call.query))),
  },
  {
    method: 'POST',
    pattern: /^\/containers\/([^/]+)\/restart$/,
    handle: action((call) => target(call).restart(graceMs(call.query))),
  },
  {
    method: 'POST',
    pattern: /^\/containers\/([^/]+)\/kill$/,
    handle: action((call) => target(call).kill(call.query.get('signal'))),
  },
  { method: 'POST', pattern: /^\/containers\/([^/]+)\/pause$/, handle: action((call) => target(call).pause()) },
  { method: 'POST', pattern: /^\/containers\/([^/]+)\/unpause$/, handle: action((call) => target(call).unpause()) },
  {
    method: 'DELETE',
    pattern: /^\/containers\/([^/]+)$/,
    handle: action((call) => call.engine.remove(target(call), flag(call.query, 'force'))),
  },
];
