import { HISTORY_HOURS } from '../../src/contract/observability/history';
import type { Observed } from '../../src/contract/observability/schemas';
import { historyPointOf } from '../../src/contract/observability/status';
import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';

const HOUR_MS = 3_600_000;

/** Adds the point of one look to the history, and removes those that are older than a day (R159, R161). */
export async function addHistoryPoint(log: HemostatLog, observed: Observed): Promise<void> {
  const key = log.partition(0).healthHistory;
  const at = Date.parse(observed.at);
  const json = JSON.stringify(historyPointOf(observed));
  try {
    await log.redis.xadd(key, `${at}-0`, 'json', json);
  } catch (cause) {
    if (!/equal or smaller/.test(errorText(cause))) {
      throw cause;
    }
    // The clock went back, or another copy has just written: the point itself tells its time.
    await log.redis.xadd(key, '*', 'json', json);
  }
  await log.redis.xtrim(key, 'MINID', at - HISTORY_HOURS * HOUR_MS);
}
