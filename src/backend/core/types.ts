import type { HemostatQuery } from '../../contract/query';

export const ROLES = ['None', 'Viewer', 'Editor', 'Admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. The doors fill it; the core decides by it. */
export interface Caller {
  /** Login name for the audit record; empty when Grafana acts by itself. */
  user: string;
  role: Role;
  /** True for rule evaluation and other calls that no person makes: these may only read. */
  machine: boolean;
}

/** Values of one column. Numbers and times may hold null for unknown; times are milliseconds since 1970. */
export type Field =
  | { name: string; type: 'time'; values: ReadonlyArray<number | null> | Float64Array; labels?: Record<string, string>; config?: FieldConfig }
  | { name: string; type: 'number'; values: ReadonlyArray<number | null> | Float64Array; labels?: Record<string, string>; config?: FieldConfig }
  | { name: string; type: 'string'; values: ReadonlyArray<string | null>; labels?: Record<string, string>; config?: FieldConfig }
  | { name: string; type: 'boolean'; values: ReadonlyArray<boolean | null>; labels?: Record<string, string>; config?: FieldConfig }
  /** Each value one JSON document. */
  | { name: string; type: 'json'; values: readonly unknown[]; labels?: Record<string, string>; config?: FieldConfig };

/** The part of Grafana's field configuration that we set. */
export interface FieldConfig {
  displayName?: string;
  displayNameFromDS?: string;
  description?: string;
  /** Grafana's unit id: ms, s, percent, percentunit, bytes, short. */
  unit?: string;
  min?: number;
  max?: number;
  decimals?: number;
  links?: Array<{ title: string; url: string; targetBlank?: boolean }>;
  custom?: Record<string, unknown>;
  thresholds?: { mode: 'absolute'; steps: Array<{ value: number | null; color: string }> };
  mappings?: unknown[];
}

export interface Notice {
  severity: 'info' | 'warning' | 'error';
  text: string;
}

/** Grafana's frame meta, the part that we set. */
export interface FrameMeta {
  type?: 'timeseries-wide' | 'timeseries-multi' | 'timeseries-long' | 'numeric-wide' | 'numeric-multi' | 'numeric-long' | 'log-lines' | 'table' | 'directory-listing';
  typeVersion?: [number, number];
  preferredVisualisationType?: 'graph' | 'table' | 'logs' | 'trace' | 'nodeGraph';
  notices?: Notice[];
  executedQueryString?: string;
  stats?: Array<{ displayName: string; value: number; unit?: string }>;
  channel?: string;
  custom?: Record<string, unknown>;
  uniqueRowIdFields?: number[];
}

/** One typed table. All fields have the same length. */
export interface Frame {
  name: string;
  refId: string;
  meta?: FrameMeta;
  fields: Field[];
}

/** Milliseconds since 1970, both ends included. */
export interface TimeRange {
  from: number;
  to: number;
}

export interface QueryRequest {
  query: HemostatQuery;
  range: TimeRange;
  /** Width of the panel in points: how fine a time series need be. */
  maxDataPoints: number;
  intervalMs: number;
}

/** Why a query has no frames. `status` is as in HTTP; `source` tells whether we or what we depend on is at fault. */
export interface QueryFailure {
  status: number;
  message: string;
  source: 'plugin' | 'downstream';
}
export type QueryAnswer = { ok: true; frames: Frame[] } | { ok: false; failure: QueryFailure };

/** A call of the resource API, from either door. `path` has no leading slash and no query string. */
export interface ResourceRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Uint8Array;
}
export interface ResourceResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One thing that was checked, and how to mend it. */
export interface HealthCheck {
  name: string;
  ok: boolean;
  message: string;
  mend?: string;
}
export interface Health {
  ok: boolean;
  message: string;
  checks: HealthCheck[];
}

/** Live updates of one path: the schema first, then rows. */
export interface LiveChannel {
  /** A frame without rows: exactly the fields that the updates will have. */
  schema: Frame;
  /** Each update holds the rows that are new. Ends when the signal is given. */
  updates(signal: AbortSignal): AsyncIterable<Frame>;
}

/** How the shared views of the system and its agents stand. */
export interface DashboardState {
  /** False until an observer has looked at the system for the first time (R485). */
  initialized: boolean;
  /** When the views were made last by this core, ISO 8601 UTC (R092); null while they never were. */
  lastRefresh: string | null;
  /** By source (R344): true when it answers, whether or not it holds anything (R486). */
  sources: Record<string, boolean>;
}

/** What is told after each time that the views were made anew. */
export interface DashboardRefresh {
  /** ISO 8601 UTC. */
  at: string;
  milliseconds: number;
  /** Sources that did not answer. */
  failing: string[];
  /** Why nothing could be made. */
  error?: string;
}

/** The one shared instance of these views in a core (R095). */
export interface Dashboard {
  state(signal: AbortSignal): Promise<DashboardState>;
  /** Makes the view of the default range in the background, now and each refresh interval, until it is stopped (R466, R470). */
  start(): void;
  /** Ends it; fulfilled when nothing runs any more (R467). */
  stop(): Promise<void>;
  /** @returns what ends it. A listener that throws harms nobody else (R471). */
  subscribe(listener: (refresh: DashboardRefresh) => void): () => void;
}

/** Everything that both doors offer. Knows nothing of either. */
export interface Core {
  query(request: QueryRequest, caller: Caller, signal: AbortSignal): Promise<QueryAnswer>;
  resource(request: ResourceRequest, caller: Caller, signal: AbortSignal): Promise<ResourceResponse>;
  health(signal: AbortSignal): Promise<Health>;
  readonly dashboard: Dashboard;
  /** @returns undefined when there is no such path or this caller may not hear it. */
  live(path: string, caller: Caller): Promise<LiveChannel | undefined>;
  close(): Promise<void>;
}
