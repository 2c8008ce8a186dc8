import {
  isLiveChannelMessageEvent,
  isLiveChannelStatusEvent,
  LiveChannelConnectionState,
  parseLiveChannelAddress,
  type DataFrameJSON,
  type LiveChannelStatusEvent,
} from '@grafana/data';
import { getGrafanaLiveSrv, type GrafanaLiveSrv } from '@grafana/runtime';
import { concat, defer, EMPTY, interval, map, mergeMap, of, type Observable } from 'rxjs';
import type { HemostatDataQuery } from '../types';
import type { Signal } from './feed';

/** How often the log is asked where Grafana Live cannot be used. The API allows 120 requests a minute for all panels together. */
export const POLL_MS = 5000;
/** Longest name of a channel in Grafana. */
const MAX_CHANNEL = 160;

function base64url(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return btoa(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export interface LivePath {
  path: string;
  /** False: the channel brings more than the query asks for, and only tells that something was appended. */
  exact: boolean;
}

const channelOf = (uid: string, path: string) => `ds/${uid}/${path}`;

/** The channel of a query: `events`, or `events/q_<filters>` where these are short enough for a name. */
export function livePathOf(uid: string, { filters = {}, adhoc = [] }: Pick<HemostatDataQuery, 'filters' | 'adhoc'>): LivePath {
  const named = Object.fromEntries(Object.entries(filters).filter(([, value]) => value.length > 0));
  const parts = { ...(Object.keys(named).length > 0 ? { f: named } : {}), ...(adhoc.length > 0 ? { a: adhoc } : {}) };
  if (Object.keys(parts).length === 0) {
    return { path: 'events', exact: true };
  }
  const path = `events/q_${base64url(JSON.stringify(parts))}`;
  return channelOf(uid, path).length <= MAX_CHANNEL ? { path, exact: true } : { path: 'events', exact: false };
}

function signalOf(exact: boolean, { schema, data }: DataFrameJSON): Signal {
  return exact && data ? { kind: 'rows', packet: { ...(schema ? { names: schema.fields.map(({ name }) => name) } : {}), values: data.values } } : { kind: 'changed' };
}

/** Names of the columns without a row, from the schema that comes with a subscription. */
function schemaOf(message: unknown): Signal[] {
  const { schema } = (message ?? {}) as DataFrameJSON;
  return schema ? [{ kind: 'rows', packet: { names: schema.fields.map(({ name }) => name), values: schema.fields.map(() => []) } }] : [];
}

/** Pending and connecting are how every channel begins: only a break after it was connected is told, and an error at any time. */
function ofStatus({ state, message, error }: LiveChannelStatusEvent, wasConnected: boolean): Signal[] {
  if (state === LiveChannelConnectionState.Connected) {
    return [...schemaOf(message), { kind: 'connected' }];
  }
  return error || wasConnected ? [{ kind: 'lost' }] : [];
}

function overLive(live: GrafanaLiveSrv, uid: string, { path, exact }: LivePath): Observable<Signal> {
  const address = parseLiveChannelAddress(channelOf(uid, path));
  if (!address) {
    return EMPTY;
  }
  let connected = false;
  return live.getStream<DataFrameJSON>(address).pipe(
    mergeMap((event): Signal[] => {
      if (isLiveChannelMessageEvent(event)) {
        return [signalOf(exact, event.message)];
      }
      if (!isLiveChannelStatusEvent(event)) {
        return [];
      }
      const signals = ofStatus(event, connected);
      connected = event.state === LiveChannelConnectionState.Connected;
      return signals;
    })
  );
}

const polled = (): Observable<Signal> => concat(of<Signal>({ kind: 'connected' }), interval(POLL_MS).pipe(map((): Signal => ({ kind: 'changed' }))));

/**
 * What is appended that fits a query, told as it happens.
 * @param live false: Grafana Live does not reach the data source, the log is asked every five seconds.
 */
export function signalsOf(uid: string, query: Pick<HemostatDataQuery, 'filters' | 'adhoc'>, live: boolean): Observable<Signal> {
  return defer(() => {
    // Undefined where Grafana Live is switched off, whatever its type says.
    const service = getGrafanaLiveSrv() as GrafanaLiveSrv | undefined;
    return live && service ? overLive(service, uid, livePathOf(uid, query)) : polled();
  });
}
