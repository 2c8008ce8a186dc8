import { createCore } from '../core/core';
import { frameToArrow, loadArrow } from '../core/frames/arrow';
import { frameJson } from '../core/frames/json';
import { createDoor, type DoorParts, type DoorServices } from './door';
import type { PluginEnvironment } from './environment';
import { coreSettingsOf } from './settings';
import type { Logger } from './transport/logger';

/** The services as they ship: every data source with a core on its own Redis. */
export async function openProduct(logger: Logger, { logStoreUrl, traceStoreUrl, metricsStoreUrl }: PluginEnvironment): Promise<DoorServices> {
  const stores = { logStoreUrl, traceStoreUrl, metricsStoreUrl };
  const openCore: DoorParts['openCore'] = (source) => createCore({ ...coreSettingsOf(source), ...stores }, (words, facts) => logger.error(words, facts));
  const services = createDoor({ openCore, encodeArrow: frameToArrow, frameToJson: frameJson }, logger);
  // The first query need not wait for it.
  await loadArrow();
  return services;
}
