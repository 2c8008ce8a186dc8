import { status, type sendUnaryData, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { errorText, HemostatError } from '../../../agents/runtime/errors';
import type { Frame } from '../core/types';
import { callerOf } from './caller';
import { during, writeSlowly } from './calls';
import type { Door } from './door';
import { STREAM, type WirePacket, type WireStreamRequest, type WireStreamResponse } from './transport/wire';

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Rows of a frame; 0 for one without fields. */
function rows(frame: Frame): number {
  return frame.fields[0]?.values.length ?? 0;
}

/** Asked for each subscriber with that user's rights. The schema goes out here, because later subscribers never see the first packet. */
export async function subscribe(door: Door, request: WireStreamRequest): Promise<WireStreamResponse> {
  const caller = callerOf(request.pluginContext, request.headers);
  if (caller.role === 'None') {
    return { status: STREAM.denied };
  }
  return door.instances.use(request.pluginContext, async (core) => {
    const channel = await core.live(request.path, caller);
    return channel ? { status: STREAM.ok, data: json(door.frameToJson(channel.schema, 'schema')) } : { status: STREAM.notFound };
  });
}

/** Sends rows until nobody listens any more. Every packet holds data only, in exactly the fields of the schema. */
async function run(door: Door, call: ServerWritableStream<WireStreamRequest, WirePacket>, signal: AbortSignal): Promise<void> {
  const { request } = call;
  await door.instances.use(request.pluginContext, async (core) => {
    const channel = await core.live(request.path, callerOf(request.pluginContext, request.headers));
    if (!channel) {
      throw new HemostatError('no_channel', `There is no live channel "${request.path}".`);
    }
    for await (const frame of channel.updates(signal)) {
      if (signal.aborted) {
        return;
      }
      if (rows(frame) > 0) {
        await writeSlowly(call, { data: json(door.frameToJson(frame, 'data')) }, signal);
      }
    }
  });
}

/** Channels that are followed now: for the metrics, and to end them when the process stops. */
export class LiveStreams {
  private readonly running = new Set<AbortController>();

  get size(): number {
    return this.running.size;
  }

  /** @returns a signal that is given when the caller goes away or `endAll` is called, and what to call at the end. */
  begin(outer: AbortSignal): { signal: AbortSignal; done: () => void } {
    const controller = new AbortController();
    this.running.add(controller);
    outer.addEventListener('abort', () => controller.abort(), { once: true });
    if (outer.aborted) {
      controller.abort();
    }
    return { signal: controller.signal, done: () => this.running.delete(controller) };
  }

  endAll(): void {
    this.running.forEach((controller) => controller.abort());
  }
}

/** Grafana starts a stream that ended with an error again, waiting longer each time; its users see their last rows until then. */
async function runStream(door: Door, streams: LiveStreams, call: ServerWritableStream<WireStreamRequest, WirePacket>, outer: AbortSignal): Promise<void> {
  const { signal, done } = streams.begin(outer);
  try {
    await run(door, call, signal);
    call.end();
  } catch (cause) {
    if (signal.aborted) {
      call.end();
      return;
    }
    door.logger.warn('a live stream failed', { path: call.request.path.slice(0, 200), error: errorText(cause) });
    const code = cause instanceof HemostatError && cause.code === 'no_channel' ? status.NOT_FOUND : status.UNAVAILABLE;
    call.emit('error', { code, details: errorText(cause) });
  } finally {
    done();
  }
}

export function streamHandlers(door: Door, streams: LiveStreams) {
  return {
    subscribeStream: (call: ServerUnaryCall<WireStreamRequest, WireStreamResponse>, respond: sendUnaryData<WireStreamResponse>) => {
      subscribe(door, call.request).then(
        (response) => respond(null, response),
        (cause: unknown) => {
          door.logger.warn('a live channel could not be subscribed', { path: call.request.path.slice(0, 200), error: errorText(cause) });
          respond({ code: status.UNAVAILABLE, details: errorText(cause) });
        }
      );
    },
    // Nobody writes through a channel: actions go through resources, where they are checked and audited.
    publishStream: (_call: unknown, respond: sendUnaryData<WireStreamResponse>) => respond(null, { status: STREAM.denied }),
    runStream: (call: ServerWritableStream<WireStreamRequest, WirePacket>) => void during(call, async (signal) => runStream(door, streams, call, signal)),
  };
}
