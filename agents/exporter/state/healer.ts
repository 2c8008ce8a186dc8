import type { Redis } from 'ioredis';
import { agentAlertSchema, ALERT_SEVERITIES, ALERT_STATES } from '../../../src/contract/events';
import { historyPointOf } from '../../../src/contract/observability/status';
import { observedSchema, type ComponentState, type Observed } from '../../../src/contract/observability/schemas';
import type { HemostatLog } from '../../runtime/log';
import { parseJson } from '../../runtime/queries';
import { timestamp, type Sheet } from '../sheet';

/** What was seen longer ago is not served: it may be otherwise now. */
const STALE_MS = 60_000;
/** Parts that have series of their own. A part more is an engine more. */
const MAX_COMPONENTS = 300;
const HEALTH: Readonly<Record<ComponentState, number>> = { healthy: 1, degraded: 0.5, unhealthy: 0 };
const UNRESOLVED = ALERT_STATES.filter((state) => state !== 'resolved');

/** What the observer wrote last, parsed when it has changed. */
export class ObservedReader {
  private json: string | null = null;
  private known: Observed | undefined;

  constructor(private readonly log: HemostatLog) {}

  async read(): Promise<Observed | undefined> {
    const json = await this.log.redis.get(this.log.partition(0).observed);
    if (json !== this.json) {
      const parsed = observedSchema.safeParse(parseJson(json));
      this.known = parsed.success ? parsed.data : undefined;
      this.json = json;
    }
    return this.known;
  }
}

/** The parts of the system, its score, and what telemetry takes. */
export function observedFigures(sheet: Sheet, observed: Observed | undefined, now: number): void {
  const at = timestamp(observed?.at);
  sheet.set('hemostat_observer_last_look_timestamp_seconds', {}, at);
  if (!observed || at === undefined || now - at * 1000 > STALE_MS) {
    return;
  }
  for (const { name, kind, status } of observed.components.slice(0, MAX_COMPONENTS)) {
    sheet.set('hemostat_component_healthy', { component: name, kind }, HEALTH[status]);
  }
  sheet.set('hemostat_health_score', {}, historyPointOf(observed).health_score ?? undefined);
  sheet.set('hemostat_telemetry_bytes', {}, observed.telemetry_bytes);
  sheet.set('hemostat_telemetry_max_bytes', {}, observed.telemetry_max_bytes);
}

/** Alerts that are not resolved, by severity and status. */
export async function alertFigures(sheet: Sheet, log: HemostatLog): Promise<void> {
  const { agentAlerts, agentAlertsActive } = log.partition(0);
  const ids = await log.redis.hvals(agentAlertsActive);
  const texts = ids.length > 0 ? await (log.redis as Redis).hmget(agentAlerts, ...ids) : [];
  const alerts = texts.flatMap((json) => {
    const parsed = agentAlertSchema.safeParse(parseJson(json));
    return parsed.success ? [parsed.data] : [];
  });
  for (const severity of ALERT_SEVERITIES) {
    UNRESOLVED.forEach((status) => sheet.set('hemostat_agent_alerts', { severity, status }, alerts.filter((alert) => alert.severity === severity && alert.status === status).length));
  }
}
