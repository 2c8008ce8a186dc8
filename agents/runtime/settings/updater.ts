import { integer, number, seconds, secret, text, url } from './define';
import { modelSettings } from './model';
import { notifierSettings } from './notifier';
import { startSettings } from './start';

const WEB = ['http', 'https'];

export const updaterSettings = {
  configFile: text('HEMOSTAT_DASHBOARD_CONFIG', 'dashboard_config.json', 'What the updater analyses and which error rates it watches; without the file it watches HemoStat itself.'),
  prometheusUrl: url('HEMOSTAT_PROMETHEUS_URL', '', 'Address of Prometheus, for the updater.', WEB, true),
  prometheusTimeoutMs: seconds('HEMOSTAT_PROMETHEUS_TIMEOUT_SECONDS', '10', 'Seconds that Prometheus has for one question of the updater.', 0.05, 300),
  grafanaUrl: url('HEMOSTAT_GRAFANA_URL', '', 'Address of Grafana, for the updater; GRAFANA_URL when not set. Without it and a token, annotations are kept as events only.', WEB),
  grafanaUrlOfAll: startSettings.grafanaUrl,
  grafanaToken: secret('HEMOSTAT_GRAFANA_TOKEN', 'Token of a service account of Grafana: annotations:read, :create and :write, dashboards:read, and dashboards:write only where a panel is to be rewritten (role Editor where roles are all there is).'),
  grafanaTimeoutMs: seconds('HEMOSTAT_GRAFANA_TIMEOUT_SECONDS', '10', 'Seconds that Grafana has for one request of the updater.', 0.05, 300),
  port: integer('HEMOSTAT_UPDATER_PORT', '8090', 'Port of the webhook of the updater (POST /api/update?id=...); 0 for none.', 0, 65_535),
  bindHost: text('HEMOSTAT_UPDATER_HOST', '127.0.0.1', 'Address that the webhook listens on; 0.0.0.0 for all.'),
  token: secret('HEMOSTAT_UPDATER_TOKEN', 'Token that the webhook asks for (Authorization: Bearer ...); without it whoever reaches the port may start an update.'),
  checkMs: seconds('HEMOSTAT_UPDATER_CHECK_SECONDS', '60', 'Seconds between two looks at which dashboards are due.', 0.05, 3600),
  minimumGapMs: seconds('HEMOSTAT_UPDATER_MIN_GAP_SECONDS', '300', 'Seconds that lie at least between two updates of one dashboard, whatever asks for one.', 0, 86_400),
  ratesMs: seconds('HEMOSTAT_UPDATER_RATES_SECONDS', '5', 'Seconds between two measurements of the error rates.', 0.05, 10),
  concurrency: integer('HEMOSTAT_UPDATER_CONCURRENCY', '4', 'Dashboards that are analysed at the same time.', 1, 64),
  logFile: text('HEMOSTAT_UPDATE_LOG', 'update_log.jsonl', 'File with a line for every push into Grafana, and for every one that came to nothing; the word off writes none.'),
  logMegabytes: number('HEMOSTAT_UPDATE_LOG_MB', '5', 'Size at which that file is put aside (.1 to .3) and begun anew.', 0.001, 10_000),
  publicUrl: notifierSettings.publicUrl,
  ...modelSettings,
};
