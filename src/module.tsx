import React, { lazy, Suspense } from 'react';
import { AppPlugin } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';

const LazyApp = lazy(() => import('./components/App'));

const App = () => (
  <Suspense fallback={<LoadingPlaceholder text="Loading HemoStat" />}>
    <LazyApp />
  </Suspense>
);

export const plugin = new AppPlugin().setRootPage(App);
