import { BigValueColorMode, BigValueGraphMode, GraphThresholdsStyleMode, LegendDisplayMode, LegendPlacement, SortOrder, StackingMode, TooltipDisplayMode, VisibilityMode, GraphDrawStyle } from '@grafana/grafana-foundation-sdk/common';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder, FieldColorBuilder, FieldColorModeId, MappingType, SpecialValueMatch, ThresholdsConfigBuilder, ThresholdsMode, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Query } from './queries';
import { HEMOSTAT, PROMETHEUS, page } from './sources';

/** What every panel must have. Ids never change: links, alert rules and annotations point at them. */
export interface About {
  id: number;
  title: string;
  description: string;
  /** Shown in place of a value when there is none. */
  noValue: string;
  /** Columns of the 24, and grid rows of 30 pixels. */
  width: number;
  height: number;
  unit?: string;
  /** Of a graph: below zero is drawn too. */
  signed?: boolean;
}

interface Describable<T> {
  id(id: number): T;
  title(title: string): T;
  description(text: string): T;
  span(width: number): T;
  height(height: number): T;
  noValue(text: string): T;
  unit(unit: string): T;
  targets(queries: Query[]): T;
  datasource(ref: { type: string; uid: string }): T;
}

function describe<T extends Describable<T>>(panel: T, about: About, queries: readonly Query[], source: { type: string; uid: string }): T {
  panel.id(about.id).title(about.title).description(about.description).span(about.width).height(about.height).noValue(about.noValue);
  return panel
    .unit(about.unit ?? 'short')
    .targets([...queries])
    .datasource({ ...source });
}

/** Colours from a value on. The first has no lower end. */
export type Steps = ReadonlyArray<readonly [from: number | null, color: string]>;
export const thresholds = (steps: Steps): ThresholdsConfigBuilder => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps.map(([value, color]) => ({ value, color })));
export const byThresholds = (): FieldColorBuilder => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

const listLegend = () => new common.VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);
export const tableLegend = (...calcs: string[]): common.VizLegendOptionsBuilder =>
  new common.VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Table).placement(LegendPlacement.Right).showLegend(true).calcs(calcs).width(340).sortBy('Last *').sortDesc(true);

function timeseries(about: About, queries: readonly Query[], source: { type: string; uid: string }): TimeseriesBuilder {
  const panel = describe(new TimeseriesBuilder(), about, queries, source);
  return (about.signed ? panel : panel.min(0))
    .fillOpacity(8)
    .lineWidth(1)
    .showPoints(VisibilityMode.Never)
    // A missed scrape is drawn over; a longer silence is a gap.
    .spanNulls(60_000)
    .legend(listLegend())
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
}

/** Lines over time, from Prometheus. */
export const graph = (about: About, ...queries: Query[]): TimeseriesBuilder => timeseries(about, queries, PROMETHEUS);

/** Counts over time as stacked bars, from Prometheus. */
export const bars = (about: About, ...queries: Query[]): TimeseriesBuilder => stacked(graph(about, ...queries));

/** Lines over time, from the log. */
export const logGraph = (about: About, ...queries: Query[]): TimeseriesBuilder => timeseries(about, queries, HEMOSTAT);

/** Counts over time as stacked bars, from the log. */
export const logBars = (about: About, ...queries: Query[]): TimeseriesBuilder => stacked(timeseries(about, queries, HEMOSTAT));

function stacked(panel: TimeseriesBuilder): TimeseriesBuilder {
  return panel.drawStyle(GraphDrawStyle.Bars).fillOpacity(70).lineWidth(0).stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** Names with their figures below a graph: for lines of a graph that is not wide. */
export const shortLegend = (...calcs: string[]): common.VizLegendOptionsBuilder => listLegend().calcs(calcs);

/** Draws the limits into a graph of lines. */
export const withLimits = (panel: TimeseriesBuilder, steps: Steps): TimeseriesBuilder =>
  panel.thresholds(thresholds(steps)).thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));

/** One figure, coloured by its limits. */
export function figure(about: About, steps: Steps, ...queries: Query[]): StatBuilder {
  return figureOf(about, steps, queries, PROMETHEUS);
}

/** One figure out of the log. @param field the column that holds it; without one every number is shown */
export function logFigure(about: About, steps: Steps, field: string, query: Query): StatBuilder {
  return figureOf(about, steps, [query], HEMOSTAT).mappings([instead(about.noValue)]).reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields(field && `/^${field}$/`));
}

function figureOf(about: About, steps: Steps, queries: readonly Query[], source: { type: string; uid: string }): StatBuilder {
  return describe(new StatBuilder(), about, queries, source)
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .colorScheme(byThresholds())
    .thresholds(thresholds(steps))
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

/** Columns of a table in their order: heading, and width in pixels where the text needs its own. */
export type Columns = Readonly<Record<string, string | readonly [heading: string, width: number]>>;
const headingOf = (column: Columns[string]): string => (typeof column === 'string' ? column : column[0]);

/** Rows out of the log, with these columns only. */
export function logTable(about: About, columns: Columns, query: Query): TableBuilder {
  const names = Object.keys(columns);
  const table = describe(new TableBuilder(), about, [query], HEMOSTAT)
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true)
    .mappings(NOTHING)
    // Mappings pass times by, and the text of the panel would stand in their place.
    .overrideByFieldType('time', [{ id: 'noValue', value: '–' }])
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, headingOf(column)])),
      },
    });
  for (const column of Object.values(columns)) {
    if (typeof column !== 'string') {
      table.overrideByName(column[0], [{ id: 'custom.width', value: column[1] }]);
    }
  }
  return table;
}

/** Words in colours, as R031 to R034 and the pages have them. */
function words(colors: Readonly<Record<string, string>>): ValueMapping[] {
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(Object.entries(colors).map(([word, color], index) => [word, { color, index }])) }];
}

const unknown = (match: SpecialValueMatch, text = '–'): ValueMapping => ({ type: MappingType.SpecialValue, options: { match, result: { text, color: 'text' } } });
/** Words in place of no value, in no colour that a limit has: unknown is neither well nor ill. */
const instead = (text: string): ValueMapping => unknown(SpecialValueMatch.NullAndNan, text);
/** In a cell without a value; the text of the panel is for a table that has no answer. */
const NOTHING: ValueMapping[] = [unknown(SpecialValueMatch.NullAndNan), unknown(SpecialValueMatch.Empty)];

/** For cells of long texts: they are broken in place of cut off. */
export const BROKEN = [{ id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } }];
/** For ids: their beginning, as R439 has it. Links keep the whole. */
export const SHORT_ID = [{ id: 'mappings', value: [{ type: MappingType.RegexToText, options: { pattern: '^(.{8}).*$', result: { text: '$1' } } }, ...NOTHING] }];
/** For counts that are read to the last digit: 5,924 in place of 6 K. */
export const WHOLE = [{ id: 'unit', value: 'locale' }];
/** For times: `5 minutes ago`. */
export const AGO = [{ id: 'unit', value: 'dateTimeFromNow' }];

/** For what is so or is not. */
export const YES = [{ id: 'mappings', value: [{ type: MappingType.ValueToText, options: { true: { text: 'yes', index: 0 }, false: { text: '–', index: 1 } } }, ...NOTHING] }];

/** A column whose words are coloured. */
export const coloured = (colors: Readonly<Record<string, string>>): Array<{ id: string; value: unknown }> => [
  { id: 'mappings', value: [...words(colors), ...NOTHING] },
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
];

export const STATE_COLORS = {
  open: 'red',
  analyzing: 'orange',
  awaiting_approval: 'purple',
  remediating: 'blue',
  verifying: 'blue',
  resolved: 'green',
  recovered_alone: 'green',
  false_alarm: 'text',
  failed: 'dark-red',
  suppressed: 'orange',
};
export const SEVERITY_COLORS = { critical: 'dark-red', high: 'red', medium: 'orange', low: 'yellow' };
export const RESULT_COLORS = { success: 'green', failed: 'red', rejected: 'orange', not_applicable: 'text', dry_run: 'blue' };
export const VERDICT_COLORS = { helped: 'green', no_change: 'orange', worse: 'red' };

/** Of alerts about HemoStat itself and of errors. */
export const AGENT_ALERT_COLORS = { critical: 'dark-red', error: 'red', warning: 'orange', info: 'blue' };
export const ALERT_STATE_COLORS = { firing: 'red', acknowledged: 'orange', silenced: 'text', resolved: 'green' };
export const COMPONENT_COLORS = { healthy: 'green', degraded: 'orange', unhealthy: 'red' };
export const BREAKER_COLORS = { closed: 'green', half_open: 'orange', open: 'red', unknown: 'text' };
export const TRACE_COLORS = { ok: 'green', error: 'red' };

/** Each name keeps its colour in every panel. */
export const colourSeries = (colors: Readonly<Record<string, string>>): Array<{ matcher: { id: string; options: string }; properties: Array<{ id: string; value: unknown }> }> =>
  Object.entries(colors).map(([name, fixedColor]) => ({ matcher: { id: 'byName', options: name }, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }] }));

/** The same by the last word of the name: `restart failed`. */
export const colourByLastWord = (colors: Readonly<Record<string, string>>): ReturnType<typeof colourSeries> =>
  colourSeries(colors).map(({ matcher, properties }) => ({ matcher: { id: 'byRegexp', options: `/ ${matcher.options}$/` }, properties }));

/** From a container's series to its page. */
export const containerLink = (): DashboardLinkBuilder =>
  new DashboardLinkBuilder('Container in HemoStat').url(`${page('containers')}?container=\${__field.labels.host:percentencode}%2F\${__field.labels.container_name:percentencode}`).targetBlank(false);
