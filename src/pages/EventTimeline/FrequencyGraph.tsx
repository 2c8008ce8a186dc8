import { css } from '@emotion/css';
import { FieldType, type DataFrame, type Field, type GrafanaTheme2 } from '@grafana/data';
import { PanelBuilders, SceneDataTransformer, SceneQueryRunner, type CustomTransformerDefinition } from '@grafana/scenes';
import { GraphDrawStyle, LegendDisplayMode, StackingMode, TooltipDisplayMode } from '@grafana/schema';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useEffect } from 'react';
import { map } from 'rxjs';
import { usePage } from '../../components/Page/context';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { DATASOURCE_TYPE } from '../../constants';
import { eventMark } from '../../contract/story/marks';
import { usePanel } from '../../hooks/usePanel';

/** Series of the graph by the mark of their events, worst first, with a colour of Grafana's palette. */
const SERIES: ReadonlyArray<{ mark: string; name: () => string; color: string }> = [
  { mark: '[ALERT]', name: () => t('timeline.graph.alerts', 'Alerts'), color: 'red' },
  { mark: '[REMEDIATION]', name: () => t('timeline.graph.remediations', 'Remediations'), color: 'blue' },
  { mark: '[FALSE ALARM]', name: () => t('timeline.graph.false-alarms', 'False alarms'), color: 'orange' },
  { mark: '[EVENT]', name: () => t('timeline.graph.others', 'Other events'), color: 'semi-dark-purple' },
];

const numbersOf = ({ values }: Field): number[] => values.map((value) => Number(value ?? 0));

/** Counts by type as counts by mark: a person tells four colours apart, not thirty. */
export function countsByMark(frame: DataFrame): DataFrame {
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  const counts = frame.fields.filter(({ type }) => type === FieldType.number);
  if (!time) {
    return frame;
  }
  const series = SERIES.map(({ mark, name, color }): Field => {
    const mine = counts.filter((field) => eventMark(field.labels?.type ?? field.name) === mark).map(numbersOf);
    const values = Array.from({ length: frame.length }, (_, index) => mine.reduce((sum, one) => sum + (one[index] ?? 0), 0));
    return { name: name(), type: FieldType.number, config: { displayName: name(), unit: 'short', decimals: 0, min: 0, color: { mode: 'fixed', fixedColor: color } }, values };
  });
  // A series of nothing but zeros would only fill the legend.
  const shown = series.filter(({ values }) => values.some((value) => value > 0));
  return { ...frame, fields: [time, ...(shown.length > 0 ? shown : series.slice(0, 1))] };
}

const byMark: CustomTransformerDefinition = () => (source) => source.pipe(map((frames) => frames.map(countsByMark)));

/** How many events there are in an answer to `frequency`. */
const totalOf = (frames: readonly DataFrame[]): number =>
  frames.flatMap(({ fields }) => fields.filter(({ type }) => type === FieldType.number).flatMap(numbersOf)).reduce((sum, count) => sum + count, 0);

function buildPanel(uid: string, types: readonly string[]) {
  const runner = new SceneQueryRunner({ datasource: { uid, type: DATASOURCE_TYPE }, queries: [{ refId: 'A', queryType: 'frequency', filters: { types } }] });
  return PanelBuilders.timeseries()
    .setTitle('')
    .setHoverHeader(true)
    .setData(new SceneDataTransformer({ $data: runner, transformations: [byMark] }))
    .setCustomFieldConfig('drawStyle', GraphDrawStyle.Bars)
    .setCustomFieldConfig('fillOpacity', 80)
    .setCustomFieldConfig('lineWidth', 0)
    .setCustomFieldConfig('stacking', { mode: StackingMode.Normal, group: 'A' })
    .setOption('legend', { showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] })
    .setOption('tooltip', { mode: TooltipDisplayMode.Multi })
    .build();
}

export interface FrequencyGraphProps {
  /** Only events of these types; all when empty. */
  types: readonly string[];
  /** Told how many events there are in the time range, about: counted by whole minutes or hours. */
  onTotal: (total: number | undefined) => void;
}

/** How many events there were over time by kind (R061); dragging over it zooms the page. */
export function FrequencyGraph({ types, onTotal }: FrequencyGraphProps) {
  const styles = useStyles2(getStyles);
  const { settings } = usePage();
  const wanted = JSON.stringify(types);
  const build = useCallback(() => buildPanel(settings.datasourceUid, JSON.parse(wanted) as string[]), [settings.datasourceUid, wanted]);
  const panel = usePanel(build);
  const data = panel.state.$data?.useState().data;
  const total = data && data.series.length > 0 ? totalOf(data.series) : undefined;
  useEffect(() => onTotal(total), [onTotal, total]);
  return (
    <figure className={styles.graph} data-testid={testIds.timeline.graph} aria-label={t('timeline.graph.label', 'Events over time, by kind. Drag over the graph to zoom.')}>
      <panel.Component model={panel} />
    </figure>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  graph: css({ height: 190, margin: 0, [theme.breakpoints.down('md')]: { height: 160 } }),
});
