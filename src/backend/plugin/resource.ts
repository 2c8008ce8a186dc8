import type { ServerWritableStream } from '@grpc/grpc-js';
import { errorText } from '../../../agents/runtime/errors';
import type { ResourceResponse } from '../core/types';
import { callerOf } from './caller';
import { during } from './calls';
import type { Door } from './door';
import { failureOf } from './failure';
import type { WireResourceRequest, WireResourceResponse } from './transport/wire';

/** The query string as it was sent. The URL is relative and may hold anything, so it is not parsed as one. */
function searchOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1).replace(/#.*$/s, ''));
}

function failed(status: number, message: string): ResourceResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

export async function callResource(door: Door, request: WireResourceRequest, signal: AbortSignal): Promise<ResourceResponse> {
  const caller = callerOf(request.pluginContext, request.headers);
  const { method, path, url, body } = request;
  try {
    return await door.instances.use(request.pluginContext, (core) => core.resource({ method: method.toUpperCase(), path, query: searchOf(url), body: Buffer.from(body) }, caller, signal));
  } catch (cause) {
    const failure = failureOf(cause, signal);
    if (failure.status === 500) {
      door.logger.error('a resource call failed', { method, path: path.slice(0, 200), error: errorText(cause), stack: cause instanceof Error ? cause.stack : undefined });
    }
    return failed(failure.status, failure.message);
  }
}

function wireOf({ status, headers, body }: ResourceResponse): WireResourceResponse {
  return {
    code: status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { values: [value] }])),
    body: Buffer.from(body, 'utf8'),
  };
}

export function resourceHandlers(door: Door) {
  return {
    // Status and headers count in the first message only, and a stream without any is an error: always exactly one.
    callResource: (call: ServerWritableStream<WireResourceRequest, WireResourceResponse>) => {
      void during(call, async (signal) => {
        const response = await callResource(door, call.request, signal);
        door.counter.count('resource', signal.aborted ? 'cancelled' : response.status < 500 ? 'ok' : 'error');
        call.write(wireOf(response));
        call.end();
      });
    },
  };
}
