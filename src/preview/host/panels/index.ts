import { PluginType, type PanelPlugin, type PanelPluginMeta } from '@grafana/data';
import { stat } from './stat';
import { table } from './table';
import { timeseries } from './timeseries';

/** Stand-ins for Grafana's own panels, of the kinds that the app uses. */
const PANELS: Readonly<Record<string, PanelPlugin>> = { timeseries, stat, table };

function metaOf(id: string): PanelPluginMeta {
  // Scenes reads the version of every panel.
  const info = { author: { name: '' }, description: '', links: [], logos: { small: '', large: '' }, screenshots: [], updated: '', version: 'preview' };
  return { id, name: id, type: PluginType.panel, sort: 0, module: '', baseUrl: '', info };
}

Object.entries(PANELS).forEach(([id, panel]) => {
  panel.meta = metaOf(id);
});

export function panelOf(id: string): PanelPlugin | undefined {
  return Object.hasOwn(PANELS, id) ? PANELS[id] : undefined;
}

/** @throws Error that says which there are */
export async function importPanel(id: string): Promise<PanelPlugin> {
  const panel = panelOf(id);
  if (!panel) {
    throw new Error(`The preview draws no panel ${id}; it has ${Object.keys(PANELS).join(', ')}.`);
  }
  return panel;
}
