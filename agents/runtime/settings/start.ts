import { choice, flag, integer, list, secret, text, url } from './define';

/** The pages without Grafana. */
export const previewSettings = {
  port: integer('HEMOSTAT_PREVIEW_PORT', '3000', 'Port of the pages that npm start and npm run preview show without Grafana; 0 for any free one.', 0, 65_535),
  bindHost: text('HEMOSTAT_PREVIEW_HOST', '127.0.0.1', 'Address that these pages listen on. They have no sign-in: whoever reaches them may act.'),
};

const WEB = ['http', 'https'];

/** Where Alertmanager sends what Prometheus and the notifier tell it; read by monitoring/alertmanager/configure.sh. */
export const alertSettings = {
  slackUrl: url('HEMOSTAT_ALERT_SLACK_URL', '', 'Alertmanager: incoming webhook of Slack.', WEB, true),
  slackChannel: text('HEMOSTAT_ALERT_SLACK_CHANNEL', '', 'Alertmanager: Slack channel, where the webhook leaves it open.'),
  emailTo: text('HEMOSTAT_ALERT_EMAIL_TO', '', 'Alertmanager: e-mail addresses, comma-separated; needs HEMOSTAT_ALERT_SMTP.'),
  emailFrom: text('HEMOSTAT_ALERT_EMAIL_FROM', 'hemostat@localhost', 'Alertmanager: sender of e-mail.'),
  smtp: text('HEMOSTAT_ALERT_SMTP', '', 'Alertmanager: mail server as host:port.'),
  smtpUser: text('HEMOSTAT_ALERT_SMTP_USER', '', 'Alertmanager: user of the mail server.'),
  smtpPassword: secret('HEMOSTAT_ALERT_SMTP_PASSWORD', 'Alertmanager: password of the mail server.'),
  smtpTls: flag('HEMOSTAT_ALERT_SMTP_TLS', 'true', 'Alertmanager: demand STARTTLS of the mail server.'),
  pagerdutyKey: secret('HEMOSTAT_ALERT_PAGERDUTY_KEY', 'Alertmanager: routing key of PagerDuty (Events API v2); gets severity critical only.'),
  webhookUrl: url('HEMOSTAT_ALERT_WEBHOOK_URL', '', 'Alertmanager: address that gets every notice as JSON.', WEB, true),
  heartbeatUrl: url('HEMOSTAT_ALERT_HEARTBEAT_URL', '', 'Alertmanager: address that gets the Watchdog every two minutes, for a dead man\'s switch elsewhere.', WEB, true),
};

/** What `npm start` reads besides the settings of the agents. */
export const startSettings = {
  demo: choice('HEMOSTAT_DEMO', ['auto', 'on', 'off'] as const, 'auto', 'The demo fleet of npm start: auto starts it when no Docker engine answers, on always, off never.'),
  grafanaUrl: url('GRAFANA_URL', '', 'Address of a running Grafana: npm start then shows no pages of its own, and npm run e2e tests there.', ['http', 'https']),
  agents: list('HEMOSTAT_START_AGENTS', 'all,api,exporter,updater,observer', 'The agents that npm start runs; one that is left out can be run in a second terminal: npx hemostat agent NAME.'),
  monitoring: choice('HEMOSTAT_MONITORING', ['auto', 'off'] as const, 'auto', 'Prometheus and Alertmanager of npm start: auto starts them where they are installed, off never.'),
  prometheusPort: integer('PROMETHEUS_PORT', '9091', 'Port of Prometheus.', 1, 65_535),
  alertmanagerPort: integer('ALERTMANAGER_PORT', '9093', 'Port of Alertmanager.', 1, 65_535),
  runbooksUrl: text('HEMOSTAT_RUNBOOKS_URL', 'docs/runbooks', 'What the link of an alert to its runbook begins with: the address at which your people read docs/runbooks.'),
  ...previewSettings,
  ...alertSettings,
};
