import { integer, list, number, seconds } from './define';
import { dockerSettings } from './docker';

export const monitorSettings = {
  ...dockerSettings,
  pollMs: seconds('AGENT_POLL_INTERVAL', '30', 'Seconds between two full comparisons with the engine, and until the first repeated alert.', 1, 3600),
  cpuPercent: number('THRESHOLD_CPU_PERCENT', '85', 'CPU percent above which a container is ill; of its own limit where it has one.', 1, 100_000),
  memoryPercent: number('THRESHOLD_MEMORY_PERCENT', '80', 'Memory percent above which a container is ill.', 1, 100),
  blacklist: list('MONITOR_CONTAINER_BLACKLIST', 'hemostat-*', 'Names (globs, comma-separated) that are not watched.'),
  confirmMs: seconds('HEMOSTAT_CONFIRM_SECONDS', '10', 'Seconds that CPU or memory must stay over its threshold, and that a container may take to be restarted by Docker itself.', 0, 3600),
  recoverMs: seconds('HEMOSTAT_RECOVER_SECONDS', '10', 'Seconds that a container must be well before it counts as recovered.', 0, 3600),
  statsMs: seconds('HEMOSTAT_STATS_SECONDS', '3', 'Seconds between two readings of CPU, memory, network and block I/O.', 0.5, 300),
  sampleHours: number('HEMOSTAT_SAMPLE_HOURS', '2', 'Hours that readings are kept.', 0.1, 48),
  forensicsMs: seconds('HEMOSTAT_FORENSICS_SECONDS', '2', 'Seconds that saving logs, inspect and top may take.', 0.1, 10),
  forensicsLines: integer('HEMOSTAT_FORENSICS_LINES', '100', 'Log lines that are saved when a container falls ill.', 0, 1000),
  loopCount: integer('HEMOSTAT_RESTART_LOOP_COUNT', '3', 'Restarts by Docker itself within the loop window above which it is a restart loop.', 1, 1000),
  loopMs: seconds('HEMOSTAT_RESTART_LOOP_SECONDS', '600', 'Length of that window in seconds.', 10, 86_400),
};
