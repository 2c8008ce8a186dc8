import { createContext, useContext } from 'react';
import type { SceneObject } from '@grafana/scenes';
import type { AppSettings } from '../App/settings';

/** What a component knows of the page it stands on. */
export interface PageFacts {
  /** Place in the scene: where time range, refresh and variables are found. */
  body: SceneObject & { adopt: (child: SceneObject) => () => void };
  settings: Required<AppSettings>;
  params: Record<string, string | undefined>;
}

export const PageContext = createContext<PageFacts | undefined>(undefined);

/** @throws Error outside of a page */
export function usePage(): PageFacts {
  const page = useContext(PageContext);
  if (!page) {
    throw new Error('This component stands outside of a HemoStat page.');
  }
  return page;
}
