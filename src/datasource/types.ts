import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import type { AgentSeries, HemostatQuery, QueryFilters, QueryType } from '../contract/query';

export type { AgentSeries, QueryFilters, QueryType };
export type Aggregation = NonNullable<HemostatQuery['aggregation']>;
export type ListFilter = Exclude<keyof QueryFilters, 'text'>;

/** A query as dashboards keep it: what is left out has the default of the contract. */
export interface HemostatDataQuery extends DataQuery, Partial<Omit<HemostatQuery, 'refId' | 'queryType' | 'filters'>> {
  queryType?: QueryType;
  filters?: Partial<QueryFilters>;
}

/** What values a template variable offers. */
export const VALUE_KINDS = [
  'containers',
  'hosts',
  'projects',
  'images',
  'agents',
  'types',
  'severities',
  'statuses',
  'actions',
  'incidents',
] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export interface HemostatVariableQuery extends DataQuery {
  kind?: ValueKind;
  /** Only containers of this host. */
  host?: string;
  /** Only containers of this Compose project. */
  project?: string;
}

export type Access = 'redis' | 'api';
export type Topology = 'single' | 'sentinel' | 'cluster';

/** `jsonData` of the data source. Empty and absent mean the same. */
export interface HemostatOptions extends DataSourceJsonData {
  /** `api`: the browser asks the HTTP API through Grafana's proxy; its address is the URL of the data source. */
  access?: Access;
  topology?: Topology;
  /** host:port, for `single`. */
  address?: string;
  /** redis:// or rediss:// without a password, for `single`; wins over the address. */
  url?: string;
  /** host:port, comma-separated. */
  sentinels?: string;
  sentinelName?: string;
  /** host:port, comma-separated. */
  clusterNodes?: string;
  user?: string;
  database?: number;
  tls?: boolean;
  tlsServerName?: string;
  tlsSkipVerify?: boolean;
  keyPrefix?: string;
  partitions?: number;
}

/** Written once, never read back. */
export interface HemostatSecrets {
  password?: string;
  sentinelPassword?: string;
  redisUrl?: string;
  tlsCaCert?: string;
  tlsClientCert?: string;
  tlsClientKey?: string;
  apiToken?: string;
}
