import React, { lazy, Suspense, type ComponentType } from 'react';
import { AppPlugin, type AppRootProps, type PluginConfigPageProps } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import { loadAhead } from './components/App/ahead';
import type { AppSettings } from './components/App/settings';
import type { IncidentCardProps } from './components/IncidentCard/IncidentCard';
import { INCIDENT_CARD, LINKS } from './extensions';

/** Everything is behind `lazy`: Grafana loads this file on every page that may show something of ours. */
function shownLater<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  const Inner = lazy<ComponentType<P>>(async () => {
    // Texts must be there before anything is drawn, not before it is loaded.
    const [shown] = await Promise.all([load(), import('./components/App/translations').then(async ({ initTranslations }) => initTranslations())]);
    return shown;
  });
  return function ShownLater(props: P) {
    return (
      <Suspense fallback={<LoadingPlaceholder text="" />}>
        <Inner {...props} />
      </Suspense>
    );
  };
}

export const plugin = new AppPlugin<AppSettings>()
  .setRootPage(
    shownLater<AppRootProps<AppSettings>>(async () => {
      loadAhead(plugin.meta);
      return import('./components/App/App');
    })
  )
  .exposeComponent<IncidentCardProps>({ ...INCIDENT_CARD, component: shownLater<IncidentCardProps>(async () => import('./components/IncidentCard/IncidentCard')) });

plugin.addConfigPage({
  title: 'Settings',
  icon: 'cog',
  id: 'settings',
  body: shownLater<PluginConfigPageProps<NonNullable<typeof plugin.meta>>>(async () => import('./pages/Configuration/ConfigPage')),
});
LINKS.forEach((link) => plugin.addLink(link));
