import type { AgentContext } from '../runtime/agent';
import { SettingsError, type SettingsOf } from '../runtime/settings/define';
import { NOTICE_KINDS, type NoticeKind, type notifierSettings } from '../runtime/settings/notifier';
import { Alertmanager } from './alertmanager';
import type { Channel, ChannelName } from './channel';
import { Marks } from './marks';
import { SlackBot, SlackWebhook } from './slack';
import { Threads } from './threads';
import { Webhook } from './webhook';

export type NotifierSettings = SettingsOf<typeof notifierSettings>;
/** What channels need of the agent. */
export type ChannelContext = Pick<AgentContext, 'log' | 'logger' | 'trouble' | 'now'>;

/** Which channels the settings name, in order. */
export function configuredChannels(settings: NotifierSettings): ChannelName[] {
  return [
    ...(settings.slackBotToken || settings.slackWebhookUrl ? (['slack'] as const) : []),
    ...(settings.webhookUrl ? (['webhook'] as const) : []),
    ...(settings.alertmanagerUrl ? (['alertmanager'] as const) : []),
  ];
}

/**
 * Settings that need each other, and the kinds of notices that are wanted.
 * @throws SettingsError that names each variable.
 */
export function checkSettings(settings: NotifierSettings): ReadonlySet<NoticeKind> {
  const problems: string[] = [];
  if (settings.slackBotToken && !settings.slackChannel) {
    problems.push(
      'HEMOSTAT_SLACK_CHANNEL: is not set, but HEMOSTAT_SLACK_BOT_TOKEN is. Name the channel that the bot posts to. Default: not set.'
    );
  }
  const unknown = settings.kinds.filter((kind) => !NOTICE_KINDS.some((known) => known === kind));
  if (unknown.length > 0) {
    problems.push(
      `HEMOSTAT_NOTIFY_KINDS: "${unknown.join(',')}" is not known. Choose from ${NOTICE_KINDS.join(', ')}. Default: all of them.`
    );
  }
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  return new Set(NOTICE_KINDS.filter((kind) => settings.kinds.includes(kind)));
}

function slack(settings: NotifierSettings, context: ChannelContext): Channel {
  const { publicUrl, timeoutMs, slackBotToken: token, slackChannel: channel, slackApiUrl: apiUrl } = settings;
  return token
    ? new SlackBot({ publicUrl, timeoutMs, token, channel, apiUrl, threads: new Threads(context.log, channel) })
    : new SlackWebhook({ publicUrl, timeoutMs, url: settings.slackWebhookUrl });
}

function alertmanager(settings: NotifierSettings, context: ChannelContext): Channel {
  const { publicUrl, timeoutMs, alertmanagerUrl: url, alertmanagerRepeatMs: repeatMs } = settings;
  return new Alertmanager({ ...context, url, publicUrl, timeoutMs, repeatMs, marks: new Marks(context.log) });
}

const MAKERS: Record<ChannelName, (settings: NotifierSettings, context: ChannelContext) => Channel> = {
  slack,
  alertmanager,
  webhook: ({ webhookUrl: url, webhookSecret: secret, publicUrl, timeoutMs }, { now }) =>
    new Webhook({ url, secret, publicUrl, timeoutMs, now }),
};

/** Makes one channel. */
export function makeChannel(name: ChannelName, settings: NotifierSettings, context: ChannelContext): Channel {
  return MAKERS[name](settings, context);
}
