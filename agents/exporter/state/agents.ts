import { MODES } from '../../../src/contract/events';
import type { Switches } from '../../../src/contract/switches';
import { GONE_AFTER_MS, type AgentState } from '../../runtime/heartbeat';
import { agentLabel } from '../names';
import { timestamp, type Sheet } from '../sheet';

function living(sheet: Sheet, state: AgentState, now: number): void {
  const who = { agent_name: agentLabel(state.agent), copy: state.instance };
  const started = timestamp(state.started_at);
  sheet.set('hemostat_agent_uptime_seconds', who, started === undefined ? undefined : Math.max(0, now / 1000 - started));
  sheet.set('hemostat_agent_info', { ...who, version: state.version }, 1);
  // Monitor and exporter keep leases of their own and tell so in their state.
  sheet.set('hemostat_agent_leading', who, Number(state.leading || state.state.leading === true));
  sheet.set('hemostat_agent_in_flight', who, state.in_flight);
  sheet.set('hemostat_agent_resident_memory_bytes', who, state.memory_bytes);
  sheet.set('hemostat_agent_handled_total', who, state.handled);
  sheet.set('hemostat_agent_failed_total', who, state.failed);
  sheet.set('hemostat_agent_dead_letters_total', who, state.dead);
  new Set(state.troubles.map((trouble) => trouble.part)).forEach((part) => sheet.set('hemostat_agent_trouble', { ...who, part }, 1));
}

/** The newest of each host: a monitor that stands by has no figures. */
function lastPolls(sheet: Sheet, states: readonly AgentState[]): void {
  const byHost = new Map<string, number>();
  for (const { agent, seen_at: seenAt, state } of states) {
    const seen = timestamp(seenAt);
    if (agent === 'monitor' && typeof state.figures_age_seconds === 'number' && seen !== undefined) {
      const host = String(state.host ?? '');
      byHost.set(host, Math.max(byHost.get(host) ?? 0, seen - state.figures_age_seconds));
    }
  }
  byHost.forEach((at, host) => sheet.set('hemostat_monitor_last_poll_timestamp_seconds', { host }, at));
}

/** What the agents tell of themselves; of those that are gone only when they were last seen. */
export function agentFigures(sheet: Sheet, states: readonly AgentState[], now: number): void {
  const alive = states.filter((state) => now - Date.parse(state.seen_at) < GONE_AFTER_MS);
  alive.forEach((state) => living(sheet, state, now));
  for (const state of states) {
    sheet.set('hemostat_agent_heartbeat_timestamp_seconds', { agent_name: agentLabel(state.agent), copy: state.instance }, timestamp(state.seen_at));
  }
  lastPolls(sheet, states);
  const responders = alive.filter((state) => state.agent === 'responder').sort((a, b) => Number(b.leading) - Number(a.leading));
  if (responders[0]) {
    MODES.forEach((mode) => sheet.set('hemostat_mode', { mode }, Number(responders[0]?.state.mode === mode)));
  }
}

export function switchFigures(sheet: Sheet, switches: Switches, now: number): void {
  sheet.set('hemostat_paused', {}, Number(switches.paused !== undefined));
  sheet.set('hemostat_paused_since_timestamp_seconds', {}, timestamp(switches.paused?.since));
  sheet.set('hemostat_maintenance_active', {}, [...switches.maintenance.values()].filter((one) => Date.parse(one.until) > now).length);
}
