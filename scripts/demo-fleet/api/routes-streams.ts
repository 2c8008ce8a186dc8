import type { ServerResponse } from 'node:http';

import { nowNs, parseTime } from '../engine/clock';
import type { Container } from '../engine/container';
import { badRequest } from '../engine/errors';
import { logFrame, matchesQuery, type LogQuery } from '../engine/log-buffer';
import { statsBody, type StatsFrame } from '../engine/stats';
import { flag, onGone, type Call, type Route } from './http';

const STATS_INTERVAL_MS = 1000;

/** A client that reads slower than it is written to loses its stream before it fills the memory. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

export function writeBounded(response: ServerResponse, chunk: string | Buffer): void {
  response.write(chunk);
  if (response.writableLength > MAX_BACKLOG_BYTES) {
    response.destroy();
  }
}

const read = (container: Container): StatsFrame => container.meter.read(container.statsSubject());

function statsOnce(call: Call, container: Container): void {
  const first = read(container);
  if (flag(call.query, 'one-shot') || !container.state.running) {
    call.response.end(`${JSON.stringify(statsBody(first, undefined))}\n`);
    return;
  }
  const timer = setTimeout(() => {
    call.response.end(`${JSON.stringify(statsBody(read(container), first))}\n`);
  }, STATS_INTERVAL_MS);
  onGone(call.response, () => clearTimeout(timer));
}

/** One frame a second, empty ones while the container does not run, until it is removed. */
function statsStream(call: Call, container: Container): void {
  let before: StatsFrame | undefined;
  const send = (): void => {
    if (container.removed) {
      call.response.end();
      return;
    }
    const now = read(container);
    writeBounded(call.response, `${JSON.stringify(statsBody(now, before))}\n`);
    before = now;
  };
  send();
  const timer = setInterval(send, STATS_INTERVAL_MS);
  onGone(call.response, () => clearInterval(timer));
}

function stats(call: Call): void {
  const container = call.engine.find(call.params[0] ?? '');
  call.response.writeHead(200, { 'Content-Type': 'application/json' });
  const streamed = flag(call.query, 'stream', true);
  (streamed ? statsStream : statsOnce)(call, container);
}

function logQuery(query: URLSearchParams): LogQuery {
  const stdout = flag(query, 'stdout');
  const stderr = flag(query, 'stderr');
  if (!stdout && !stderr) {
    throw badRequest('Bad parameters: you must choose at least one stream');
  }
  const tail = query.get('tail') ?? 'all';
  const sinceNs = parseTime(query.get('since'));
  const untilNs = parseTime(query.get('until'));
  return {
    stdout,
    stderr,
    sinceNs,
    // The command line sends 0 for "no end".
    untilNs: untilNs === 0n ? undefined : untilNs,
    tail: /^\d+$/.test(tail) ? Number(tail) : undefined,
  };
}

function logs(call: Call): void {
  const { query, response } = call;
  const container = call.engine.find(call.params[0] ?? '');
  const wanted = logQuery(query);
  const timestamps = flag(query, 'timestamps');
  response.writeHead(200, { 'Content-Type': 'application/vnd.docker.raw-stream' });
  response.flushHeaders();
  for (const line of container.logs.read(wanted)) {
    response.write(logFrame(line, timestamps));
  }
  if (!flag(query, 'follow') || !container.state.running) {
    response.end();
    return;
  }
  followLogs(response, container, wanted, timestamps);
}

function followLogs(response: ServerResponse, container: Container, wanted: LogQuery, timestamps: boolean): void {
  const stop = container.logs.subscribe((line) => {
    if (matchesQuery(line, wanted)) {
      writeBounded(response, logFrame(line, timestamps));
    }
  });
  const ended = (): void => {
    if (!container.state.running) {
      response.end();
    }
  };
  container.onEnd.add(ended);
  const untilMs = wanted.untilNs === undefined ? undefined : Number((wanted.untilNs - nowNs()) / 1_000_000n);
  const timer = untilMs === undefined ? undefined : setTimeout(() => response.end(), Math.max(0, untilMs));
  onGone(response, () => {
    stop();
    container.onEnd.delete(ended);
    clearTimeout(timer);
  });
}

export const streamRoutes: Route[] = [
  { method: 'GET', pattern: /^\/containers\/([^/]+)\/stats$/, handle: stats },
  { method: 'GET', pattern: /^\/containers\/([^/]+)\/logs$/, handle: logs },
];
