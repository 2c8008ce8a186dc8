import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The parts of a dashboard's JSON that tests look at. */
export interface ShownPanel {
  id?: number;
  type?: string;
  title: string;
  description?: string;
  gridPos?: { x?: number; y?: number; w?: number; h?: number };
  datasource?: { type?: string; uid?: string };
  targets?: ShownQuery[];
  transformations?: Array<{ id: string; options: { include?: { names?: string[] } } }>;
  options?: { reduceOptions?: { fields?: string; calcs?: string[] }; showPercentChange?: boolean; displayedFields?: string[] };
  fieldConfig?: {
    defaults?: { noValue?: string; unit?: string; thresholds?: { steps?: Array<{ value: number | null; color: string }> }; custom?: { axisLabel?: string; drawStyle?: string; fillOpacity?: number; lineInterpolation?: string } };
    overrides?: Array<{ matcher: { id: string; options: string }; properties: Array<{ id: string; value?: unknown }> }>;
  };
}
export interface ShownQuery extends Record<string, unknown> {
  refId: string;
  expr?: string;
  legendFormat?: string;
}
export interface ShownDashboard {
  uid: string;
  title: string;
  panels: ShownPanel[];
  schemaVersion?: number;
  time?: unknown;
  templating?: { list?: Array<{ name: string; type: string; multi?: boolean; includeAll?: boolean; query?: unknown }> };
  links?: Array<{ url?: string }>;
  annotations?: { list?: Array<{ name: string; expr?: string; target?: ShownQuery }> };
}

/** As Grafana reads it: out of its file. @param name of the file, without its ending */
export const readDashboard = (name: string): ShownDashboard => JSON.parse(readFileSync(path.join(__dirname, `../../provisioning/dashboards/hemostat/${name}.json`), 'utf8')) as ShownDashboard;

/** Panels that show something. */
export const panelsOf = (dashboard: ShownDashboard): ShownPanel[] => dashboard.panels.filter((panel) => panel.type !== 'row');

export interface Expression {
  title: string;
  expr: string;
}

/** Every PromQL expression: of panels, of annotations, and of variables (what is inside of label_values). */
export function promqlOf(dashboard: ShownDashboard): Expression[] {
  const panels = panelsOf(dashboard).flatMap(({ title, targets = [] }) => targets.flatMap(({ expr }) => (expr ? [{ title, expr }] : [])));
  const marks = (dashboard.annotations?.list ?? []).flatMap(({ name, expr }) => (expr ? [{ title: `annotation ${name}`, expr }] : []));
  const variables = (dashboard.templating?.list ?? []).flatMap(({ name, query }) => {
    const text = query !== null && typeof query === 'object' && 'query' in query ? String(query.query) : '';
    const [, expr = ''] = /^label_values\((.*), \w+\)$/.exec(text) ?? [];
    return expr ? [{ title: `variable ${name}`, expr }] : [];
  });
  return [...panels, ...marks, ...variables];
}

/** Every query of the HemoStat data source. */
export function hemostatQueriesOf(dashboard: ShownDashboard): ShownQuery[] {
  const panels = panelsOf(dashboard).flatMap(({ targets = [] }) => targets.filter((target) => 'queryType' in target && !('expr' in target)));
  const marks = (dashboard.annotations?.list ?? []).flatMap(({ target }) => (target && 'queryType' in target ? [target] : []));
  return [...panels, ...marks];
}
