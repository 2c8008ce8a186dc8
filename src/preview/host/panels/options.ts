import type { VizLegendOptions } from '@grafana/schema';

export type LegendOptions = VizLegendOptions;
export interface TooltipOptions {
  mode: 'single' | 'multi' | 'none';
}

/** Values of the enumeration of the same name, which @grafana/ui declares but does not bring along as a value. */
export const TooltipHoverMode = { xOne: 0, xAll: 1 } as const;

/** What a calculated value is made of, in stat. */
export interface ReduceOptions {
  values: boolean;
  calcs: string[];
  fields: string;
  limit?: number;
}
