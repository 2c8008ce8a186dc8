import { ThemeContext } from '@grafana/data';
import { config, LocationServiceProvider, locationService } from '@grafana/runtime';
import { GlobalStyles, ModalRoot, ModalsProvider, PortalContainer } from '@grafana/ui';
import i18next from 'i18next';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { Chrome } from './Chrome';
import { loadAhead, Pages } from './PluginRoot';
import { followLinks, HostRouter } from './router';
import { setServices } from './services';
import { Toasts } from './Toasts';

function Host() {
  return (
    <ThemeContext.Provider value={config.theme2}>
      <HostRouter>
        <LocationServiceProvider service={locationService}>
          <ModalsProvider>
            <GlobalStyles />
            <Chrome>
              <Pages />
            </Chrome>
            <Toasts />
            <ModalRoot />
            <PortalContainer />
          </ModalsProvider>
        </LocationServiceProvider>
      </HostRouter>
    </ThemeContext.Provider>
  );
}

async function start(): Promise<void> {
  // The plugin brings its own texts and shares only this instance.
  await i18next.init({ lng: 'en-US', fallbackLng: 'en-US', resources: {}, returnEmptyString: false });
  setServices();
  followLinks();
  loadAhead();
  const root = document.getElementById('reactRoot');
  if (root) {
    createRoot(root).render(<Host />);
  }
}

void start();
