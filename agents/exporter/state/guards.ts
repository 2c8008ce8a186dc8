import type { GuardRecord } from '../../runtime/guard-record';
import type { Sheet } from '../sheet';
import type { KnownContainer } from './containers';

/** Whether a container is in its cooldown, or its breaker is open. */
export function guardFigures(sheet: Sheet, record: GuardRecord, containers: readonly KnownContainer[], now: number): void {
  const { real } = record;
  const fleet = { containers: containers.length };
  const closed = new Map<string, { cooldown: number; breaker: number }>();
  for (const { key, state } of containers) {
    // Nearly every container: nothing was done to it, so no guard can refuse.
    if (!real.lastAction(key) && real.failures(key).length === 0) {
      continue;
    }
    const { cooldown, breaker } = record.verdicts(key, state, fleet, now);
    closed.set(key, { cooldown: Number(!cooldown.allowed), breaker: Number(!breaker.allowed) });
  }
  const labels = (one: KnownContainer) => one.labels.short;
  sheet.rows('hemostat_remediation_cooldown_active', containers, labels, ({ key }) => closed.get(key)?.cooldown ?? 0);
  sheet.rows('hemostat_circuit_breaker_open', containers, labels, ({ key }) => closed.get(key)?.breaker ?? 0);
}
