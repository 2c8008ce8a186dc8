// Parts of @grafana/runtime that Grafana itself uses and that its package does not export. scripts/preview/build.ts leads these
// names to the very files, so that there is one instance of each.
declare module 'grafana-runtime/components/PluginPage.mjs' {
  export function setPluginPage(component: import('@grafana/runtime').PluginPageType): void;
}
declare module 'grafana-runtime/services/logging/registry.mjs' {
  export function initializeLoggersRegistry(): void;
}
declare module 'grafana-runtime/services/dataSource/settings.mjs' {
  export function initDataSourceInstanceSettings(settings: typeof import('@grafana/runtime').config.datasources, defaultName: string): void;
}
declare module 'grafana-runtime/services/dataSource/dataSource.mjs' {
  export function setDataSourcePluginImporter(importer: (meta: { module: string }) => Promise<unknown>): void;
}
