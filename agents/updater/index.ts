import { EVENT_TYPES } from '../../src/contract/events';
import { defineAgent } from '../runtime/agent';
import { readSettings } from '../runtime/settings/define';
import { updaterSettings } from '../runtime/settings/updater';
import { Updater } from './updater';

/** Analyses what dashboards show, and explains on them why an error rate is high. */
export const updaterAgent = defineAgent({
  name: 'updater',
  // Through counts, records and incidents, not event by event.
  reads: EVENT_TYPES,
  writes: ['insight_made', 'insight_failed', 'error_rate_episode', 'dashboard_pushed'],
  create: (context) => new Updater(context, readSettings(updaterSettings, context.environment)),
});
