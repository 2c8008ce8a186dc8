import type { AgentAlert } from '../../../src/contract/events';
import type { Range } from '../../../src/contract/observability/schemas';
import type { HemostatLog } from '../log';
import { readAlertHash } from './observed';
import { fromRedis, Unreadable } from './redis-source';
import type { AlertQuestion, Collector } from './types';

/** Alerts about HemoStat itself: those that are not resolved, and those resolved since the begin of the range (R382). They are in Redis alone. */
export class RedisAlerts implements Collector<'alerts'> {
  readonly source = 'alerts';
  readonly from = 'redis';

  constructor(private readonly log: HemostatLog) {}

  async collect(range: Range, { severity }: AlertQuestion, signal: AbortSignal): Promise<{ data: AgentAlert[]; notices: string[] }> {
    const unreadable = new Unreadable();
    const alerts = await fromRedis(this.log, signal, () => readAlertHash(this.log, unreadable));
    const wanted = alerts.filter(
      (alert) =>
        Date.parse(alert.triggered_at) <= range.to &&
        (alert.resolved_at === null || Date.parse(alert.resolved_at) >= range.from) &&
        (severity === undefined || alert.severity === severity)
    );
    return { data: wanted, notices: unreadable.notices('alerts') };
  }
}
