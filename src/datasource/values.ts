import { CustomVariableSupport, type DataQueryRequest, type DataQueryResponse, type MetricFindValue } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { from, type Observable } from 'rxjs';
import { lazily } from './components/lazily';
import type { HemostatDataSource } from './datasource';
import type { HemostatDataQuery, HemostatVariableQuery, ValueKind } from './types';

/** Keys of ad-hoc filters, with what values they have. Without a kind every text is fit. */
export const TAG_KEYS: Readonly<Record<string, ValueKind | undefined>> = {
  container: 'containers',
  host: 'hosts',
  project: 'projects',
  type: 'types',
  severity: 'severities',
  status: 'statuses',
  action: 'actions',
  agent: 'agents',
  incident: 'incidents',
  text: undefined,
  level: undefined,
  policy_version: undefined,
};

export interface ValueFilter {
  host?: string;
  project?: string;
  /** Only values with this in them. */
  text?: string;
}
interface Answer {
  values: Array<{ text: string; value: string }>;
}
type Ask = <T>(path: string, params: Record<string, string>) => Promise<T>;

/** Values that exist now, from the resource `variables`. */
export async function readValues(ask: Ask, kind: ValueKind, { host = '', project = '', text = '' }: ValueFilter = {}): Promise<MetricFindValue[]> {
  const params = Object.fromEntries(Object.entries({ kind, host, project, text }).filter(([, value]) => value !== ''));
  const { values } = await ask<Answer>('variables', params);
  return values;
}

/** Template variables. Their editor is loaded when it is opened. */
export class HemostatVariables extends CustomVariableSupport<HemostatDataSource, HemostatVariableQuery> {
  editor = lazily(async () => ({ default: (await import('./components/VariableQueryEditor')).VariableQueryEditor }));

  constructor(private readonly source: Pick<HemostatDataSource, 'values'>) {
    super();
  }

  /** What the editor shows from the start: without it Grafana asks nothing until something is changed. */
  override getDefaultQuery(): Partial<HemostatDataQuery> & Pick<HemostatVariableQuery, 'kind'> {
    return { kind: 'containers' };
  }

  query({ targets, scopedVars }: DataQueryRequest<HemostatVariableQuery>): Observable<DataQueryResponse> {
    const { kind = 'containers', host = '', project = '' } = targets[0] ?? {};
    const templates = getTemplateSrv();
    const filter = { host: templates.replace(host, scopedVars), project: templates.replace(project, scopedVars) };
    return from(this.source.values(kind, filter).then((data) => ({ data })));
  }
}
