import { EventBusSrv, locationUtil, setTimeZoneResolver, standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry, type GrafanaConfig, type TransformerRegistryItem } from '@grafana/data';
import {
  config,
  FakeEchoSrv,
  locationService,
  setAppEvents,
  setBackendSrv,
  setChromeHeaderHeightHook,
  setCurrentUser,
  setDataSourceSrv,
  setEchoSrv,
  setGrafanaLiveSrv,
  setLocationSrv,
  setPluginComponentHook,
  setPluginComponentsHook,
  setPluginFunctionsHook,
  setPluginImportUtils,
  setPluginLinksHook,
  setReturnToPreviousHook,
  setRunRequest,
  setTemplateSrv,
} from '@grafana/runtime';
import { setPluginPage } from 'grafana-runtime/components/PluginPage.mjs';
import { setDataSourcePluginImporter } from 'grafana-runtime/services/dataSource/dataSource.mjs';
import { initDataSourceInstanceSettings } from 'grafana-runtime/services/dataSource/settings.mjs';
import { initializeLoggersRegistry } from 'grafana-runtime/services/logging/registry.mjs';
import { HostBackendSrv } from './backend-srv';
import { HostDataSources, importDataSource } from './data-sources';
import { standardFieldOptions } from './field-options';
import { HostLiveSrv } from './live';
import { importPanel, panelOf } from './panels';
import { PluginPageFrame } from './PluginPageFrame';
import { runRequest } from './run-request';
import { HostTemplateSrv } from './template-srv';

const NO_EXTENSIONS = { isLoading: false } as const;

/** The editors of transformations are Grafana's own; here they are only run. */
function transformations(): TransformerRegistryItem[] {
  return Object.values(standardTransformers).map((info) => ({ id: info.id, name: info.name, description: info.description ?? '', transformation: async () => info, editor: () => null, imageDark: '', imageLight: '' }));
}

/** Other plugins may hook in only in Grafana; here there is none. */
function setNoExtensions(): void {
  setPluginLinksHook(() => ({ ...NO_EXTENSIONS, links: [] }));
  setPluginComponentHook(() => ({ ...NO_EXTENSIONS, component: null }));
  setPluginComponentsHook(() => ({ ...NO_EXTENSIONS, components: [] }));
  setPluginFunctionsHook(() => ({ ...NO_EXTENSIONS, functions: [] }));
  setReturnToPreviousHook(() => () => undefined);
}

/** Sets all that Grafana sets at its start and that plugins reach for. Before anything of the plugin is loaded. */
export function setServices(): void {
  initializeLoggersRegistry();
  setEchoSrv(new FakeEchoSrv());
  setAppEvents(new EventBusSrv());
  setBackendSrv(new HostBackendSrv());
  setGrafanaLiveSrv(new HostLiveSrv());
  setTemplateSrv(new HostTemplateSrv());
  setDataSourceSrv(new HostDataSources());
  initDataSourceInstanceSettings(config.datasources, config.defaultDatasource);
  setDataSourcePluginImporter(importDataSource);
  setRunRequest(runRequest);
  setCurrentUser(config.bootData.user);
  setLocationSrv({ update: ({ path, query = {}, partial, replace }) => (partial ? locationService.partial(query, replace) : locationService[replace ? 'replace' : 'push']({ ...(path ? { pathname: path } : {}), search: new URLSearchParams(query as Record<string, string>).toString() })) });
  setPluginImportUtils({ importPanelPlugin: importPanel, getPanelPluginFromCache: panelOf });
  setChromeHeaderHeightHook(() => 0);
  setNoExtensions();
  setPluginPage(PluginPageFrame);
  standardFieldConfigEditorRegistry.setInit(standardFieldOptions);
  standardTransformersRegistry.setInit(transformations);
  locationUtil.initialize({ config: config as unknown as GrafanaConfig, getTimeRangeForUrl: () => ({ from: 'now-1h', to: 'now' }), getVariablesUrlParams: () => ({}) });
  setTimeZoneResolver(() => config.bootData.user.timezone || 'browser');
}
