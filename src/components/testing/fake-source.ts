import type { DataFrame, DataQueryRequest, DataSourceApi, DataSourceInstanceSettings } from '@grafana/data';
import { LoadingState } from '@grafana/data';
import { setDataSourceSrv, setRunRequest, type DataSourceSrv, type FetchError } from '@grafana/runtime';
import { from, map } from 'rxjs';
import { DATASOURCE_TYPE, DEFAULT_DATASOURCE_UID } from '../../constants';
import type { HemostatDataQuery } from '../../datasource/types';

type Params = Record<string, unknown>;
/** A value is the answer; an Error is thrown; a function makes one of both, also later. */
export type FakeAnswer = unknown;

export interface FakeAnswers {
  /** By path; a path that is missing is answered by 404. */
  resources?: Record<string, FakeAnswer>;
  /** By path: what is sent to the function, what it returns is the answer. */
  sends?: Record<string, FakeAnswer>;
  /** Frames by type of the query; none when it is missing. */
  frames?: Partial<Record<NonNullable<HemostatDataQuery['queryType']>, DataFrame[] | Error | ((query: HemostatDataQuery) => DataFrame[] | Promise<DataFrame[]>)>>;
}

export interface FakeSource {
  /** Change it to answer otherwise from now on. */
  answers: FakeAnswers;
  /** What was sent, in order. */
  sent: Array<{ path: string; body: unknown }>;
  /** What was read, in order. */
  read: Array<{ path: string; params: Params }>;
  /** Queries, in order. */
  queries: HemostatDataQuery[];
}

/** What the data source throws when it is refused. */
export function refusal(status: number, message = '', mend?: string): FetchError {
  return { status, statusText: '', data: { message, ...(mend ? { mend } : {}) }, config: { url: '' } };
}

async function settle(answer: unknown, ...given: unknown[]): Promise<unknown> {
  const value: unknown = await (typeof answer === 'function' ? (answer as (...args: unknown[]) => unknown)(...given) : answer);
  if (value instanceof Error || (typeof value === 'object' && value !== null && 'config' in value && 'status' in value)) {
    throw value as Error;
  }
  return value;
}

const answerOf = (answers: Record<string, unknown> = {}, path: string): unknown => (Object.hasOwn(answers, path) ? answers[path] : refusal(404, `There is no ${path}.`));

/** Puts a data source of its own behind pages under test. */
export function fakeSource(first: FakeAnswers, uid = DEFAULT_DATASOURCE_UID): FakeSource {
  const fake: FakeSource = { answers: first, sent: [], read: [], queries: [] };
  const source = {
    uid,
    type: DATASOURCE_TYPE,
    getRef: () => ({ uid, type: DATASOURCE_TYPE }),
    readResource: async (path: string, params: Params = {}) => {
      fake.read.push({ path, params });
      return settle(answerOf(fake.answers.resources, path), params);
    },
    sendResource: async (path: string, body: unknown) => {
      fake.sent.push({ path, body });
      return settle(answerOf(fake.answers.sends, path), body);
    },
    query: async ({ targets }: DataQueryRequest<HemostatDataQuery>) => {
      fake.queries.push(...targets);
      const frames = await Promise.all(targets.map(async (query) => settle(fake.answers.frames?.[query.queryType ?? 'events'] ?? [], query) as Promise<DataFrame[]>));
      return { data: frames.flatMap((one, index) => one.map((frame) => ({ ...frame, refId: targets[index]?.refId ?? 'A' }))) };
    },
  };
  const settings = { uid, type: DATASOURCE_TYPE, name: uid } as DataSourceInstanceSettings;
  const finds = { get: async () => source as unknown as DataSourceApi, getInstanceSettings: () => settings, getList: () => [settings], reload: () => undefined };
  setDataSourceSrv(finds as unknown as DataSourceSrv);
  setRunRequest((_, request) =>
    from(
      source.query(request as DataQueryRequest<HemostatDataQuery>).catch((cause: unknown) => {
        const { status, data, message } = cause as { status?: number; data?: { message?: string }; message?: string };
        const told = message ?? data?.message ?? '';
        return { data: [] as DataFrame[], errors: [{ message: told, ...(status === undefined ? {} : { status }) }] };
      })
    ).pipe(
      map((answer) => ({
        state: 'errors' in answer ? LoadingState.Error : LoadingState.Done,
        series: answer.data,
        timeRange: request.range,
        ...('errors' in answer ? { errors: answer.errors } : {}),
      }))
    )
  );
  return fake;
}
