import type { AgentState } from '../../runtime/heartbeat';
import { isAlive } from './agents';
import type { Finding } from './component';

const MONITOR = 'npx hemostat agent monitor';

/** Engine address -> name of its host, as the monitors told last. */
export type Engines = ReadonlyMap<string, string>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const millis = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? { ms: value } : {});

/** What the monitors that live tell of which engine belongs to which host. */
export function enginesOf(states: readonly AgentState[], now: number): Engines {
  const told = states.filter((one) => one.agent === 'monitor' && isAlive(one, now) && text(one.state.engine) !== '');
  return new Map(told.flatMap(({ state }): Array<[string, string]> => (text(state.host) === '' ? [] : [[text(state.engine), text(state.host)]])));
}

function ofHost(host: string, monitors: readonly AgentState[]): Finding {
  const finding: Finding = { name: `docker:${host}`, kind: 'docker', status: 'healthy', critical: true };
  const leader = monitors.find(({ state }) => state.leading === true && state.connected === true);
  if (leader) {
    return { ...finding, ...millis(leader.state.docker_ms) };
  }
  const trouble = monitors.flatMap(({ troubles }) => troubles).find(({ part }) => part === 'docker');
  if (trouble) {
    return { ...finding, status: 'unhealthy', error: trouble.message, mend: trouble.mend };
  }
  // A monitor that has just begun, or that waits for the lead.
  return finding;
}

/**
 * The Docker engines, as the monitors see them. One whose monitor is gone is neither well nor ill: nobody looks at it.
 * @param remembered engines of the last day
 */
export function dockerFindings(states: readonly AgentState[], remembered: Engines, now: number): Finding[] {
  const monitors = states.filter((one) => one.agent === 'monitor' && isAlive(one, now));
  const byHost = new Map<string, AgentState[]>([...remembered.values()].map((host) => [host, []]));
  for (const monitor of monitors) {
    const engine = text(monitor.state.engine);
    const host = text(monitor.state.host) || (remembered.get(engine) ?? engine);
    if (host !== '') {
      byHost.set(host, [...(byHost.get(host) ?? []), monitor]);
    }
  }
  return [...byHost]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, mine]) => (mine.length > 0 ? ofHost(host, mine) : { name: `docker:${host}`, kind: 'docker', status: 'degraded', error: `No monitor looks at the Docker engine of ${host}.`, mend: MONITOR, critical: true }));
}
