import React from 'react';
import type { AppRootProps } from '@grafana/data';
import { SceneApp, useSceneApp } from '@grafana/scenes';
import { Navigate, useLocation } from 'react-router-dom';
import { insteadOf } from './instead';
import { allPages } from './pages';
import { settingsOf, type AppSettings } from './settings';

const factories = new Map<string, () => SceneApp>();

/** Scenes keeps an app by its factory: another function would make every page anew with each change of the address, and lose focus and open rows (R004). */
function factoryFor(settings: Required<AppSettings>): () => SceneApp {
  const key = JSON.stringify(settings);
  const factory = factories.get(key) ?? (() => new SceneApp({ pages: allPages(settings), urlSyncOptions: { updateUrlOnInit: true, createBrowserHistorySteps: true } }));
  factories.set(key, factory);
  return factory;
}

/** The one entry point (R005): header, controls, content and footer of every page. */
function App({ meta }: AppRootProps<AppSettings>) {
  const app = useSceneApp(factoryFor(settingsOf(meta)));
  const { pathname } = useLocation();
  const elsewhere = insteadOf(pathname);
  return elsewhere ? <Navigate to={elsewhere} replace /> : <app.Component model={app} />;
}

export default App;
