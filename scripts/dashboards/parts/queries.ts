import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { HemostatQuery, QueryFilters } from '../../../src/contract/query';
import { HEMOSTAT } from './sources';

export type Query = Builder<Dataquery>;
export type PartialQuery = Partial<Omit<HemostatQuery, 'refId' | 'filters'>> & { filters?: Partial<QueryFilters> };

/** A series over time. @param legend Grafana's legend format: `{{label}}` */
export const series = (expr: string, legend: string, refId = 'A'): DataqueryBuilder => new DataqueryBuilder().expr(expr).legendFormat(legend).range().refId(refId);

/** The value now. */
export const instant = (expr: string, legend: string, refId = 'A'): DataqueryBuilder => new DataqueryBuilder().expr(expr).legendFormat(legend).instant().refId(refId);

/** The values now as rows, one column a label. */
export const rows = (expr: string, refId = 'A'): DataqueryBuilder => new DataqueryBuilder().expr(expr).format(PromQueryFormat.Table).instant().refId(refId);

/** Quantiles of a histogram, each with its legend. Steps without an observation have no value: they would be NaN. */
export function quantiles(histogram: string, by: string, window = '5m'): DataqueryBuilder[] {
  return (
    [
      ['0.5', 'p50'],
      ['0.95', 'p95'],
      ['0.99', 'p99'],
    ] as const
  ).map(([quantile, legend]) => series(`histogram_quantile(${quantile}, sum by (${by}) (rate(${histogram}_bucket[${window}]))) >= 0`, legend, legend).exemplar(true));
}

/** A query of the HemoStat data source. What is left out has the default of the contract. */
export function hemostat(query: PartialQuery, refId = 'A'): Query {
  return { build: () => ({ datasource: HEMOSTAT, refId, ...query, _implementsDataqueryVariant: () => undefined }) as Dataquery };
}

