import { flag, integer, list, seconds, secret, text, url } from './define';

/** What notices can be about, as HEMOSTAT_NOTIFY_KINDS names them. */
export const NOTICE_KINDS = [
  'ill',
  'approval',
  'acted',
  'failed',
  'refused',
  'resolved',
  'gave_up',
  'false_alarm',
  'trouble',
  'vulnerability',
  'healer',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

const WEB = ['http', 'https'];

export const notifierSettings = {
  alertEnabled: flag('ALERT_ENABLED', 'true', 'Send notices; when false they are only in the log.'),
  slackWebhookUrl: url('SLACK_WEBHOOK_URL', '', 'Incoming webhook of Slack.', WEB, true),
  slackBotToken: secret(
    'HEMOSTAT_SLACK_BOT_TOKEN',
    'Bot token of a Slack app with the right chat:write: one thread an incident. Wins over SLACK_WEBHOOK_URL.'
  ),
  slackChannel: text('HEMOSTAT_SLACK_CHANNEL', '', 'Slack channel that the bot posts to, as its id or #name.'),
  slackApiUrl: url(
    'HEMOSTAT_SLACK_API_URL',
    'https://slack.com/api/',
    'Address of the Slack API for the bot; GovSlack has another one.',
    WEB
  ),
  webhookUrl: url('HEMOSTAT_WEBHOOK_URL', '', 'Address that gets every notice as JSON.', WEB, true),
  webhookSecret: secret('HEMOSTAT_WEBHOOK_SECRET', 'Key of the HMAC signature of that JSON; unsigned when not set.'),
  alertmanagerUrl: url(
    'HEMOSTAT_ALERTMANAGER_URL',
    '',
    'Address of Alertmanager, without /api/v2; may carry user:password@.',
    WEB,
    true
  ),
  alertmanagerRepeatMs: seconds(
    'HEMOSTAT_ALERTMANAGER_REPEAT',
    '60',
    'Seconds after which the alert of an open incident is repeated; it ends by itself after four times that.',
    1,
    3600
  ),
  publicUrl: url('HEMOSTAT_PUBLIC_URL', '', 'Address at which people open Grafana; notices link to it.', WEB),
  dedupeMs: seconds('ALERT_DEDUPE_TTL', '60', 'Seconds within which the same notice is not sent again.', 1, 86_400),
  remindMs: seconds(
    'HEMOSTAT_NOTIFY_REMIND',
    '3600',
    'Seconds within which a refusal, a dry run or a false alarm that repeats itself is not told again.',
    1,
    604_800
  ),
  kinds: list(
    'HEMOSTAT_NOTIFY_KINDS',
    NOTICE_KINDS.join(','),
    'Which notices Slack and the webhook get, comma-separated.'
  ),
  groupOver: integer(
    'HEMOSTAT_NOTIFY_GROUP_OVER',
    '5',
    'More notices of one kind than this within HEMOSTAT_NOTIFY_GROUP_WINDOW become one message.',
    1,
    1000
  ),
  groupWindowMs: seconds('HEMOSTAT_NOTIFY_GROUP_WINDOW', '5', 'Seconds over which notices are grouped.', 0.05, 600),
  staleMs: seconds(
    'HEMOSTAT_NOTIFY_STALE',
    '600',
    'Seconds after which a notice is late (after an outage): all late ones become one digest.',
    1,
    604_800
  ),
  timeoutMs: seconds('HEMOSTAT_NOTIFY_TIMEOUT', '10', 'Seconds that a channel may take to answer.', 0.1, 120),
  attempts: integer('HEMOSTAT_NOTIFY_ATTEMPTS', '5', 'Times that sending a message is tried.', 1, 10),
};
