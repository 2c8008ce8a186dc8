import { defineAgent } from '../runtime/agent';
import { readSettings } from '../runtime/settings/define';
import { observerSettings } from '../runtime/settings/observer';
import { Observer } from './observer';

/** Watches HemoStat itself: how every part is, its history, and alerts about it. */
export const observerAgent = defineAgent({
  name: 'observer',
  group: 'observer',
  reads: ['command'],
  writes: ['agent_alert'],
  create: (context) => new Observer(context, readSettings(observerSettings, context.environment)),
});
