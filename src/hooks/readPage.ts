import { dateTime, type DataFrame, type DataQueryError, type DataQueryRequest } from '@grafana/data';
import { from, lastValueFrom } from 'rxjs';
import type { HemostatDataQuery } from '../datasource/types';
import { findSource, type HemostatSource } from './source';

/** What an answer in pages says of itself. */
export interface PageMeta {
  /** Leads on to the next page; empty at the end. */
  cursor: string;
  more: boolean;
  /** Entries of this page that were left out, since they cannot be read (R070). */
  unreadable: number;
  notices: ReadonlyArray<{ severity: string; text: string }>;
}

export interface FramePage extends PageMeta {
  frame: DataFrame | undefined;
}

/** Reads `meta` of the first frame of an answer. */
export function pageMeta(frame: DataFrame | undefined): PageMeta {
  const custom = frame?.meta?.custom ?? {};
  return {
    cursor: typeof custom.cursor === 'string' ? custom.cursor : '',
    more: custom.more === true,
    unreadable: typeof custom.unreadable === 'number' ? custom.unreadable : 0,
    notices: frame?.meta?.notices ?? [],
  };
}

/** What the source said instead of an answer; has the form of a FetchError. */
class AnswerError extends Error {
  override name = 'AnswerError';
  readonly status: number;
  readonly data: { message: string };
  readonly config = { url: '' };

  constructor({ status = 500, message = '', data, statusText = '' }: DataQueryError) {
    const words = message || data?.message || statusText;
    super(words);
    this.status = status;
    this.data = { message: words };
  }
}

/**
 * One answer to one query, once: for the pages of a long list after its first one.
 * @param uid of the data source
 * @param range milliseconds since 1970
 * @throws FetchError, NoSourceError
 */
export async function readPage(uid: string, query: Omit<HemostatDataQuery, 'refId'>, range: { from: number; to: number }): Promise<FramePage> {
  const source: HemostatSource = await findSource(uid);
  const ends = { from: dateTime(range.from), to: dateTime(range.to) };
  const request: DataQueryRequest<HemostatDataQuery> = {
    // Without an id: a request of the same id would cancel the one before.
    requestId: '',
    interval: '',
    intervalMs: 1000,
    range: { ...ends, raw: ends },
    scopedVars: {},
    targets: [{ refId: 'A', ...query }],
    timezone: 'UTC',
    app: '',
    startTime: Date.now(),
  };
  const response = await lastValueFrom(from(source.query(request)));
  const [trouble] = response.errors ?? [];
  if (trouble) {
    throw new AnswerError(trouble);
  }
  const frame = response.data[0] as DataFrame | undefined;
  return { frame, ...pageMeta(frame) };
}
