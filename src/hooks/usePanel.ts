import type { VizPanel } from '@grafana/scenes';
import { useLayoutEffect, useMemo } from 'react';
import { usePage } from '../components/Page/context';

/**
 * One of Grafana's panels inside plain React. Only timeseries, stat and table exist without Grafana.
 * @param build makes it, with its own `$data`; made anew when `build` changes, so keep it by `useCallback`
 * @returns draw it by `<panel.Component model={panel} />` in a box with a height
 */
export function usePanel(build: () => VizPanel): VizPanel {
  const { body } = usePage();
  const panel = useMemo(() => build(), [build]);
  // Before the panel begins its work, which is in an effect: it would ask for the time range of no page.
  useLayoutEffect(() => body.adopt(panel), [body, panel]);
  return panel;
}
