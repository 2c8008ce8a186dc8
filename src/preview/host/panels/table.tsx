import { cacheFieldDisplayNames, PanelPlugin, type PanelProps } from '@grafana/data';
import { TableNG } from '@grafana/ui/unstable';
import React, { useMemo } from 'react';
import { customOption } from '../field-options';

interface Options {
  frameIndex: number;
  showHeader: boolean;
  showTypeIcons: boolean;
  sortBy: Array<{ displayName: string; desc?: boolean }>;
  enablePagination: boolean;
}

const DEFAULTS: Options = { frameIndex: 0, showHeader: true, showTypeIcons: false, sortBy: [], enablePagination: false };
const CUSTOM: Readonly<Record<string, unknown>> = {
  width: undefined,
  minWidth: undefined,
  align: 'auto',
  cellOptions: { type: 'auto' },
  inspect: false,
  filterable: false,
  hideHeader: false,
  hideFrom: { viz: false },
  footer: { reducers: [] },
  wrapHeaderText: false,
};

function TablePanel({ data, width, height, options, fieldConfig, timeRange }: PanelProps<Options>) {
  const frame = useMemo(() => {
    // Without it a renamed column would be shown under its raw name.
    cacheFieldDisplayNames(data.series);
    return data.series[options.frameIndex] ?? data.series[0];
  }, [data.series, options.frameIndex]);
  if (!frame || frame.fields.length === 0) {
    return <div style={{ display: 'grid', placeItems: 'center', height }}>No data</div>;
  }
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={!options.showHeader}
      showTypeIcons={options.showTypeIcons}
      resizable
      sortBy={options.sortBy}
      enablePagination={options.enablePagination}
      structureRev={data.structureRev}
      timeRange={timeRange}
      fieldConfig={fieldConfig}
    />
  );
}

export const table = new PanelPlugin<Options>(TablePanel)
  .useFieldConfig({
    useCustomConfig: (builder) => {
      Object.entries(CUSTOM).forEach(([path, defaultValue]) => builder.addCustomEditor(customOption(path, defaultValue)));
    },
  })
  .setPanelOptions((builder) => {
    Object.entries(DEFAULTS).forEach(([path, value]) => builder.addCustomEditor(customOption(path, value)));
  });
