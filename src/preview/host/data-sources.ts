import type { DataSourceApi, DataSourceInstanceSettings, DataSourcePlugin, DataSourceRef, ScopedVars } from '@grafana/data';
import { config, getTemplateSrv, type DataSourceSrv, type GetDataSourceListFilters, type RuntimeDataSourceRegistration } from '@grafana/runtime';
import { loadPluginModule } from './loader';

type Ref = DataSourceRef | string | null | undefined;
type Plugin = DataSourcePlugin<DataSourceApi>;

export async function importDataSource(meta: { module: string }): Promise<Plugin> {
  const { plugin } = await loadPluginModule<{ plugin: Plugin }>(meta.module);
  return plugin;
}

const all = (): DataSourceInstanceSettings[] => Object.values(config.datasources);

/** The data sources of the page: the one of this app, by its own built module. */
export class HostDataSources implements DataSourceSrv {
  private readonly made = new Map<string, Promise<DataSourceApi>>();
  private readonly runtime = new Map<string, DataSourceApi>();

  async get(ref?: Ref, scopedVars?: ScopedVars): Promise<DataSourceApi> {
    const name = this.nameOf(ref, scopedVars);
    const runtime = this.runtime.get(name);
    if (runtime) {
      return runtime;
    }
    const settings = this.getInstanceSettings(ref, scopedVars);
    if (!settings) {
      throw new Error(`There is no data source ${name || '(default)'} in the preview.`);
    }
    const making = this.made.get(settings.uid) ?? this.make(settings);
    this.made.set(settings.uid, making);
    return making;
  }

  getInstanceSettings(ref?: Ref, scopedVars?: ScopedVars): DataSourceInstanceSettings | undefined {
    const name = this.nameOf(ref, scopedVars);
    if (name === '' || name === 'default') {
      const type = typeof ref === 'object' ? ref?.type : undefined;
      return all().find((one) => (type ? one.type === type : one.name === config.defaultDatasource));
    }
    return all().find((one) => one.uid === name || one.name === name);
  }

  getList(filters: GetDataSourceListFilters = {}): DataSourceInstanceSettings[] {
    const { type, pluginId, filter } = filters;
    const types = [type ?? []].flat();
    return all().filter((one) => (types.length === 0 || types.includes(one.type)) && (!pluginId || one.type === pluginId) && (filter?.(one) ?? true));
  }

  async reload(): Promise<void> {
    this.made.clear();
  }

  registerRuntimeDataSource({ dataSource }: RuntimeDataSourceRegistration): void {
    this.runtime.set(dataSource.uid, dataSource);
  }

  private nameOf(ref: Ref, scopedVars?: ScopedVars): string {
    const name = (typeof ref === 'string' ? ref : ref?.uid) ?? '';
    return name.includes('$') ? getTemplateSrv().replace(name, scopedVars) : name;
  }

  private async make(settings: DataSourceInstanceSettings): Promise<DataSourceApi> {
    const plugin = await importDataSource(settings.meta);
    const instance = new plugin.DataSourceClass(settings);
    instance.components = plugin.components;
    instance.meta = settings.meta;
    return instance;
  }
}
