export type IllnessKind =
  | 'crash'
  | 'crash_loop'
  | 'cpu_burn'
  | 'memory_leak'
  | 'failing_health'
  | 'slow_start'
  | 'lost_network'
  | 'intended_stop'
  | 'planned_update';

/** What makes the container well again; `nothing` means that it is not ill at all and must be left alone. */
export type Cure = 'restart' | 'time' | 'nothing';

export interface Illness {
  container: string;
  kind: IllnessKind;
  cure: Cure;
  /** When it begins or began, ISO 8601 UTC. */
  time: string;
  state: 'scheduled' | 'present' | 'over';
  /** ISO 8601 UTC, once it is over. */
  endedAt?: string;
}
