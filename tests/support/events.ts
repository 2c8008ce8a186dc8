import type { EventData, EventOf } from '../../src/contract/events';
import type { HemostatLog } from '../../agents/runtime/log';
import { observed } from '../../agents/runtime/new-event';
import { openLog } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';

/** An alert as the monitor writes it. */
export function testAlert(container: string, data: Partial<EventData<'health_alert'>> = {}): EventOf<'health_alert'> {
  return observed(
    'health_alert',
    'monitor',
    { host: 'host-1', container },
    {
      container_id: '0123456789ab',
      image: 'shop/web:1',
      status: 'running',
      health_status: 'unhealthy',
      exit_code: 0,
      restart_count: 0,
      metrics: { cpu_percent: 12, memory_percent: 71 },
      anomalies: [{ type: 'unhealthy_status', severity: 'high', status: 'unhealthy' }],
      ...data,
    }
  );
}

export function testRecovery(container: string): EventOf<'container_recovered'> {
  return observed('container_recovered', 'monitor', { host: 'host-1', container }, { container_id: '0123456789ab', reason: 'well', health_status: 'healthy', metrics: {} });
}

/** A log on a Redis of the test's own. The test disconnects `log.redis`. */
export function testLog(environment: Environment): HemostatLog {
  return openLog(readSettings(commonSettings, { REDIS_HOST: '127.0.0.1', ...environment }), 'test');
}
