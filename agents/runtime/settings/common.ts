import { telemetrySettings } from './telemetry';
import { choice, flag, integer, number, seconds, secret, text, url } from './define';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'critical', 'fatal', 'silent'] as const;

export const redisSettings = {
  redisUrl: url('REDIS_URL', '', 'Address of Redis or Valkey as one URL; wins over REDIS_HOST, REDIS_PORT and REDIS_DB.', ['redis', 'rediss'], true),
  redisHost: text('REDIS_HOST', 'localhost', 'Host of Redis.'),
  redisPort: integer('REDIS_PORT', '6379', 'Port of Redis.', 1, 65535),
  redisDb: integer('REDIS_DB', '0', 'Database number; must be 0 on a Redis Cluster.', 0, 1_000_000),
  redisUser: text('REDIS_USERNAME', '', 'ACL user of Redis.'),
  redisPassword: secret('REDIS_PASSWORD', 'Password of Redis.'),
  redisTls: flag('HEMOSTAT_REDIS_TLS', 'false', 'Speak TLS with Redis.'),
  redisCaFile: text('HEMOSTAT_REDIS_CA_FILE', '', 'File with the certificate authority of Redis (PEM).'),
  redisCertFile: text('HEMOSTAT_REDIS_CERT_FILE', '', 'File with our client certificate for Redis (PEM).'),
  redisKeyFile: text('HEMOSTAT_REDIS_KEY_FILE', '', 'File with the key of that certificate (PEM).'),
  redisClusterNodes: text('HEMOSTAT_REDIS_CLUSTER', '', 'Nodes of a Redis Cluster as host:port, comma-separated.'),
  redisSentinels: text('HEMOSTAT_REDIS_SENTINELS', '', 'Sentinels as host:port, comma-separated.'),
  redisSentinelName: text('HEMOSTAT_REDIS_SENTINEL_NAME', 'mymaster', 'Name of the master that the sentinels watch.'),
  redisSentinelPassword: secret('HEMOSTAT_REDIS_SENTINEL_PASSWORD', 'Password of the sentinels.'),
  keyPrefix: text('HEMOSTAT_KEY_PREFIX', 'hemostat', 'First part of every key of the log.'),
  partitions: integer('HEMOSTAT_PARTITIONS', '1', 'Partitions of the log. Must be the same for every agent.', 1, 256),
  legacyMirror: flag('HEMOSTAT_LEGACY_MIRROR', 'true', "Write the Python original's channels, lists and keys as well."),
  alertEventTtlMs: seconds('ALERT_EVENT_TTL', '3600', "Seconds that the original's event lists live.", 1, 31_536_000),
  alertMaxEvents: integer('ALERT_MAX_EVENTS', '100', "Events that the original's lists hold.", 1, 100_000),
  retentionDays: number('HEMOSTAT_RETENTION_DAYS', '15', 'Days that events are kept.', 0.01, 3650),
  logMaxMegabytes: number('HEMOSTAT_LOG_MAX_MB', '1024', 'Memory ceiling of the log in Redis, in megabytes.', 1, 1_000_000),
};

export const commonSettings = {
  ...redisSettings,
  host: text('HEMOSTAT_HOST', '', 'Name of this Docker host in events; the engine’s own name when not set.'),
  instance: text('HEMOSTAT_INSTANCE', '', 'Name of this copy of the agents; host name and process id when not set.'),
  logLevel: choice('LOG_LEVEL', LOG_LEVELS, 'info', 'What is logged.'),
  logFormat: choice('LOG_FORMAT', ['text', 'json'] as const, 'text', 'Form of the log lines.'),
  retryMax: integer('AGENT_RETRY_MAX', '3', 'Times that a failing entry is tried before it becomes a dead letter.', 1, 100),
  retryDelayMs: seconds('AGENT_RETRY_DELAY', '1', 'Seconds before the first retry; doubles with each.', 0.01, 60),
  ...telemetrySettings,
};
