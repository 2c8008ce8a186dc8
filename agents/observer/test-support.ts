import type { AgentState } from '../runtime/heartbeat';

export const NOW = Date.parse('2026-03-02T14:00:00.000Z');
export const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

/** The word of one copy of an agent, alive at NOW unless said otherwise. */
export function testState(agent: string, more: Partial<AgentState> = {}): AgentState {
  return {
    agent,
    instance: 'copy-1',
    pid: 1,
    version: '1.0.0',
    started_at: before(3600),
    seen_at: before(1),
    leading: false,
    handled: 0,
    failed: 0,
    dead: 0,
    in_flight: 0,
    memory_bytes: 1,
    troubles: [],
    state: {},
    ...more,
  };
}

export const testTrouble = (part: string) => ({ part, message: `${part} is away.`, mend: `Start ${part}.`, since: before(10) });
