import { z } from 'zod';
import { scopeCovers, type ScopeSubject } from './policy';

const by = { user: z.string(), reason: z.string().default(''), /** ISO 8601 UTC. */ since: z.string() };
const pauseSchema = z.object(by);
const maintenanceSchema = z.object({ ...by, /** ISO 8601 UTC. */ until: z.string() });

/** What operators have switched, as the hash `switches` of partition 0 holds it: field -> JSON. */
export interface Switches {
  paused?: z.infer<typeof pauseSchema>;
  /** How many of the original's responders hear what we publish. */
  originalResponders?: number;
  /** By scope. */
  maintenance: ReadonlyMap<string, z.infer<typeof maintenanceSchema>>;
}

export const PAUSE_FIELD = 'pause';
export const maintenanceField = (scope: string) => `maintenance:${scope.trim() || 'all'}`;
export const NO_SWITCHES: Switches = { maintenance: new Map() };

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the hash. A pause that cannot be read is a pause all the same. */
export function readSwitches(hash: Readonly<Record<string, string>>): Switches {
  const maintenance = new Map<string, z.infer<typeof maintenanceSchema>>();
  for (const [field, text] of Object.entries(hash)) {
    const parsed = field.startsWith('maintenance:') ? maintenanceSchema.safeParse(json(text)) : undefined;
    if (parsed?.success) {
      maintenance.set(field.slice('maintenance:'.length), parsed.data);
    }
  }
  const text = hash[PAUSE_FIELD];
  if (text === undefined) {
    return { maintenance };
  }
  const paused = pauseSchema.safeParse(json(text));
  return { maintenance, paused: paused.success ? paused.data : { user: 'unknown', reason: 'the entry cannot be read', since: '' } };
}

/** The maintenance that an operator has switched on for a container, the one that ends last. */
export function switchedMaintenance(switches: Switches, subject: ScopeSubject, now: number): { scope: string; user: string; until: number } | undefined {
  let last: { scope: string; user: string; until: number } | undefined;
  for (const [scope, entry] of switches.maintenance) {
    const until = Date.parse(entry.until);
    if (until > now && scopeCovers(scope, subject) && until > (last?.until ?? 0)) {
      last = { scope, user: entry.user, until };
    }
  }
  return last;
}
