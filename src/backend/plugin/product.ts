import { createCore } from '../core/core';
import { frameToArrow, loadArrow } from '../core/frames/arrow';
import { frameJson } from '../core/frames/json';
import { createDoor, type DoorServices } from './door';
import { coreSettingsOf } from './settings';
import type { Logger } from './transport/logger';

/** The services as they ship: every data source with a core on its own Redis. */
export async function openProduct(logger: Logger): Promise<DoorServices> {
  const services = createDoor({ openCore: (source) => createCore(coreSettingsOf(source)), encodeArrow: frameToArrow, frameToJson: frameJson }, logger);
  // The first query need not wait for it.
  await loadArrow();
  return services;
}
