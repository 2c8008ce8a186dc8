import { FieldType, PanelPlugin, type DataFrame, type Field, type PanelProps } from '@grafana/data';
import { TimeSeries, TooltipPlugin2, usePanelContext, VizTooltipContent, VizTooltipHeader, VizTooltipWrapper, type UPlotConfigBuilder } from '@grafana/ui';
import React, { useMemo } from 'react';
import { customOption } from '../field-options';
import { TooltipHoverMode, type LegendOptions, type TooltipOptions } from './options';

interface Options {
  legend: LegendOptions;
  tooltip: TooltipOptions;
}

/** How a line is drawn where nothing is said, as in Grafana. */
const CUSTOM: Readonly<Record<string, unknown>> = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  lineStyle: { fill: 'solid' },
  fillOpacity: 0,
  gradientMode: 'none',
  barAlignment: 0,
  barWidthFactor: 0.6,
  showPoints: 'auto',
  pointSize: 5,
  spanNulls: false,
  insertNulls: false,
  stacking: { mode: 'none', group: 'A' },
  axisPlacement: 'auto',
  axisLabel: '',
  axisColorMode: 'text',
  axisBorderShow: false,
  axisCenteredZero: false,
  axisGridShow: undefined,
  axisSoftMin: undefined,
  axisSoftMax: undefined,
  axisWidth: undefined,
  scaleDistribution: { type: 'linear' },
  hideFrom: { legend: false, tooltip: false, viz: false },
  thresholdsStyle: { mode: 'off' },
  fillBelowTo: undefined,
  transform: undefined,
};

const isDrawn = ({ type }: Field): boolean => type === FieldType.number || type === FieldType.boolean;

/** What can be drawn over time: frames with a time and with numbers. */
function drawnFrames(series: readonly DataFrame[]): DataFrame[] {
  return series
    .filter(({ fields }) => fields.some(({ type }) => type === FieldType.time) && fields.some(isDrawn))
    .map((frame) => ({ ...frame, fields: frame.fields.filter((field) => field.type === FieldType.time || isDrawn(field)) }));
}

const textOf = (field: Field, row: number): string => {
  const shown = field.display?.(field.values[row]);
  return shown ? `${shown.prefix ?? ''}${shown.text}${shown.suffix ?? ''}` : String(field.values[row]);
};

function Tooltip({ frame, rows, hovered, single }: { frame: DataFrame; rows: Array<number | null>; hovered: number | null; single: boolean }) {
  const [time, ...fields] = frame.fields;
  const row = rows.find((one) => one !== null) ?? 0;
  const items = fields.flatMap((field, index) => {
    const at = rows[index + 1] ?? null;
    const isShown = at !== null && field.values[at] !== null && !(single && hovered !== null && hovered !== index + 1);
    return isShown ? [{ label: field.state?.displayName ?? field.name, value: textOf(field, at), color: field.display?.(field.values[at]).color ?? '', isActive: hovered === index + 1 }] : [];
  });
  return (
    <VizTooltipWrapper>
      <VizTooltipHeader item={{ label: '', value: time ? textOf(time, row) : '' }} />
      <VizTooltipContent items={items} />
    </VizTooltipWrapper>
  );
}

function TimeSeriesPanel({ data, timeRange, timeZone, width, height, options, onChangeTimeRange }: PanelProps<Options>) {
  const { eventsScope } = usePanelContext();
  const frames = useMemo(() => drawnFrames(data.series), [data.series]);
  if (frames.length === 0) {
    return <div style={{ display: 'grid', placeItems: 'center', height }}>No data</div>;
  }
  const single = options.tooltip.mode === 'single';
  return (
    <TimeSeries frames={frames} structureRev={data.structureRev} timeRange={timeRange} timeZone={timeZone} width={width} height={height} legend={options.legend} options={options}>
      {(builder: UPlotConfigBuilder, frame: DataFrame) =>
        options.tooltip.mode === 'none' ? null : (
          <TooltipPlugin2
            config={builder}
            hoverMode={single ? TooltipHoverMode.xOne : TooltipHoverMode.xAll}
            syncScope={eventsScope}
            queryZoom={onChangeTimeRange}
            clientZoom
            render={(_plot, rows, hovered) => <Tooltip frame={frame} rows={rows} hovered={hovered} single={single} />}
          />
        )
      }
    </TimeSeries>
  );
}

export const timeseries = new PanelPlugin<Options>(TimeSeriesPanel)
  .useFieldConfig({
    standardOptions: { color: { defaultValue: { mode: 'palette-classic' } } },
    useCustomConfig: (builder) => {
      Object.entries(CUSTOM).forEach(([path, defaultValue]) => builder.addCustomEditor(customOption(path, defaultValue)));
    },
  })
  .setPanelOptions((builder) => {
    builder
      .addCustomEditor({ ...customOption('legend', { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] }) })
      .addCustomEditor({ ...customOption('tooltip', { mode: 'single', sort: 'none' }) });
  });
