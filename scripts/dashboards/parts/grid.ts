import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** Columns of Grafana's grid; R385 and R388 speak of 12, of which each is two. */
export const COLUMNS = 24;

/** Panels at their places, and the first line below them. */
export interface Placed {
  panels: Array<Builder<Panel>>;
  bottom: number;
}

/**
 * Places panels side by side (R388, R389): one that no longer fits starts a new line of the grid, below the highest one of the line above.
 * One wider than the grid is as wide as the grid, and makes no empty line before it.
 * @param top line of the grid, of 30 pixels
 */
export function placed(panels: ReadonlyArray<Builder<Panel>>, top: number): Placed {
  let [x, y, highest] = [0, top, 0];
  const built = panels.map((builder): Builder<Panel> => {
    const panel = builder.build();
    const w = Math.min(COLUMNS, panel.gridPos?.w ?? COLUMNS / 2);
    const h = panel.gridPos?.h ?? 4;
    if (x + w > COLUMNS) {
      [x, y, highest] = [0, y + highest, 0];
    }
    const gridPos: GridPos = { h, w, x, y };
    x += w;
    highest = Math.max(highest, h);
    return { build: () => ({ ...panel, gridPos }) };
  });
  return { panels: built, bottom: y + highest };
}
