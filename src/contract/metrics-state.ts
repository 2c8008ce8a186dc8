import { AGENT_METRICS, HEALER_METRICS } from './metrics-agents';
import { counter, gauge } from './metrics-define';

const CONTAINER = ['container_name', 'container_id', 'host', 'project'] as const;
const COPY = ['agent_name', 'copy'] as const;
const GROUP = ['group', 'partition'] as const;

/** What is read from Redis in the background: how things are now. A removed container has no series. */
export const STATE_METRICS = [
  // Containers
  gauge('hemostat_container_cpu_percent', CONTAINER, 'CPU of a container in percent of one CPU.', { requirement: 'R185', unit: 'percent' }),
  gauge('hemostat_container_memory_percent', CONTAINER, 'Memory of a container in percent of its limit.', { requirement: 'R186', unit: 'percent' }),
  gauge('hemostat_container_memory_bytes', CONTAINER, 'Memory of a container in bytes, page cache left out.', { requirement: 'R187', unit: 'bytes' }),
  gauge('hemostat_container_memory_limit_bytes', CONTAINER, 'Memory limit of a container in bytes.', { unit: 'bytes' }),
  gauge('hemostat_container_restart_count', CONTAINER, 'Restarts of a container by Docker itself, as Docker counts them.', { requirement: 'R188' }),
  counter('hemostat_container_network_rx_bytes_total', CONTAINER, 'Bytes that a container received since it started.', { requirement: 'R189', unit: 'bytes' }),
  counter('hemostat_container_network_tx_bytes_total', CONTAINER, 'Bytes that a container sent since it started.', { requirement: 'R190', unit: 'bytes' }),
  counter('hemostat_container_blkio_read_bytes_total', CONTAINER, 'Bytes that a container read from block devices since it started.', { requirement: 'R191', unit: 'bytes' }),
  counter('hemostat_container_blkio_write_bytes_total', CONTAINER, 'Bytes that a container wrote to block devices since it started.', { requirement: 'R192', unit: 'bytes' }),
  gauge('hemostat_container_info', [...CONTAINER, 'service', 'image'], 'Always 1: what belongs to a container.', { unit: 'flag' }),
  gauge('hemostat_container_status', [...CONTAINER, 'status'], '1 for the state that Docker gives the container.', { unit: 'flag' }),
  gauge('hemostat_container_health_status', [...CONTAINER, 'health_status'], '1 for the health that Docker gives the container.', { unit: 'flag' }),
  gauge('hemostat_container_ill', CONTAINER, '1 while HemoStat holds the container to be ill.', { unit: 'flag' }),
  gauge('hemostat_remediation_cooldown_active', ['container_name', 'container_id', 'host'], '1 while the container is in its cooldown after an action.', { requirement: 'R200', unit: 'flag' }),
  gauge('hemostat_circuit_breaker_open', ['container_name', 'container_id', 'host'], '1 while the circuit breaker of the container refuses actions.', { unit: 'flag' }),
  gauge('hemostat_containers', ['host', 'status'], 'Containers that the monitor knows, by state.'),
  // Incidents
  gauge('hemostat_incidents_active', ['severity', 'state'], 'Incidents that have not ended.'),
  gauge('hemostat_incidents_oldest_age_seconds', ['state'], 'Age of the oldest incident in this state; 0 when there is none.', { unit: 'seconds' }),
  gauge('hemostat_approvals_waiting', [], 'Actions that wait for the answer of a person.'),
  // What is in force
  gauge('hemostat_paused', [], '1 while every action is paused.', { unit: 'flag' }),
  gauge('hemostat_paused_since_timestamp_seconds', [], 'When the pause began; absent when there is none.', { unit: 'timestamp' }),
  gauge('hemostat_mode', ['mode'], '1 for the mode that the responder works in: observe, approve, auto.', { unit: 'flag' }),
  gauge('hemostat_maintenance_active', [], 'Maintenances that operators have switched on.'),
  // Agents
  gauge('hemostat_agent_uptime_seconds', COPY, 'Seconds that this copy of an agent runs; the notifier is called alert and the exporter metrics, as in the original.', { requirement: 'R203', unit: 'seconds' }),
  gauge('hemostat_agent_heartbeat_timestamp_seconds', COPY, 'Last sign of life of this copy of an agent; kept for a day after it has gone.', { unit: 'timestamp' }),
  gauge('hemostat_agent_info', [...COPY, 'version'], 'Always 1: version of this copy of an agent.', { unit: 'flag' }),
  gauge('hemostat_agent_leading', COPY, '1 for the copy that leads, of agents of which one copy leads.', { unit: 'flag' }),
  gauge('hemostat_agent_in_flight', COPY, 'Entries that this copy of an agent handles right now.'),
  gauge('hemostat_agent_resident_memory_bytes', COPY, 'Memory of the process that this copy of an agent runs in.', { unit: 'bytes' }),
  gauge('hemostat_agent_trouble', [...COPY, 'part'], '1 while this copy of an agent misses something that it depends on.', { unit: 'flag' }),
  counter('hemostat_agent_handled_total', COPY, 'Entries that this copy of an agent handled since it started.'),
  counter('hemostat_agent_failed_total', COPY, 'Times that handling an entry failed in this copy since it started.'),
  counter('hemostat_agent_dead_letters_total', COPY, 'Entries that this copy gave up since it started.'),
  gauge('hemostat_monitor_last_poll_timestamp_seconds', ['host'], 'When the monitor last wrote figures of the containers of a host.', { unit: 'timestamp' }),
  ...AGENT_METRICS,
  // The healer as the observer sees it
  ...HEALER_METRICS,
  // The log and Redis
  gauge('hemostat_log_length', ['partition'], 'Entries of the log.'),
  gauge('hemostat_log_memory_bytes', ['partition'], 'Memory of the log in Redis, about.', { unit: 'bytes' }),
  gauge('hemostat_log_oldest_entry_timestamp_seconds', ['partition'], 'Time of the oldest entry of the log.', { unit: 'timestamp' }),
  gauge('hemostat_log_group_lag', GROUP, 'Entries that a group has not read.'),
  gauge('hemostat_log_group_pending', GROUP, 'Entries that a group has read and not finished.'),
  gauge('hemostat_dead_letters_kept', ['partition'], 'Dead letters that are kept.'),
  gauge('hemostat_redis_up', [], '1 when Redis answered the exporter the last time it asked.', { unit: 'flag' }),
  gauge('hemostat_redis_memory_used_bytes', ['node'], 'Memory that Redis uses.', { unit: 'bytes' }),
  gauge('hemostat_redis_memory_max_bytes', ['node'], 'Memory that Redis may use; 0 for no limit.', { unit: 'bytes' }),
  gauge('hemostat_redis_connected_clients', ['node'], 'Connections to Redis.'),
  counter('hemostat_redis_operations_total', ['node', 'operation', 'status'], 'Commands that Redis carried out since it started, by command and status: success, failed.', { requirement: 'R204' }),
  // The exporter
  gauge('hemostat_build_info', ['version', 'node_version'], 'Always 1: version of HemoStat.', { unit: 'flag' }),
  gauge('hemostat_exporter_leading', [], '1 in the copy of the exporter that counts; the others serve what it has counted.', { unit: 'flag' }),
  gauge('hemostat_exporter_snapshot_timestamp_seconds', [], 'When the figures that are served were last read from Redis.', { unit: 'timestamp' }),
  gauge('hemostat_exporter_containers_dropped', [], 'Containers that have no series of their own, because there are more than HEMOSTAT_METRICS_MAX_CONTAINERS.'),
  counter('hemostat_exporter_scrapes_total', ['path'], 'Answers of this copy of the exporter.'),
  counter('hemostat_exporter_scrape_seconds_total', [], 'Seconds that this copy of the exporter spent on writing its metrics.', { unit: 'seconds' }),
] as const;
