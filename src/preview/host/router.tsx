import { locationService } from '@grafana/runtime';
import React, { useLayoutEffect, useMemo, useState, type ReactNode } from 'react';
import { Router, type Location, type Navigator, type Path, type To } from 'react-router';

/** As much of the history as is used here; its package brings no types. */
interface History {
  location: Location;
  action: 'POP' | 'PUSH' | 'REPLACE';
  listen(heard: (location: Location, action: History['action']) => void): () => void;
  createHref(to: Partial<Path>): string;
  push(to: To, state?: unknown): void;
  replace(to: To, state?: unknown): void;
  go(delta: number): void;
}

const history = locationService.getHistory() as unknown as History;

/** Router of the page over the history that `locationService` wraps, which is older than the router would like. */
export function HostRouter({ children }: { children: ReactNode }) {
  const [at, setAt] = useState({ location: history.location, action: history.action });
  useLayoutEffect(() => history.listen((location, action) => setAt({ location, action })), []);
  const navigator = useMemo<Navigator>(
    () => ({
      createHref: (to) => (typeof to === 'string' ? to : history.createHref(to)),
      push: (to, state) => history.push(to, state),
      replace: (to, state) => history.replace(to, state),
      go: (delta) => history.go(delta),
    }),
    []
  );
  return (
    <Router location={at.location} navigationType={at.action as never} navigator={navigator}>
      {children}
    </Router>
  );
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** Plain links lead within the page, as in Grafana. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isOurs = link !== null && link.origin === window.location.origin && !link.target && !link.hasAttribute('download') && !link.pathname.startsWith('/public/');
    if (isOurs && link.getAttribute('href') && isPlainClick(event)) {
      event.preventDefault();
      locationService.push(`${link.pathname}${link.search}${link.hash}`);
    }
  });
}
