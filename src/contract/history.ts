import { z } from 'zod';
import { actionSchema, VERDICTS, RESULT_STATUSES } from './events';

const who = { id: z.string(), time: z.string(), container: z.string(), host: z.string(), incident_id: z.string().default('') };

/** One line of the record that the guards count by. The append script writes it with the event that it comes from. */
export const actionRecordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), ...who, action: actionSchema, dry_run: z.boolean(), project: z.string(), targets: z.array(z.string()) }),
  z.object({ kind: z.literal('complete'), ...who, action: actionSchema, dry_run: z.boolean(), project: z.string(), status: z.enum(RESULT_STATUSES) }),
  z.object({ kind: z.literal('verified'), ...who, action: actionSchema, verdict: z.enum(VERDICTS) }),
]);
export type ActionRecord = z.infer<typeof actionRecordSchema>;
