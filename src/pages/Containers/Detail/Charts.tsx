import { css } from '@emotion/css';
import { FieldColorModeId, FieldType, LoadingState, MappingType, type DataFrame, type Field, type GrafanaTheme2 } from '@grafana/data';
import { PanelBuilders, SceneDataNode, type VizPanel } from '@grafana/scenes';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { useCallback, useEffect, useMemo } from 'react';
import { Failed } from '../../../components/State/Failed';
import { t } from '../../../components/text';
import { toneColor } from '../../../components/tone';
import { frameOf, rowsOf } from '../../../hooks/rows';
import { useFrames } from '../../../hooks/useFrames';
import { usePanel } from '../../../hooks/usePanel';
import { useTimeRange } from '../../../hooks/useTimeRange';
import type { HemostatDataQuery } from '../../../datasource/types';

interface Chart {
  title: string;
  unit: string;
  /** Metric of the query with its name in the legend. */
  metrics: Array<[string, string]>;
}

const charts = (): Chart[] => [
  { title: t('containers.chart-cpu', 'CPU, percent of one core'), unit: 'percent', metrics: [['cpu_percent', t('containers.cpu', 'CPU')]] },
  { title: t('containers.chart-memory', 'Memory without page cache'), unit: 'bytes', metrics: [['memory_usage', t('containers.memory', 'used')], ['memory_limit', t('containers.memory-limit', 'limit')]] },
  { title: t('containers.chart-network', 'Network'), unit: 'Bps', metrics: [['network_rx_rate', t('containers.received', 'received')], ['network_tx_rate', t('containers.sent', 'sent')]] },
  { title: t('containers.chart-disk', 'Block I/O'), unit: 'Bps', metrics: [['blkio_read_rate', t('containers.read', 'read')], ['blkio_write_rate', t('containers.written', 'written')]] },
];
const METRICS = ['cpu_percent', 'memory_usage', 'memory_limit', 'network_rx_rate', 'network_tx_rate', 'blkio_read_rate', 'blkio_write_rate'];
const MOST_MARKS = 200;

/** A vertical line at each time: a bar of full height on an axis of its own, which every time series panel draws. */
function markFrame(name: string, times: readonly number[], color: string): DataFrame {
  const marks: Field = {
    name: 'mark',
    type: FieldType.number,
    values: times.map(() => 1),
    config: {
      displayName: name,
      unit: 'none',
      min: 0,
      max: 1,
      color: { mode: FieldColorModeId.Fixed, fixedColor: color },
      mappings: [{ type: MappingType.ValueToText, options: { 1: { text: t('containers.mark-here', 'here') } } }],
      custom: { drawStyle: 'bars', lineWidth: 1, fillOpacity: 100, barMaxWidth: 2, axisPlacement: 'hidden', showPoints: 'never' },
    },
  };
  return { name, length: times.length, fields: [{ name: 'time', type: FieldType.time, values: [...times], config: {} }, marks] };
}

/** Begin of incidents and of actions among the annotations, oldest first. */
function marksOf(frame: DataFrame | undefined, tag: string): number[] {
  const times = rowsOf(frame).flatMap((row) => (row.text('tags').split(',').includes(tag) ? [row.number('time') ?? Number.NaN] : []));
  return [...new Set(times.filter(Number.isFinite))].sort((a, b) => a - b);
}

/** The columns of one chart, with their names. */
function metricFrame(frame: DataFrame, { metrics, unit }: Chart): DataFrame {
  const time = frame.fields.filter(({ type }) => type === FieldType.time);
  const drawn = metrics.flatMap(([metric, displayName]) => frame.fields.filter(({ name }) => name === metric).map((field) => ({ ...field, labels: undefined, config: { ...field.config, unit, displayName, displayNameFromDS: undefined } })));
  return { ...frame, fields: [...time, ...drawn] as Field[] };
}

/** What a container has used, with its incidents and actions as vertical lines. */
export function Charts({ name }: { name: string }) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const queries: HemostatDataQuery[] = [
    { refId: 'figures', queryType: 'container_metrics', target: name, metrics: METRICS },
    { refId: 'marks', queryType: 'annotations', filters: { containers: [name] }, annotate: 'both', limit: MOST_MARKS },
  ];
  const { frames, failure, notices } = useFrames(queries);
  const { refresh } = useTimeRange();
  const [incidents, actions] = [t('containers.mark-incident', 'incident'), t('containers.mark-action', 'action')];
  const marks = useMemo(() => {
    const frame = frameOf(frames, 'marks');
    const all: Array<[string, number[], string]> = [
      [incidents, marksOf(frame, 'incident'), toneColor(theme, 'ill')],
      [actions, marksOf(frame, 'remediation'), toneColor(theme, 'healed')],
    ];
    return all.filter(([, times]) => times.length > 0).map(([title, times, color]) => markFrame(title, times, color));
  }, [frames, theme, incidents, actions]);
  const figures = frameOf(frames, 'figures');
  return (
    <>
      {failure ? <Failed failure={failure} retry={refresh} stale={figures !== undefined} /> : null}
      <div className={styles.grid}>
        {charts().map((chart) => (
          <ChartPanel key={chart.metrics[0]?.[0]} chart={chart} figures={figures} marks={marks} />
        ))}
      </div>
      {[...new Set(notices)].map((notice) => (
        <div key={notice} className={styles.notice}>
          {notice}
        </div>
      ))}
    </>
  );
}

function ChartPanel({ chart, figures, marks }: { chart: Chart; figures: DataFrame | undefined; marks: readonly DataFrame[] }) {
  const styles = useStyles2(getStyles);
  const { title, unit } = chart;
  const { range } = useTimeRange();
  const build = useCallback(
    (): VizPanel => PanelBuilders.timeseries().setTitle(title).setUnit(unit).setMin(0).setOption('legend', { showLegend: true }).setData(new SceneDataNode()).build(),
    [title, unit]
  );
  const panel = usePanel(build);
  const key = JSON.stringify(chart);
  useEffect(() => {
    const { $data } = panel.state;
    const asked = JSON.parse(key) as Chart;
    if ($data instanceof SceneDataNode) {
      const series = figures ? [metricFrame(figures, asked), ...marks] : [];
      $data.setState({ data: { state: figures ? LoadingState.Done : LoadingState.Loading, series, timeRange: range } });
    }
  }, [panel, figures, marks, range, key]);
  return (
    <div className={styles.chart}>
      <panel.Component model={panel} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(400px, 100%), 1fr))', gap: theme.spacing(1) }),
  chart: css({ height: 220, minWidth: 0, display: 'flex' }),
  notice: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
