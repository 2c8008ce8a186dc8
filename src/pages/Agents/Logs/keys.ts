import type { LogEntry } from '../../../contract/observability/schemas';

/** A key for each line that stays with it as others come before it; equal lines are counted. @param entries newest first */
export function keysOf(entries: readonly LogEntry[]): string[] {
  const seen = new Map<string, number>();
  // Counted from the oldest, since newer ones come at the top.
  return entries
    .toReversed()
    .map(({ timestamp, agent_id: agent, message }) => {
      const name = `${timestamp} ${agent} ${message}`;
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      return `${name} ${count}`;
    })
    .toReversed();
}
