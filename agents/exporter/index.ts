import { EVENT_TYPES } from '../../src/contract/events';
import { defineAgent } from '../runtime/agent';
import { readSettings } from '../runtime/settings/define';
import { exporterSettings } from '../runtime/settings/exporter';
import { Exporter } from './exporter';

/** Turns the log into Prometheus metrics: every event is counted once, over every restart. */
export const exporterAgent = defineAgent({
  name: 'exporter',
  group: 'exporter',
  reads: EVENT_TYPES,
  writes: [],
  create: (context) => new Exporter(context, readSettings(exporterSettings, context.environment)),
});
