import { BigValueGraphMode, BigValueTextMode, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import type { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { logFigure, logGraph, thresholds, type About, type Steps } from './panels';
import type { Query } from './queries';

/** How one column of an answer is shown: its heading, and a colour and a unit where they are not those of the answer. */
export interface Shown {
  heading: string;
  color?: string;
  unit?: string;
}

const named = ({ heading, color, unit }: Shown): DynamicConfigValue[] => [
  { id: 'displayName', value: heading },
  ...(color ? [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }] : []),
  ...(unit ? [{ id: 'unit', value: unit }] : []),
];
/** Leaves the other columns of an answer out. */
const only = (names: readonly string[]) => ({ id: 'filterFieldsByName', options: { include: { names: [...names] } } });

/** Some columns of one answer as lines over time. @param columns by their names in the answer */
export function logLines(about: About, columns: Readonly<Record<string, Shown>>, query: Query): TimeseriesBuilder {
  const panel = logGraph(about, query).withTransformation(only(['time', ...Object.keys(columns)]));
  return Object.entries(columns).reduce((done, [name, shown]) => done.overrideByName(name, named(shown)), panel);
}

/** Each query as one line, under the name of its refId: what the data source calls them is the same for all. */
export function logLinesByQuery(about: About, queries: ReadonlyArray<readonly [refId: string, query: Query]>): TimeseriesBuilder {
  return queries.reduce((panel, [refId]) => panel.overrideByQuery(refId, [{ id: 'displayName', value: refId }]), logGraph(about, ...queries.map(([, query]) => query)));
}

/** Several columns of one row beside each other, each coloured by limits of its own. */
export function logFigures(about: About, columns: Readonly<Record<string, { heading: string; steps: Steps }>>, query: Query): StatBuilder {
  const panel = logFigure(about, [[null, 'text']], '', query)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.ValueAndName)
    .withTransformation(only(Object.keys(columns)));
  return Object.entries(columns).reduce((done, [name, { heading, steps }]) => done.overrideByName(name, [...named({ heading }), { id: 'thresholds', value: thresholds(steps).build() }]), panel);
}

/** The last row alone: where it has no value, that of the row before is another matter. */
export const lastRow = (about: About, steps: Steps, field: string, query: Query): StatBuilder =>
  logFigure(about, steps, field, query)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['last']).fields(`/^${field}$/`));
