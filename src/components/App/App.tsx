import React from 'react';
import type { AppRootProps } from '@grafana/data';
import { SceneApp, useSceneApp } from '@grafana/scenes';
import { Navigate, useLocation } from 'react-router-dom';
import { APP_PATH, pagePath } from '../../constants';
import { allPages } from './pages';
import { settingsOf, type AppSettings } from './settings';

/** The one entry point (R005): header, controls, content and footer of every page. */
function App({ meta }: AppRootProps<AppSettings>) {
  const app = useSceneApp(() => new SceneApp({ pages: allPages(settingsOf(meta)), urlSyncOptions: { updateUrlOnInit: true, createBrowserHistorySteps: true } }));
  const { pathname } = useLocation();
  // The address of the app itself is no page of its own.
  return pathname.replace(/\/$/, '') === APP_PATH ? <Navigate to={pagePath('overview')} replace /> : <app.Component model={app} />;
}

export default App;
