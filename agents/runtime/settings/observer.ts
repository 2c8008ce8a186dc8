import { flag, integer, number, seconds } from './define';
import { exporterSettings } from './exporter';
import { notifierSettings } from './notifier';
import { startSettings } from './start';
import { updaterSettings } from './updater';

/** What the views of the system and of the agents go by (R346 to R362): the API serves them, the observer makes them. */
export const dashboardSettings = {
  refreshMs: seconds('DASHBOARD_REFRESH_INTERVAL', '30', 'Seconds after which the API makes the views of the system and its agents anew, and between two points of their history.', 5, 3600),
  defaultMinutes: integer('DASHBOARD_DEFAULT_TIME_RANGE', '60', 'Minutes that these views show when nothing else is asked for.', 1, 1440),
  maxDataPoints: integer('DASHBOARD_MAX_DATA_POINTS', '500', 'Points of one series in these views, at most.', 10, 10_000),
  realtime: flag('DASHBOARD_ENABLE_REALTIME', 'true', 'Make these views in the background, so that they are there when they are asked for.'),
};

export const observerSettings = {
  ...dashboardSettings,
  lookMs: seconds('HEMOSTAT_OBSERVER_SECONDS', '5', 'Seconds between two looks at every part of the system.', 0.05, 300),
  alertPollMs: seconds('HEMOSTAT_OBSERVER_ALERT_SECONDS', '10', 'Seconds between two evaluations of the alert rules about HemoStat itself.', 0.05, 300),
  probeTimeoutMs: seconds('HEMOSTAT_OBSERVER_TIMEOUT_SECONDS', '5', 'Seconds that a part of the system has to answer the observer.', 0.05, 60),
  cpuLimit: number('HEMOSTAT_LIMIT_CPU', '80', 'CPU percent of the machine above which the observer warns.', 1, 100),
  memoryLimit: number('HEMOSTAT_LIMIT_MEMORY', '85', 'Memory percent of the machine above which the observer warns.', 1, 100),
  diskLimit: number('HEMOSTAT_LIMIT_DISK', '90', 'Disk percent of the machine above which the observer warns.', 1, 100),
  responseLimitMs: number('HEMOSTAT_LIMIT_RESPONSE_MS', '5000', 'Milliseconds of mean response time of all parts above which the observer warns.', 1, 600_000),
  failureLimit: number('HEMOSTAT_LIMIT_FAILURE_RATE', '0.1', 'Share of failures of a breaker or an agent (0 to 1) above which the observer warns.', 0, 1),
  lowThroughput: flag('HEMOSTAT_ALERT_LOW_THROUGHPUT', 'false', 'Warn when agents handle less than 0.5 entries a second although there are some: on a quiet system that is no fault.'),
  grafanaUrl: updaterSettings.grafanaUrl,
  grafanaUrlOfAll: startSettings.grafanaUrl,
  prometheusUrl: updaterSettings.prometheusUrl,
  alertmanagerUrl: notifierSettings.alertmanagerUrl,
  rootDir: exporterSettings.rootDir,
  procDir: exporterSettings.procDir,
};
