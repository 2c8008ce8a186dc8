import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import fc from 'fast-check';
import { dashboard } from './parts/frame';
import { COLUMNS, placed } from './parts/grid';
import { graph } from './parts/panels';
import { series } from './parts/queries';

type Size = [width: number, height: number];

/** The library refuses widths beyond the grid; ours may come from elsewhere. */
function sized(id: number, [w, h]: Size): Builder<Panel> {
  const panel = graph({ id, title: `panel ${id}`, description: 'Whatever.', noValue: 'none', width: 1, height: 1 }, series('up', 'up')).build();
  return { build: () => ({ ...panel, gridPos: { x: 0, y: 0, w, h } }) };
}
const placesOf = (...sizes: Size[]) => placed(sizes.map((size, index) => sized(index + 1, size)), 1).panels.map((panel) => panel.build().gridPos ?? { x: -1, y: -1, w: 0, h: 0 });

describe('the grid of dashboards', () => {
  it('R388 a first panel wider than the grid is as wide as the grid, and makes no empty row', () => {
    expect(placesOf([30, 4], [12, 4])).toEqual([
      { x: 0, y: 1, w: 24, h: 4 },
      { x: 0, y: 5, w: 12, h: 4 },
    ]);
  });

  it('R388 one that no longer fits starts a new row, below the highest of the row before', () => {
    expect(placesOf([8, 4], [8, 9], [12, 3], [12, 5], [6, 2])).toEqual([
      { x: 0, y: 1, w: 8, h: 4 },
      { x: 8, y: 1, w: 8, h: 9 },
      { x: 0, y: 10, w: 12, h: 3 },
      { x: 12, y: 10, w: 12, h: 5 },
      { x: 0, y: 15, w: 6, h: 2 },
    ]);
  });

  it('R389 none lies on another or beyond the edge, and none above the one before, whatever is added', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 })), { maxLength: 30 }), (sizes) => {
        const places = placesOf(...sizes);
        const cells = places.flatMap(({ x, y, w, h }) => Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`));
        expect(new Set(cells).size).toBe(cells.length);
        expect(places.filter(({ x, w }) => x < 0 || x + w > COLUMNS)).toEqual([]);
        expect(places.map(({ y }) => y)).toEqual(places.map(({ y }) => y).toSorted((a, b) => a - b));
      })
    );
  });

  it('R389 sections begin where the one before ends, and without panels take one line', () => {
    const section = (id: number, ...sizes: Size[]) => ({ id, title: `section ${id}`, panels: sizes.map((size, index) => sized(id * 10 + index, size)) });
    const model = dashboard({ uid: 'u', title: 't', description: 'd', from: 'now-1h', variables: 'none', pages: [], marked: [], sections: [section(1, [40, 6], [4, 2]), section(2), section(3, [24, 1])] }).build();
    expect(model.panels?.map(({ gridPos }) => gridPos?.y)).toEqual([0, 1, 7, 9, 10, 11]);
  });
});
