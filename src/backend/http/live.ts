import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { errorText } from '../../../agents/runtime/errors';
import type { Logger } from '../../../agents/runtime/logger';
import { frameJson } from '../core/frames/json';
import { ResourceError } from '../core/resources/errors';
import type { Caller, Core, Frame, LiveChannel } from '../core/types';

/** Proxies cut a silent connection, often after 30 or 60 s. */
const HEARTBEAT_MS = 15_000;
/** One that does not take what is sent for so long is let go; it can resume. */
const STUCK_MS = 30_000;
/** How soon a browser connects anew. */
const RETRY_MS = 1000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-content-type-options': 'nosniff',
  // A stream that has ended must not hold up a service that stops.
  connection: 'close',
  // Asks nginx not to collect the stream before it passes it on.
  'x-accel-buffering': 'no',
};

/** The path of a channel that goes on right after a frame. @throws ResourceError 400 */
export function resumedPath(path: string, lastEventId: string | undefined): string {
  if (!lastEventId) {
    return path;
  }
  if (lastEventId.length > 8192 || !/^[A-Za-z0-9_.-]+$/.test(lastEventId)) {
    throw new ResourceError('bad_request', 'The header Last-Event-ID is none that this stream gave.', 'Send the id of the last frame, or none.');
  }
  const segments = path.split('/');
  const channel = segments.at(-2) === 'since' ? segments.slice(0, -2) : segments;
  return [...channel, 'since', lastEventId].join('/');
}

/** Where a listener stands after a frame. */
function cursorOf(frame: Frame): string {
  const cursor = frame.meta?.custom?.cursor;
  return typeof cursor === 'string' && /^[A-Za-z0-9_.-]*$/.test(cursor) ? cursor : '';
}

const rows = (frame: Frame): number => frame.fields[0]?.values.length ?? 0;

/** A frame without rows only moves the place on: by the standard an id without data is kept and tells nobody. */
export function frameText(frame: Frame): string {
  const cursor = cursorOf(frame);
  const id = cursor ? `id: ${cursor}\n` : '';
  if (rows(frame) === 0) {
    return id ? `${id}\n` : '';
  }
  return `${id}event: frame\ndata: ${JSON.stringify(frameJson(frame, 'data'))}\n\n`;
}

/** Writes, and waits where the other side is slower than we are, so that nothing piles up here. @throws when it is stuck. */
async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (text !== '' && !response.write(text)) {
    await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(STUCK_MS)]) });
  }
}

/** Streams that are open now: counted, bounded, and ended when the service stops. */
export class LiveStreams {
  private readonly open = new Set<AbortController>();
  private stopped = false;

  constructor(
    private readonly options: { max: number; logger: Logger; heartbeatMs?: number }
  ) {}

  get size(): number {
    return this.open.size;
  }

  /** @throws ResourceError 404 when there is no such channel, 503 when there are too many streams. */
  async find(core: Core, path: string, caller: Caller): Promise<LiveChannel> {
    if (this.stopped || this.open.size >= this.options.max) {
      throw new ResourceError('unavailable', `${this.open.size} live streams are open; no more are taken.`, 'Close some, or raise HEMOSTAT_API_MAX_STREAMS.');
    }
    const channel = await core.live(path, caller);
    if (!channel) {
      throw new ResourceError('not_found', `There is no live channel ${JSON.stringify(path.slice(0, 100))}.`, 'Use events, or the channel that the answer to a query names.');
    }
    return channel;
  }

  /** Sends the schema and then every frame, until one side goes away. Never throws. */
  async send(channel: LiveChannel, response: ServerResponse): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.open.add(controller);
    const leave = () => controller.abort();
    response.once('close', leave);
    const beat = setInterval(() => response.writableNeedDrain || response.write(': alive\n\n'), this.options.heartbeatMs ?? HEARTBEAT_MS);
    try {
      response.writeHead(200, HEADERS);
      await write(response, `retry: ${RETRY_MS}\nevent: schema\ndata: ${JSON.stringify(frameJson(channel.schema, 'schema'))}\n\n`, signal);
      for await (const frame of channel.updates(signal)) {
        await write(response, frameText(frame), signal);
      }
    } catch (cause) {
      if (!signal.aborted) {
        this.options.logger.warn({ error: errorText(cause) }, 'a live stream ended early; its listener can resume');
      }
    } finally {
      clearInterval(beat);
      controller.abort();
      this.open.delete(controller);
      // Where it is stuck, an orderly end would wait for it.
      if (response.writableNeedDrain) {
        response.destroy();
      } else {
        response.end();
      }
    }
  }

  endAll(): void {
    this.stopped = true;
    this.open.forEach((controller) => controller.abort());
  }
}
