import { defineAgent } from '../runtime/agent';
import { readSettings } from '../runtime/settings/define';
import { notifierSettings } from '../runtime/settings/notifier';
import { Notifier } from './notifier';

export { CHANNEL_NAMES, type ChannelName } from './channel';
export { channelsOf, sendTest, type TestResult } from './send-test';

/** Tells people: Slack, any webhook, Alertmanager. */
export const notifierAgent = defineAgent({
  name: 'notifier',
  group: 'notifier',
  reads: [
    'health_alert',
    'false_alarm',
    'approval_requested',
    'remediation_complete',
    'remediation_verified',
    'container_recovered',
    'command',
    'agent_trouble',
    'dead_letter',
    'vulnerability_alert',
    'agent_alert',
  ],
  writes: ['notification_sent', 'notification_failed', 'notification_deduped'],
  create: (context) => new Notifier(context, readSettings(notifierSettings, context.environment)),
});
