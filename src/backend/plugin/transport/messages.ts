import protobuf from 'protobufjs/light';

/**
 * The messages of Grafana's plugin protocol, from its field table: `name type number`, `[]` for repeated fields.
 * No .proto file is parsed at run time, which costs start-up time.
 */
const PLUGIN_V2 = {
  AppInstanceSettings: ['jsonData bytes 3', 'decryptedSecureJsonData map<string> 4', 'lastUpdatedMS int64 5', 'apiVersion string 6'],
  DataSourceInstanceSettings: [
    ...['id int64 1', 'name string 2', 'url string 3', 'user string 4', 'database string 5', 'basicAuthEnabled bool 6', 'basicAuthUser string 7'],
    ...['jsonData bytes 8', 'decryptedSecureJsonData map<string> 9', 'lastUpdatedMS int64 10', 'uid string 11', 'apiVersion string 12'],
  ],
  User: ['login string 1', 'name string 2', 'email string 3', 'role string 4'],
  PluginContext: [
    ...['orgId int64 1', 'pluginId string 2', 'user User 3', 'appInstanceSettings AppInstanceSettings 4'],
    ...['dataSourceInstanceSettings DataSourceInstanceSettings 5', 'grafanaConfig map<string> 6', 'pluginVersion string 7', 'userAgent string 8', 'apiVersion string 9'],
  ],
  StringList: ['values string[] 1'],
  CallResourceRequest: ['pluginContext PluginContext 1', 'path string 2', 'method string 3', 'url string 4', 'headers map<StringList> 5', 'body bytes 6'],
  CallResourceResponse: ['code int32 1', 'headers map<StringList> 2', 'body bytes 3'],
  TimeRange: ['fromEpochMS int64 1', 'toEpochMS int64 2'],
  DataQuery: ['refId string 1', 'maxDataPoints int64 2', 'intervalMS int64 3', 'timeRange TimeRange 4', 'json bytes 5', 'queryType string 6'],
  QueryDataRequest: ['pluginContext PluginContext 1', 'headers map<string> 2', 'queries DataQuery[] 3'],
  DataResponse: ['frames bytes[] 1', 'error string 2', 'jsonMeta bytes 3', 'status int32 4', 'errorSource string 5'],
  QueryDataResponse: ['responses map<DataResponse> 1'],
  QueryChunkedDataResponse: ['refId string 1', 'frameId string 2', 'frame bytes 3', 'error string 4', 'status int32 5', 'errorSource string 6'],
  CheckHealthRequest: ['pluginContext PluginContext 1', 'headers map<string> 2'],
  CheckHealthResponse: ['status int32 1', 'message string 2', 'jsonDetails bytes 3'],
  CollectMetricsRequest: ['pluginContext PluginContext 1'],
  MetricsPayload: ['prometheus bytes 1'],
  CollectMetricsResponse: ['metrics MetricsPayload 1'],
  StreamRequest: ['pluginContext PluginContext 1', 'path string 2', 'data bytes 3', 'headers map<string> 4'],
  StreamResponse: ['status int32 1', 'data bytes 2'],
  StreamPacket: ['data bytes 1'],
};

/** Messages of go-plugin itself and of gRPC's health service. */
const CONTROL = {
  Empty: [],
  StdioData: ['channel int32 1', 'data bytes 2'],
  Knock: ['knock bool 1', 'ack bool 2', 'error string 3'],
  ConnInfo: ['service_id uint32 1', 'network string 2', 'address string 3', 'knock Knock 4'],
  HealthCheckRequest: ['service string 1'],
  HealthCheckResponse: ['status int32 1'],
};

export type MessageName = keyof typeof PLUGIN_V2 | keyof typeof CONTROL;

function field(line: string): [string, protobuf.IField & { keyType?: string }] {
  const [name = '', type = '', id = ''] = line.split(' ');
  const mapped = /^map<(.+)>$/.exec(type)?.[1];
  if (mapped) {
    return [name, { keyType: 'string', type: mapped, id: Number(id) }];
  }
  return [name, { type: type.replace('[]', ''), id: Number(id), ...(type.endsWith('[]') ? { rule: 'repeated' } : {}) }];
}

function compile(): protobuf.Root {
  // All 64-bit numbers of the protocol are ids and milliseconds: plain numbers hold them.
  protobuf.util.Long = null as unknown as typeof protobuf.util.Long;
  protobuf.configure();
  const types = Object.entries<string[]>({ ...PLUGIN_V2, ...CONTROL }).map(([name, lines]) => [name, { fields: Object.fromEntries(lines.map(field)) }] as const);
  return protobuf.Root.fromJSON({ nested: Object.fromEntries(types) });
}

const root = compile();

export interface Codec<T> {
  encode(value: T): Buffer;
  decode(bytes: Buffer): T;
}

/**
 * Bytes to message and back. A decoded message has defaults for what was not sent: empty text, 0, empty list or map, null for a message.
 * @template T the shape of the message, as in `wire.ts`
 */
export function codec<T extends object>(name: MessageName): Codec<T> {
  const type = root.lookupType(name);
  return {
    encode: (value) => Buffer.from(type.encode(value).finish()),
    decode: (bytes) => type.decode(bytes) as unknown as T,
  };
}
