import type { DataSourceApi } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { DATASOURCE_TYPE } from '../constants';

/** What pages need of the HemoStat data source, beside queries. */
export interface HemostatSource extends DataSourceApi {
  /** Reads a resource; `params` become the query string. @throws FetchError */
  readResource: <T>(path: string, params?: Record<string, unknown>) => Promise<T>;
  /** Sends a resource, such as an action. @throws FetchError */
  sendResource: <T>(path: string, body: unknown) => Promise<T>;
}

/** The data source of the pages is missing, or is another one. */
export class NoSourceError extends Error {
  override name = 'NoSourceError';
}

/** @throws NoSourceError */
export async function findSource(uid: string): Promise<HemostatSource> {
  const settings = getDataSourceSrv().getInstanceSettings({ uid, type: DATASOURCE_TYPE });
  // Grafana falls back on another one of the same type, which would show other containers.
  if (!settings || settings.uid !== uid || settings.type !== DATASOURCE_TYPE) {
    throw new NoSourceError(uid);
  }
  return (await getDataSourceSrv().get({ uid, type: DATASOURCE_TYPE })) as HemostatSource;
}
