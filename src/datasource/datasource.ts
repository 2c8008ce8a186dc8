import {
  getDefaultTimeRange,
  type AdHocVariableFilter,
  type AnnotationQuery,
  type CoreApp,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DataSourceWithLogsContextSupport,
  type DataSourceWithSupplementaryQueriesSupport,
  type LogRowContextOptions,
  type LogRowModel,
  type MetricFindValue,
  type QueryFixAction,
  type ScopedVars,
  type SupplementaryQueryOptions,
  type SupplementaryQueryType,
  type TestDataSourceResponse,
  type TimeRange,
} from '@grafana/data';
import { config, DataSourceWithBackend, getTemplateSrv } from '@grafana/runtime';
import { lastValueFrom, map, merge, of, type Observable } from 'rxjs';
import { HemostatApi } from './api';
import { lazily } from './components/lazily';
import { interpolate } from './interpolate';
import { followAnswers } from './live/again';
import { LastRows } from './live/last-rows';
import { followRows } from './live/feed';
import { signalsOf } from './live/signals';
import { contextQuery, rangeOf, supportedSupplements, volumeQuery, volumeRequest, volumeResponse, withoutRow } from './logs';
import { modified, MODIFICATIONS } from './modify';
import { DEFAULT_LIMIT, defaultQueryFor, isComplete, NEVER_LIVE, typeOf } from './query-model';
import type { HemostatDataQuery, HemostatOptions, ValueKind } from './types';
import { HemostatVariables, readValues, TAG_KEYS, type ValueFilter } from './values';

type Request = DataQueryRequest<HemostatDataQuery>;
/** Backfills look a little into the future, since our clock may be behind that of Redis. */
const AHEAD_MS = 3_600_000;

const NEW_ANNOTATION = { queryType: 'annotations', annotate: 'both', limit: DEFAULT_LIMIT } as const;

/** The browser half: what a query means is decided by the process half or the HemoStat API. */
export class HemostatDataSource
  extends DataSourceWithBackend<HemostatDataQuery, HemostatOptions>
  implements DataSourceWithLogsContextSupport<HemostatDataQuery>, DataSourceWithSupplementaryQueriesSupport<HemostatDataQuery>
{
  /** Set when the browser goes to the HTTP API by Grafana's proxy. */
  private readonly api: HemostatApi | undefined;
  private readonly last = new LastRows();

  constructor(settings: DataSourceInstanceSettings<HemostatOptions>) {
    super(settings);
    this.api = settings.jsonData.access === 'api' ? new HemostatApi(settings.url ?? '') : undefined;
    this.variables = new HemostatVariables(this);
    this.annotations = {
      QueryEditor: lazily(async () => ({ default: (await import('./components/AnnotationEditor')).AnnotationEditor })),
      getDefaultQuery: () => ({ ...NEW_ANNOTATION }),
      // An annotation whose form was not touched yet has no target: it is what the form shows.
      prepareQuery: ({ target }: AnnotationQuery<HemostatDataQuery>) => ({ refId: 'Anno', ...NEW_ANNOTATION, ...target, queryType: 'annotations' as const }),
    };
  }

  override getDefaultQuery(app: CoreApp): Partial<HemostatDataQuery> {
    return defaultQueryFor(app);
  }

  override filterQuery(query: HemostatDataQuery): boolean {
    return !query.hide && isComplete(query);
  }

  override applyTemplateVariables(query: HemostatDataQuery, scopedVars: ScopedVars, filters?: AdHocVariableFilter[]): HemostatDataQuery {
    return interpolate(query, getTemplateSrv(), scopedVars, filters);
  }

  override query(request: Request): Observable<DataQueryResponse> {
    // A target that is a variable without a value is known to be missing only now.
    const targets = request.targets.filter((query) => this.filterQuery(query) && isComplete(this.applyTemplateVariables(query, request.scopedVars)));
    const live = targets.filter((query) => this.isLive(query, request));
    const once = targets.filter((query) => !live.includes(query));
    const answers = live.map((query) => this.follow(query, request));
    if (once.length > 0 || answers.length === 0) {
      answers.push(this.ask({ ...request, targets: once }).pipe(map((response) => (live.length > 0 ? { ...response, key: 'once' } : response))));
    }
    return merge(...answers);
  }

  override async getTagKeys(): Promise<MetricFindValue[]> {
    return Object.keys(TAG_KEYS).map((text) => ({ text }));
  }

  override async getTagValues({ key }: Pick<DataSourceGetTagValuesOptions<HemostatDataQuery>, 'key'>): Promise<MetricFindValue[]> {
    const kind = Object.hasOwn(TAG_KEYS, key) ? TAG_KEYS[key] : undefined;
    return kind ? this.values(kind) : [];
  }

  /** Values that filters and variables may have. */
  async values(kind: ValueKind, filter?: ValueFilter): Promise<MetricFindValue[]> {
    return readValues(async (path, params) => this.readResource(path, params), kind, filter);
  }

  /** Reads a resource, such as `status`. @throws FetchError */
  async readResource<T>(path: string, params?: Record<string, unknown>): Promise<T> {
    return this.api ? this.api.resource<T>(path, params) : this.getResource<T>(path, params, { showErrorAlert: false });
  }

  /** Sends a resource, such as `actions/acknowledge`. @throws FetchError; Error where the browser reaches the API by a token that is the same for everybody */
  async sendResource<T>(path: string, body: unknown): Promise<T> {
    if (this.api) {
      throw new Error('This data source reads through the HemoStat API with one token for all users, so nothing can be changed through it. Use the command line (npx hemostat), or let Grafana run the process of the data source.');
    }
    return this.postResource<T>(path, body, { showErrorAlert: false });
  }

  async getLogRowContext(row: LogRowModel, options?: LogRowContextOptions): Promise<DataQueryResponse> {
    const { query, range } = contextQuery(row, options);
    const response = await lastValueFrom(this.ask(this.request(query, range)));
    return withoutRow(response, row);
  }

  async getLogRowContextQuery(row: LogRowModel, options?: LogRowContextOptions): Promise<HemostatDataQuery> {
    return contextQuery(row, options).query;
  }

  getSupportedSupplementaryQueryTypes(request?: DataQueryRequest): SupplementaryQueryType[] {
    return supportedSupplements(request?.targets as HemostatDataQuery[] | undefined);
  }

  getSupplementaryQuery({ type }: SupplementaryQueryOptions, query: HemostatDataQuery): HemostatDataQuery | undefined {
    return volumeQuery(type, query);
  }

  getSupplementaryRequest(type: SupplementaryQueryType, request: Request): Request | undefined {
    return volumeRequest(type, request);
  }

  override modifyQuery(query: HemostatDataQuery, action: QueryFixAction): HemostatDataQuery {
    return modified(query, action);
  }

  getSupportedQueryModifications(): string[] {
    return [...MODIFICATIONS];
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    return this.api ? this.api.test() : super.testDatasource();
  }

  /** Live in Explore by its button, on dashboards by the query, as long as the range ends now. */
  private isLive(query: HemostatDataQuery, request: Request): boolean {
    const wanted = request.liveStreaming === true || (query.live === true && request.rangeRaw?.to === 'now');
    return wanted && !NEVER_LIVE.has(typeOf(query)) && !query.cursor && !config.publicDashboardAccessToken;
  }

  /** One answer. `live` is ours alone: the process would name a channel, and Grafana would follow it without a backfill. */
  private ask(request: Request): Observable<DataQueryResponse> {
    const targets = request.targets.map((query) => ({ ...query, live: false }));
    if (targets.length === 0) {
      return of({ data: [] });
    }
    if (this.api) {
      const interpolated = targets.map((query) => this.applyTemplateVariables(query, request.scopedVars, request.filters));
      return this.api.query({ ...request, targets: interpolated }).pipe(map(volumeResponse));
    }
    return super.query({ ...request, targets }).pipe(map(volumeResponse));
  }

  private follow(query: HemostatDataQuery, request: Request): Observable<DataQueryResponse> {
    const { refId, limit = DEFAULT_LIMIT } = query;
    const span = request.range.to.valueOf() - request.range.from.valueOf();
    const from = () => Date.now() - span;
    const asked = this.applyTemplateVariables(query, request.scopedVars, request.filters);
    const signals = signalsOf(this.uid, asked, !this.api);
    // Without an id: a request of the same id would cancel the one before.
    const again = (range: TimeRange, target: HemostatDataQuery) => this.ask({ ...request, requestId: '', range, targets: [target] });
    if (typeOf(query) !== 'events' || query.format === 'table') {
      return followAnswers(refId, signals, () => again(rangeOf(from(), Date.now()), query));
    }
    const rows = this.last.of(`${request.panelId ?? request.app} ${span} ${JSON.stringify(asked)}`, limit);
    const newest: HemostatDataQuery = { ...query, direction: 'backward', format: 'logs' };
    // The end is never the same twice, so that no answer of before is given again.
    return followRows({ refId, rows, signals, rangeFrom: from, read: (start) => again(rangeOf(start, Date.now() + AHEAD_MS), newest) });
  }

  private request(query: HemostatDataQuery, range: TimeRange = getDefaultTimeRange()): Request {
    return {
      // None: the context of a line is read in both directions at once, and a request of the same id would cancel the other.
      requestId: '',
      interval: '',
      intervalMs: 1000,
      range,
      scopedVars: {},
      targets: [query],
      timezone: 'UTC',
      app: '',
      startTime: Date.now(),
    };
  }
}

