import { initPluginTranslations } from '@grafana/i18n';
import { loadResources as loadScenesResources } from '@grafana/scenes';
import { PLUGIN_ID } from '../../constants';

let ready: Promise<unknown> | undefined;

/** Loads the texts of the user's language, once; must have ended before a page is drawn. */
export async function initTranslations(): Promise<void> {
  ready ??= initPluginTranslations(PLUGIN_ID, [loadScenesResources]);
  await ready;
}
