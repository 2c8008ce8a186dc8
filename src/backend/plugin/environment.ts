import { choice, integer, text, url, type SettingsOf } from '../../../agents/runtime/settings/define';
import { LOG_LEVELS } from './transport/logger';

const WEB = ['http', 'https'];

/**
 * What the process reads from its environment. Grafana hands on nothing of its own environment; any key of the section
 * `[plugin.hemostat-events-datasource]` of its configuration arrives as GF_PLUGIN_<KEY>.
 */
export const pluginEnvironment = {
  cookie: text('grafana_plugin_type', '', 'Set by Grafana to "datasource".'),
  socketDir: text('PLUGIN_UNIX_SOCKET_DIR', '', 'Folder of the socket; the folder for temporary files when not set.'),
  minPort: integer('PLUGIN_MIN_PORT', '10000', 'Lowest port, where sockets of files are not to be had.', 1, 65535),
  maxPort: integer('PLUGIN_MAX_PORT', '25000', 'Highest port.', 1, 65535),
  listen: text('GF_PLUGIN_BACKEND_LISTEN', '', 'Runs as a service that Grafana finds by GF_PLUGIN_BACKEND_ADDR: host:port or unix:/path.'),
  logStoreUrl: url('GF_PLUGIN_LOG_STORE_URL', '', 'Address of Loki, where log lines of the agents are read from in place of Redis.', WEB, true),
  traceStoreUrl: url('GF_PLUGIN_TRACE_STORE_URL', '', 'Address of Tempo or Jaeger, where traces of the agents are read from in place of Redis.', WEB, true),
  metricsStoreUrl: url('GF_PLUGIN_METRICS_STORE_URL', '', 'Address of a Prometheus, where figures of the agents are read from in place of Redis.', WEB, true),
  logLevel: choice('GF_PLUGIN_LOG_LEVEL', LOG_LEVELS as readonly ['trace', 'debug', 'info', 'warn', 'error'], 'info', 'What is logged.'),
};
export type PluginEnvironment = SettingsOf<typeof pluginEnvironment>;

/** What go-plugin sets so that the program is not run by hand by mistake. It is no secret. */
export const COOKIE = 'datasource';
