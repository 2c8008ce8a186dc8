import { Cluster } from 'ioredis';
import { GROUPS } from '../../../src/contract/streams';
import type { HemostatLog } from '../../runtime/log';
import { readGroups } from '../../runtime/queries';
import { parseInfo } from '../../runtime/redis-info';
import { oneOf, type Sheet } from '../sheet';

/** Groups, length, memory and dead letters of every partition. */
export async function logFigures(sheet: Sheet, log: HemostatLog): Promise<void> {
  for (const group of await readGroups(log)) {
    const labels = { group: oneOf(GROUPS, group.group), partition: String(group.partition) };
    sheet.set('hemostat_log_group_lag', labels, group.lag);
    sheet.set('hemostat_log_group_pending', labels, group.pending);
  }
  await Promise.all(
    log.partitions.map(async (keys, index) => {
      const partition = String(index);
      const [length, memory, oldest, dead] = await Promise.all([
        log.redis.xlen(keys.log),
        log.redis.memory('USAGE', keys.log, 'SAMPLES', 5),
        log.redis.xrange(keys.log, '-', '+', 'COUNT', 1),
        log.redis.xlen(keys.dead),
      ]);
      sheet.set('hemostat_log_length', { partition }, length);
      sheet.set('hemostat_log_memory_bytes', { partition }, memory ?? 0);
      sheet.set('hemostat_log_oldest_entry_timestamp_seconds', { partition }, oldest[0] ? Number(oldest[0][0].split('-')[0]) / 1000 : undefined);
      sheet.set('hemostat_dead_letters_kept', { partition }, dead);
    })
  );
}

/** `calls=2,usec=5,rejected_calls=0,failed_calls=1` as numbers by name. */
function callsOf(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name, Number(value)];
    })
  );
}

/** INFO of every node, as far as this user may see it. */
export async function redisFigures(sheet: Sheet, log: HemostatLog): Promise<void> {
  const { redis } = log;
  const nodes = redis instanceof Cluster ? redis.nodes('master').map((one) => ({ name: `${one.options.host}:${one.options.port}`, client: one })) : [{ name: log.options.address, client: redis }];
  for (const { name: node, client } of nodes) {
    const [memory, clients, commands] = (await Promise.all([client.info('memory'), client.info('clients'), client.info('commandstats')])).map(parseInfo);
    sheet.set('hemostat_redis_memory_used_bytes', { node }, Number(memory?.used_memory));
    sheet.set('hemostat_redis_memory_max_bytes', { node }, Number(memory?.maxmemory));
    sheet.set('hemostat_redis_connected_clients', { node }, Number(clients?.connected_clients));
    for (const [field, text] of Object.entries(commands ?? {})) {
      // Before version 6.2 Redis does not tell the failed ones.
      const { calls = 0, failed_calls: failed = 0, rejected_calls: rejected = 0 } = callsOf(text);
      const operation = field.replace('cmdstat_', '');
      sheet.set('hemostat_redis_operations_total', { node, operation, status: 'success' }, calls - failed);
      sheet.set('hemostat_redis_operations_total', { node, operation, status: 'failed' }, failed + rejected);
    }
  }
}
