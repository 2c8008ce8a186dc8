import { flag, integer, text } from './define';

export const exporterSettings = {
  port: integer('METRICS_PORT', '9090', 'Port of the exporter: /metrics for Prometheus.', 1, 65_535),
  bindHost: text('HEMOSTAT_METRICS_HOST', '127.0.0.1', 'Address that the exporter listens on; 0.0.0.0 for all.'),
  maxContainers: integer('HEMOSTAT_METRICS_MAX_CONTAINERS', '2000', 'Containers that have series of their own; the others are counted together as other.', 1, 100_000),
  hostFigures: flag('HEMOSTAT_METRICS_NODE', 'true', "Serve figures of this machine under node_exporter's names; false where a node_exporter runs."),
  procDir: text('HEMOSTAT_METRICS_PROC_DIR', '/proc', "Where the machine's /proc is; in a container the place that it is mounted at."),
  rootDir: text('HEMOSTAT_METRICS_ROOT_DIR', '/', "Where the machine's root directory is, for the sizes of its file systems."),
};
