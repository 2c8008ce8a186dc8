import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { errorText } from '../../../agents/runtime/errors';
import type { Health, HealthCheck } from '../core/types';
import { during } from './calls';
import type { Door } from './door';
import { failureOf } from './failure';
import { HEALTH, type WireHealthRequest, type WireHealthResponse } from './transport/wire';

function lineOf({ name, ok, message, mend }: HealthCheck): string {
  return `${ok ? 'ok' : 'FAILED'}  ${name}: ${message}${mend ? ` ${mend}` : ''}`;
}

function wireOf({ ok, message, checks }: Health): WireHealthResponse {
  const details = { verboseMessage: checks.map(lineOf).join('\n'), checks };
  return { status: ok ? HEALTH.ok : HEALTH.error, message, jsonDetails: Buffer.from(JSON.stringify(details)) };
}

export async function checkHealth(door: Door, request: WireHealthRequest, signal: AbortSignal): Promise<WireHealthResponse> {
  try {
    return wireOf(await door.instances.use(request.pluginContext, (core) => core.health(signal)));
  } catch (cause) {
    const { message } = failureOf(cause, signal);
    return wireOf({ ok: false, message, checks: [{ name: 'settings', ok: false, message }] });
  }
}

export function diagnosticsHandlers(door: Door) {
  return {
    checkHealth: (call: ServerUnaryCall<WireHealthRequest, WireHealthResponse>, respond: sendUnaryData<WireHealthResponse>) => {
      void during(call, async (signal) => {
        const health = await checkHealth(door, call.request, signal);
        door.counter.count('health', health.status === HEALTH.ok ? 'ok' : 'error');
        respond(null, health);
      });
    },
    collectMetrics: (_call: unknown, respond: sendUnaryData<{ metrics: { prometheus: Uint8Array } }>) => {
      door.counter.text().then(
        (text) => respond(null, { metrics: { prometheus: Buffer.from(text) } }),
        (cause: unknown) => respond(cause instanceof Error ? cause : new Error(errorText(cause)))
      );
    },
  };
}
