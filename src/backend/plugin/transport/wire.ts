/** Shapes of the messages of Grafana's plugin protocol as they arrive and leave. Times are milliseconds since 1970. */

export interface WireUser {
  login: string;
  name: string;
  email: string;
  /** `Viewer`, `Editor`, `Admin`, `None`, or empty. */
  role: string;
}

export interface WireDataSource {
  id: number;
  name: string;
  url: string;
  user: string;
  database: string;
  /** One JSON object, or nothing. */
  jsonData: Uint8Array;
  /** Secrets in clear text. Never log them. */
  decryptedSecureJsonData: Record<string, string>;
  lastUpdatedMS: number;
  uid: string;
}

export interface WireContext {
  orgId: number;
  pluginId: string;
  /** Null when Grafana acts by itself. */
  user: WireUser | null;
  dataSourceInstanceSettings: WireDataSource | null;
  grafanaConfig: Record<string, string>;
  userAgent: string;
}

export interface WireQuery {
  refId: string;
  maxDataPoints: number;
  intervalMS: number;
  timeRange: { fromEpochMS: number; toEpochMS: number } | null;
  /** The whole query object of the browser, as JSON. */
  json: Uint8Array;
  queryType: string;
}

export interface WireQueryRequest {
  pluginContext: WireContext | null;
  headers: Record<string, string>;
  queries: WireQuery[];
}

export interface WireQueryResult {
  /** Arrow files, one a frame. */
  frames?: Uint8Array[];
  /** Shown to the user; empty when there is none. */
  error?: string;
  status: number;
  errorSource?: string;
}

export interface WireChunk {
  refId: string;
  frameId?: string;
  frame?: Uint8Array;
  error?: string;
  status: number;
  errorSource?: string;
}

export interface WireResourceRequest {
  pluginContext: WireContext | null;
  /** Percent-decoded, without leading slash. `..` and `//` arrive as they were sent. */
  path: string;
  method: string;
  /** Path and query string. */
  url: string;
  headers: Record<string, { values: string[] }>;
  body: Uint8Array;
}

export interface WireResourceResponse {
  code: number;
  headers: Record<string, { values: string[] }>;
  body: Uint8Array;
}

export interface WireHealthRequest {
  pluginContext: WireContext | null;
  headers: Record<string, string>;
}

export const HEALTH = { ok: 1, error: 2 } as const;

export interface WireHealthResponse {
  status: number;
  message: string;
  /** Must be one JSON object. */
  jsonDetails: Uint8Array;
}

export interface WireStreamRequest {
  pluginContext: WireContext | null;
  path: string;
  data: Uint8Array;
  headers: Record<string, string>;
}

export const STREAM = { ok: 0, notFound: 1, denied: 2 } as const;

export interface WireStreamResponse {
  status: number;
  data?: Uint8Array;
}

export interface WirePacket {
  data: Uint8Array;
}
