import { AppEvents, EventBusSrv, type BusEventType, type BusEventWithPayload } from '@grafana/data';
import { config, locationService, setAppEvents } from '@grafana/runtime';
import { EmbeddedScene, sceneGraph, SceneTimeRange } from '@grafana/scenes';
import { act, configure, render, type RenderResult } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import React, { useMemo, useSyncExternalStore, type ReactElement, type ReactNode } from 'react';
import { Router, type Location, type Navigator } from 'react-router-dom';
import type { Role } from '../../hooks/useRole';
import { DEFAULT_SETTINGS, type AppSettings } from '../App/settings';
import { PageBody } from '../Page/PageBody';
import { PageContext } from '../Page/context';
import { fakeSource, type FakeAnswers, type FakeSource } from './fake-source';

// A busy machine must not fail a test: what is waited for comes, or never does.
configure({ asyncUtilTimeout: 20_000 });
jest.setTimeout(60_000);

export interface RenderPageOptions extends FakeAnswers {
  /** Admin when not given. */
  role?: Role;
  settings?: Partial<AppSettings>;
  /** Parameters of the address, such as `id`. */
  params?: Record<string, string | undefined>;
  /** Query string of the address, such as `?tab=logs`. */
  search?: string;
}

export interface RenderedPage extends RenderResult {
  source: FakeSource;
  user: UserEvent;
  /** What the refresh of the page does. */
  refresh: () => void;
  /** Toasts, oldest first, as `alert-success text`. */
  toasts: string[];
  /** Query string of the address now. */
  search: () => string;
}

/** What is needed of the history that Grafana's location service holds; its package has no types here. */
interface History extends Navigator {
  location: Location;
  listen: (changed: () => void) => () => void;
}
const historyOf = (): History => locationService.getHistory() as History;

/** The router as Grafana has it: it follows its location service. */
function Address({ children }: { children: ReactNode }) {
  const history = historyOf();
  const location = useSyncExternalStore(
    (changed) => history.listen(changed),
    () => history.location
  );
  return (
    <Router location={location} navigator={history}>
      {children}
    </Router>
  );
}

/** A component on a page of its own, in front of a data source that answers what a test says. */
export function renderPage(ui: ReactElement, { role = 'Admin', settings = {}, params = {}, search = '', ...answers }: RenderPageOptions = {}): RenderedPage {
  const all = { ...DEFAULT_SETTINGS, timeZone: 'UTC', ...settings };
  const source = fakeSource(answers, all.datasourceUid);
  const toasts: string[] = [];
  const bus = new EventBusSrv();
  [AppEvents.alertSuccess, AppEvents.alertWarning, AppEvents.alertError].forEach(({ name }) =>
    bus.subscribe({ type: name } as BusEventType<BusEventWithPayload<string[]>>, ({ payload }) => toasts.push(`${name} ${payload.join(' ').trim()}`))
  );
  setAppEvents(bus);
  Object.assign(config.bootData.user, { orgRole: role, isGrafanaAdmin: false });
  locationService.push(`/page${search}`);

  const body = new PageBody({ Content: () => null, settings: all, params });
  const scene = new EmbeddedScene({ $timeRange: new SceneTimeRange({ from: 'now-1h', to: 'now', timeZone: all.timeZone }), body });
  scene.activate();
  function Page({ children }: { children: ReactNode }) {
    const facts = useMemo(() => ({ body, settings: all, params }), []);
    return (
      <Address>
        <PageContext.Provider value={facts}>{children}</PageContext.Provider>
      </Address>
    );
  }
  const view = render(ui, { wrapper: Page });
  return {
    ...view,
    source,
    toasts,
    user: userEvent.setup(),
    refresh: () => act(() => sceneGraph.getTimeRange(body).onRefresh()),
    search: () => historyOf().location.search,
  };
}
