import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { openLog } from '../../agents/runtime/run';
import { keepHealerAlive, writeRecordedDay, type RecordedDay } from '../../tests/support/recorded-day';
import { startRedis } from '../../tests/support/servers';

/** A Redis of its own that holds the recorded day, with a healer that lives on. */
export interface DemoDay {
  day: RecordedDay;
  /** Where that Redis is. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

const MAX_EVENTS = 1_000_000;

/** @param events further ones, up to a million */
export async function demoDay(events: number, print: (line: string) => void): Promise<DemoDay> {
  if (!Number.isInteger(events) || events < 0 || events > MAX_EVENTS) {
    throw new Error(`--events: ${events} is not a whole number between 0 and ${MAX_EVENTS}.`);
  }
  const redis = await startRedis();
  const environment = { REDIS_URL: redis.url, HEMOSTAT_REDIS_CLUSTER: '', HEMOSTAT_REDIS_SENTINELS: '' };
  const log = openLog(readSettings(commonSettings, environment), 'recorded-day');
  const day = await writeRecordedDay(log, { now: Date.now(), events });
  const rest = keepHealerAlive(log);
  print(`Redis    127.0.0.1:${redis.port} (its own: a recorded day of ${day.containers} containers, ${day.events + events} events)`);
  return {
    day,
    environment,
    close: async () => {
      rest();
      log.redis.disconnect();
      await redis.stop();
    },
  };
}
