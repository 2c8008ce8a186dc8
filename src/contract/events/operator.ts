import { z } from 'zod';
import { actionSchema } from './common';

const by = { user: z.string(), reason: z.string().optional() };

/** What a person asks for, from the command line, a page or Slack. The audit record of it is the event itself. */
export const commandData = z.discriminatedUnion('command', [
  z.object({ command: z.literal('approve'), digest: z.string(), ...by }),
  z.object({ command: z.literal('reject'), digest: z.string(), ...by }),
  z.object({ command: z.literal('acknowledge'), ...by }),
  z.object({ command: z.literal('silence'), /** ISO 8601 UTC. */ until: z.string(), ...by }),
  z.object({ command: z.literal('unsilence'), ...by }),
  z.object({ command: z.literal('resolve'), ...by }),
  z.object({ command: z.literal('comment'), text: z.string(), ...by }),
  z.object({ command: z.literal('remediate'), action: actionSchema, arguments: z.array(z.string()).optional(), ...by }),
  /** For one container, a compose project, or everything. */
  z.object({ command: z.literal('maintenance'), scope: z.string(), until: z.string(), ...by }),
  z.object({ command: z.literal('maintenance_end'), scope: z.string(), ...by }),
  /** Stops every action of the healer at once; it goes on watching. */
  z.object({ command: z.literal('pause'), ...by }),
  z.object({ command: z.literal('resume'), ...by }),
  /** About an alert of HemoStat itself, by its id. */
  z.object({ command: z.literal('alert_acknowledge'), alert: z.string(), comment: z.string().optional(), ...by }),
  z.object({ command: z.literal('alert_silence'), alert: z.string(), until: z.string(), ...by }),
  z.object({ command: z.literal('alert_resolve'), alert: z.string(), ...by }),
  /** Adds or changes a rule for such alerts; checked before it is written. */
  z.object({ command: z.literal('alert_rule'), rule: z.record(z.string(), z.unknown()), ...by }),
  /** Takes a rule away; one that comes with HemoStat gets its default again. */
  z.object({ command: z.literal('alert_rule_remove'), rule: z.string(), ...by }),
  z.object({ command: z.literal('policy'), policy: z.record(z.string(), z.unknown()), ...by }),
]);
export type Command = z.infer<typeof commandData>;
