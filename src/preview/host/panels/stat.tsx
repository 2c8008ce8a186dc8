import { getDisplayValueAlignmentFactors, getFieldDisplayValues, PanelPlugin, VizOrientation, type DisplayValueAlignmentFactors, type FieldDisplay, type PanelProps } from '@grafana/data';
import { BigValue, BigValueColorMode, BigValueGraphMode, BigValueJustifyMode, BigValueTextMode, DataLinksContextMenu, useTheme2, VizRepeater, type VizRepeaterRenderValueProps } from '@grafana/ui';
import React from 'react';
import { customOption } from '../field-options';
import type { ReduceOptions } from './options';

interface Options {
  reduceOptions: ReduceOptions;
  orientation: VizOrientation;
  textMode: BigValueTextMode;
  wideLayout: boolean;
  colorMode: BigValueColorMode;
  graphMode: BigValueGraphMode;
  justifyMode: BigValueJustifyMode;
  percentChangeColorMode: 'standard';
  showPercentChange: boolean;
}

const DEFAULTS: Options = {
  reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
  orientation: VizOrientation.Auto,
  textMode: BigValueTextMode.Auto,
  wideLayout: true,
  colorMode: BigValueColorMode.Value,
  graphMode: BigValueGraphMode.Area,
  justifyMode: BigValueJustifyMode.Auto,
  percentChangeColorMode: 'standard',
  showPercentChange: false,
};

type Shown = VizRepeaterRenderValueProps<FieldDisplay, DisplayValueAlignmentFactors>;

function StatPanel({ data, width, height, options, fieldConfig, replaceVariables, timeZone, renderCounter }: PanelProps<Options>) {
  const theme = useTheme2();
  const values = (): FieldDisplay[] =>
    getFieldDisplayValues({ fieldConfig, reduceOptions: options.reduceOptions, replaceVariables, theme, data: data.series, sparkline: options.graphMode !== BigValueGraphMode.None, timeZone });
  const draw = ({ value, width: each, height: tall, alignmentFactors, count }: Shown, onClick?: React.MouseEventHandler<HTMLElement>) => (
    <BigValue value={value.display} count={count} sparkline={value.sparkline} colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode} textMode={options.textMode} disableWideLayout={!options.wideLayout} alignmentFactors={alignmentFactors} width={each} height={tall} theme={theme} {...(onClick ? { onClick } : {})} />
  );
  return (
    <VizRepeater
      getValues={values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={(shown: Shown) =>
        shown.value.hasLinks && shown.value.getLinks ? <DataLinksContextMenu links={shown.value.getLinks}>{({ openMenu }) => draw(shown, openMenu)}</DataLinksContextMenu> : draw(shown)
      }
      width={width}
      height={height}
      source={data}
      itemSpacing={3}
      renderCounter={renderCounter}
      autoGrid
      orientation={options.orientation}
    />
  );
}

export const stat = new PanelPlugin<Options>(StatPanel)
  .useFieldConfig()
  .setPanelOptions((builder) => {
    Object.entries(DEFAULTS).forEach(([path, value]) => builder.addCustomEditor(customOption(path, value)));
  })
  .setNoPadding();
