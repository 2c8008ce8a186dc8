import { PluginContextProvider, type AppPlugin } from '@grafana/data';
import { Alert, LoadingPlaceholder } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { Route, Routes, useLocation } from 'react-router';
import { boot } from './boot';
import { loadPluginModule } from './loader';

async function loadApp(): Promise<AppPlugin> {
  const { app } = boot.preview;
  const { plugin } = await loadPluginModule<{ plugin: AppPlugin }>(app.module);
  plugin.meta = app;
  plugin.init(app);
  return plugin;
}

/** Begins to load the app when the address is one of its own, while the page around it is drawn. */
export function loadAhead(): void {
  const { app } = boot.preview;
  if (window.location.pathname.startsWith(`/a/${app.id}`)) {
    // The page tells of a failure: it asks for the same.
    loadPluginModule(app.module).catch(() => undefined);
  }
}

/** Grafana's route of an app; all else are pages of its own. */
export function Pages() {
  return (
    <Routes>
      <Route path={`/a/${boot.preview.app.id}/*`} element={<PluginRoot />} />
      <Route path="*" element={<Elsewhere />} />
    </Routes>
  );
}

function PluginRoot() {
  const [plugin, setPlugin] = useState<AppPlugin>();
  const [problem, setProblem] = useState('');
  const { pathname, search } = useLocation();
  useEffect(() => {
    loadApp().then(setPlugin, (cause: unknown) => setProblem(cause instanceof Error ? cause.message : String(cause)));
  }, []);
  const { app } = boot.preview;
  if (problem !== '') {
    return <Alert title="The plugin cannot be loaded">{problem}</Alert>;
  }
  if (!plugin?.root) {
    return <LoadingPlaceholder text="" />;
  }
  const Root = plugin.root;
  return (
    <PluginContextProvider meta={app}>
      <Root meta={app} basename={`/a/${app.id}`} path={pathname} query={Object.fromEntries(new URLSearchParams(search))} onNavChanged={() => undefined} />
    </PluginContextProvider>
  );
}

/** Links to dashboards, alert rules and the like lead to Grafana's own pages. */
function Elsewhere() {
  const { pathname } = useLocation();
  return (
    <Alert severity="info" title="This page is Grafana's own">
      {pathname} is shown by Grafana, not by this preview. <a href={`/a/${boot.preview.app.id}`}>Back to {boot.preview.app.name}</a>
    </Alert>
  );
}
