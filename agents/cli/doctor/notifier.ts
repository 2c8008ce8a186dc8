import { notifierSettings } from '../../runtime/settings/notifier';
import { readSettings, type Environment } from '../../runtime/settings/define';
import { ok, warn, type Check } from './check';

/** Which channels of the notifier are set. Nothing is sent. @throws SettingsError */
export function checkNotifier(environment: Environment): Check[] {
  const settings = readSettings(notifierSettings, environment);
  const channels = [
    settings.slackBotToken ? `Slack (bot, channel ${settings.slackChannel || 'not set'})` : settings.slackWebhookUrl ? 'Slack (webhook)' : '',
    settings.webhookUrl ? `webhook (${settings.webhookSecret ? 'signed' : 'unsigned'})` : '',
    settings.alertmanagerUrl ? 'Alertmanager' : '',
  ].filter(Boolean);
  if (channels.length === 0) {
    return [warn('notifier', 'no channel is set: notices are only in the log', 'Set SLACK_WEBHOOK_URL, HEMOSTAT_SLACK_BOT_TOKEN, HEMOSTAT_WEBHOOK_URL or HEMOSTAT_ALERTMANAGER_URL.')];
  }
  if (!settings.alertEnabled) {
    return [warn('notifier', `${channels.join(', ')}, but ALERT_ENABLED=false: nothing is sent`, 'Set ALERT_ENABLED=true.')];
  }
  const unaddressed = settings.slackBotToken !== '' && settings.slackChannel === '';
  return [unaddressed ? warn('notifier', channels.join(', '), 'Set HEMOSTAT_SLACK_CHANNEL to the channel that the bot posts to.') : ok('notifier', channels.join(', '))];
}
