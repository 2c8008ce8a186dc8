import { locationUtil } from '@grafana/data';
import { APP_PATH } from '../../constants';
import { findSource } from '../../hooks/source';
import { loaderOf } from './loaders';
import { settingsOf, type AppSettings } from './settings';

/** Whoever needs it asks again, and tells. */
const later = (): undefined => undefined;

/**
 * Begins to load what the first page will ask for once the app is drawn: its chunk and the data source. One after the other they
 * would cost a round trip each.
 */
export function loadAhead(meta: { jsonData?: AppSettings } | undefined): void {
  loaderOf(locationUtil.stripBaseFromUrl(window.location.pathname).slice(APP_PATH.length))?.().catch(later);
  findSource(settingsOf(meta).datasourceUid).catch(later);
}
