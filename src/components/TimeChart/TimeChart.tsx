import { css } from '@emotion/css';
import { FieldColorModeId, FieldType, LoadingState, type DataFrame, type Field, type GrafanaTheme2 } from '@grafana/data';
import { PanelBuilders, SceneDataNode, type VizPanel } from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useEffect } from 'react';
import { usePanel } from '../../hooks/usePanel';
import { useTimeRange } from '../../hooks/useTimeRange';

/** One series over time. */
export interface TimeLine {
  name: string;
  /** Milliseconds since 1970, in order; null is unknown: a gap. */
  points: ReadonlyArray<readonly [at: number, value: number | null]>;
  /** As CSS has it; by the palette when not given. */
  color?: string;
  /** A line when not given; an area is a filled one (R421). */
  draw?: 'line' | 'area' | 'bar';
}

export interface TimeChartProps {
  title: string;
  lines: readonly TimeLine[];
  /** As Grafana names it. */
  unit?: string;
  xLabel?: string;
  yLabel?: string;
  /** Top of the scale, where it has one. */
  max?: number;
  /** Pixels. */
  height?: number;
}

const HOW = {
  line: { drawStyle: 'line', fillOpacity: 0 },
  area: { drawStyle: 'line', fillOpacity: 30 },
  bar: { drawStyle: 'bars', fillOpacity: 80, barMaxWidth: 12 },
} as const;

/** A line as a frame that every time series panel draws as it is wanted. */
function frameOf({ name, points, color, draw = 'line' }: TimeLine, { unit = 'short', xLabel = '', yLabel = '', max }: Pick<TimeChartProps, 'unit' | 'xLabel' | 'yLabel' | 'max'>): DataFrame {
  const time: Field = { name: 'time', type: FieldType.time, values: points.map(([at]) => at), config: { custom: { axisLabel: xLabel } } };
  const values: Field = {
    name,
    type: FieldType.number,
    values: points.map(([, value]) => value),
    config: {
      displayName: name,
      unit,
      min: 0,
      ...(max === undefined ? {} : { max }),
      ...(color ? { color: { mode: FieldColorModeId.Fixed, fixedColor: color } } : {}),
      custom: { ...HOW[draw], lineInterpolation: 'smooth', lineWidth: 2, showPoints: points.length < 3 ? 'always' : 'never', axisLabel: yLabel, spanNulls: false },
    },
  };
  return { name, length: points.length, fields: [time, values] };
}

/** Series over the time range of the page, in Grafana's own panel; empty where there is no point (R427). */
export function TimeChart({ title, lines, unit, xLabel, yLabel, max, height = 240 }: TimeChartProps) {
  const styles = useStyles2(getStyles);
  const { range } = useTimeRange();
  const build = useCallback((): VizPanel => PanelBuilders.timeseries().setTitle(title).setOption('legend', { showLegend: true }).setData(new SceneDataNode()).build(), [title]);
  const panel = usePanel(build);
  const drawn = JSON.stringify([lines.filter(({ points }) => points.length > 0), { unit, xLabel, yLabel, max }]);
  useEffect(() => {
    const { $data } = panel.state;
    const [asked, look] = JSON.parse(drawn) as [TimeLine[], Pick<TimeChartProps, 'unit' | 'xLabel' | 'yLabel' | 'max'>];
    if ($data instanceof SceneDataNode) {
      $data.setState({ data: { state: LoadingState.Done, series: asked.map((line) => frameOf(line, look)), timeRange: range } });
    }
  }, [panel, drawn, range]);
  return (
    <div className={styles.chart} style={{ height }}>
      <panel.Component model={panel} />
    </div>
  );
}

/** Charts side by side, where there is room. @param least pixels of each */
export function TimeCharts({ least = 400, children }: { least?: number; children: React.ReactNode }) {
  return <div className={useStyles2(getStyles).grid(least)}>{children}</div>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  grid: (least: number) => css({ display: 'grid', gridTemplateColumns: `repeat(auto-fit, minmax(min(${least}px, 100%), 1fr))`, gap: theme.spacing(1) }),
  chart: css({ minWidth: 0, display: 'flex' }),
});
