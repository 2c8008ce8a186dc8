import React, { lazy, Suspense, type ComponentType } from 'react';
import { LoadingPlaceholder } from '@grafana/ui';

/** A component whose code is fetched when it is first shown. */
export function lazily<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  const Inner = lazy<ComponentType<P>>(load);
  return function Lazy(props: P) {
    return (
      <Suspense fallback={<LoadingPlaceholder text="Loading" />}>
        <Inner {...props} />
      </Suspense>
    );
  };
}
