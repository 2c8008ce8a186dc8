import { errorText } from './errors';

/** What is wrong between us and Redis, in words a person can act on. */
export interface RedisTrouble {
  code: 'unreachable' | 'wrong_password' | 'no_right' | 'full' | 'loading' | 'read_only' | 'cluster_down' | 'wrong_database' | 'busy';
  message: string;
  mend: string;
}

const BY_REPLY: ReadonlyArray<[RegExp, Omit<RedisTrouble, 'message'>]> = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/, { code: 'wrong_password', mend: 'Set REDIS_PASSWORD (and REDIS_USERNAME) to what Redis expects.' }],
  [/^NOPERM/, { code: 'no_right', mend: 'Give the user in REDIS_USERNAME the rights ~hemostat:* &hemostat:* +@all -@admin -@dangerous +info.' }],
  [/^(OOM|MISCONF)/, { code: 'full', mend: 'Raise maxmemory of Redis (or free its disk), or lower HEMOSTAT_LOG_MAX_MB and HEMOSTAT_RETENTION_DAYS.' }],
  [/^LOADING/, { code: 'loading', mend: 'Redis is reading its data; it answers by itself when done.' }],
  [/^(READONLY|NOREPLICAS)/, { code: 'read_only', mend: 'REDIS_HOST names a replica: name the master, or use HEMOSTAT_REDIS_SENTINELS.' }],
  [/^(CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/, { code: 'cluster_down', mend: 'A part of the Redis Cluster is down; see `redis-cli cluster info`.' }],
  [/^ERR (DB index|invalid DB|SELECT is not allowed)/, { code: 'wrong_database', mend: 'Set REDIS_DB to a database that Redis has (0 on a cluster).' }],
  [/^BUSY /, { code: 'busy', mend: 'A script keeps Redis busy; it answers by itself when done.' }],
];

const NETWORK = /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EPIPE|Connection is closed|Failed to refresh slots|All sentinels are unreachable|Stream isn't writeable|timed out|None of startup nodes/i;

/**
 * Names the trouble behind a failed Redis call.
 * @returns undefined when the error is not of the kind that waiting or mending a setting can cure.
 */
export function redisTrouble(cause: unknown, address: string): RedisTrouble | undefined {
  const text = errorText(cause);
  // A script that meets an error reply repeats it behind its own words.
  const reply = /(?:^|\b)(OOM|MISCONF|READONLY|NOPERM) .*$/.exec(text)?.[0] ?? text;
  const known = BY_REPLY.find(([pattern]) => pattern.test(text) || pattern.test(reply));
  if (known) {
    return { ...known[1], message: `Redis at ${address} answers: ${text.slice(0, 200)}` };
  }
  if (NETWORK.test(text)) {
    return { code: 'unreachable', message: `Redis at ${address} cannot be reached: ${text.slice(0, 200)}`, mend: 'Start Redis, or set REDIS_HOST and REDIS_PORT (or REDIS_URL) to where it is.' };
  }
  return undefined;
}
