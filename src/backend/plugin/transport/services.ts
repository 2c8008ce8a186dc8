import type { MethodDefinition } from '@grpc/grpc-js';
import { codec, type Codec, type MessageName } from './messages';
import type * as wire from './wire';

type Kind = 'unary' | 'serverStream' | 'bidiStream';

function method<Request extends object, Response extends object>(path: string, request: MessageName, response: MessageName, kind: Kind = 'unary'): MethodDefinition<Request, Response> {
  const incoming: Codec<Request> = codec<Request>(request);
  const outgoing: Codec<Response> = codec<Response>(response);
  return {
    path,
    requestStream: kind === 'bidiStream',
    responseStream: kind !== 'unary',
    requestSerialize: incoming.encode,
    requestDeserialize: incoming.decode,
    responseSerialize: outgoing.encode,
    responseDeserialize: outgoing.decode,
  };
}

/** Everything that Grafana calls. `plugin` is go-plugin's package, `pluginv2` Grafana's. */
export const SERVICES = {
  controller: { shutdown: method<object, object>('/plugin.GRPCController/Shutdown', 'Empty', 'Empty') },
  broker: { startStream: method<object, object>('/plugin.GRPCBroker/StartStream', 'ConnInfo', 'ConnInfo', 'bidiStream') },
  stdio: { streamStdio: method<object, object>('/plugin.GRPCStdio/StreamStdio', 'Empty', 'StdioData', 'serverStream') },
  health: { check: method<{ service: string }, { status: number }>('/grpc.health.v1.Health/Check', 'HealthCheckRequest', 'HealthCheckResponse') },
  diagnostics: {
    checkHealth: method<wire.WireHealthRequest, wire.WireHealthResponse>('/pluginv2.Diagnostics/CheckHealth', 'CheckHealthRequest', 'CheckHealthResponse'),
    collectMetrics: method<object, { metrics: { prometheus: Uint8Array } }>('/pluginv2.Diagnostics/CollectMetrics', 'CollectMetricsRequest', 'CollectMetricsResponse'),
  },
  data: {
    queryData: method<wire.WireQueryRequest, { responses: Record<string, wire.WireQueryResult> }>('/pluginv2.Data/QueryData', 'QueryDataRequest', 'QueryDataResponse'),
    queryChunkedData: method<wire.WireQueryRequest, wire.WireChunk>('/pluginv2.Data/QueryChunkedData', 'QueryDataRequest', 'QueryChunkedDataResponse', 'serverStream'),
  },
  resource: { callResource: method<wire.WireResourceRequest, wire.WireResourceResponse>('/pluginv2.Resource/CallResource', 'CallResourceRequest', 'CallResourceResponse', 'serverStream') },
  stream: {
    subscribeStream: method<wire.WireStreamRequest, wire.WireStreamResponse>('/pluginv2.Stream/SubscribeStream', 'StreamRequest', 'StreamResponse'),
    publishStream: method<wire.WireStreamRequest, wire.WireStreamResponse>('/pluginv2.Stream/PublishStream', 'StreamRequest', 'StreamResponse'),
    runStream: method<wire.WireStreamRequest, wire.WirePacket>('/pluginv2.Stream/RunStream', 'StreamRequest', 'StreamPacket', 'serverStream'),
  },
};
