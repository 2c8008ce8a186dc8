import { z } from 'zod';
import { answers } from './answers';
import { containerStateSchema } from './containers';
import { INCIDENT_STATES } from './incident';
import { maintenanceWindowSchema, policyDocumentSchema, policyLayerSchema, policyValuesSchema } from './policy';

export { answers } from './answers';

function answer<S extends z.ZodType>(id: string, schema: S): S {
  answers.add(schema, { id });
  return schema;
}

export const errorSchema = answer('Error', z.object({ error: z.string(), message: z.string(), mend: z.string().optional() }));

export const incidentSchema = answer(
  'Incident',
  z.object({ id: z.string(), state: z.enum(INCIDENT_STATES), events: z.number(), fields: z.record(z.string(), z.string()).describe('Everything that its events have set, as text.') })
);
export const incidentsSchema = answer('Incidents', z.object({ incidents: z.array(incidentSchema), more: z.boolean() }));

export const storedEventSchema = answer(
  'StoredEvent',
  z.object({ stream_id: z.string(), text: z.string().describe('The event in words.'), event: z.looseObject({ id: z.string(), time: z.string(), type: z.string(), agent: z.string() }) })
);
export const incidentDetailSchema = answer(
  'IncidentDetail',
  z.object({
    incident: incidentSchema,
    headline: z.string(),
    summary: z.string(),
    events: z.array(storedEventSchema),
    missing: z.number().describe('Events that retention has removed, or that cannot be read.'),
    more: z.boolean().describe('True when the incident has more events than are given here, the newest ones.'),
  })
);

export const containerSchema = answer('Container', containerStateSchema);
export const containersSchema = answer('Containers', z.object({ containers: z.array(containerSchema), more: z.boolean() }));

const origin = z.enum(['default', 'environment', 'file', 'command', 'project', 'label']);
export const effectivePolicySchema = answer(
  'EffectivePolicy',
  policyValuesSchema.extend({
    enabled: z.boolean(),
    enabled_reason: z.string(),
    own_containers: z.array(z.string()).readonly(),
    maintenance: z.array(maintenanceWindowSchema).readonly(),
    origins: z.record(z.string(), origin).describe('Where each value comes from; breaker.failures for nested ones.'),
    warnings: z.array(z.string()).readonly(),
  })
);
export const containerDetailSchema = answer(
  'ContainerDetail',
  z.object({
    key: z.string(),
    container: containerSchema,
    policy: effectivePolicySchema,
    incidents: z.array(incidentSchema).describe('The latest, also ended ones.'),
    dependents: z.array(z.string()).describe('Keys of the containers that depend on it.'),
    warnings: z.array(z.string()),
  })
);

export const remediationsSchema = answer(
  'Remediations',
  z.object({
    remediations: z.array(z.record(z.string(), z.unknown())).describe('Columns as of the query remediations; times are milliseconds since 1970.'),
    cursor: z.string().describe('Give it as cursor for the next page; empty at the end.'),
    more: z.boolean(),
    notices: z.array(z.string()),
  })
);

export const insightsSchema = answer(
  'Insights',
  z.object({
    insights: z.array(z.record(z.string(), z.unknown())).describe('Columns as of the first frame of the query insights; times are milliseconds since 1970.'),
    episodes: z.array(z.record(z.string(), z.unknown())).describe('Times of high error rates: columns as of the second frame.'),
    notices: z.array(z.string()),
  })
);

const storedPolicy = z.object({ version: z.string(), time: z.string(), user: z.string(), reason: z.string() });
export const policySchema = answer(
  'Policy',
  z.object({
    version: z.string().describe('Send it back with a change, so that no other change is overwritten.'),
    from: z.enum(['file', 'command']),
    document: policyDocumentSchema,
    environment: policyLayerSchema.optional().describe('What environment variables of the responder say; the document wins over it. Absent when no living responder tells.'),
    stored: storedPolicy.nullable().describe('Who put it in force; null when nobody has changed it through HemoStat.'),
    responders: z.array(z.object({ instance: z.string(), policy: z.string(), mode: z.string() })).describe('What living responders go by.'),
    warnings: z.array(z.string()),
  })
);
export const policyVersionsSchema = answer(
  'PolicyVersions',
  z.object({ versions: z.array(storedPolicy.extend({ policy: z.record(z.string(), z.unknown()) })).describe('Newest first.'), unreadable: z.number() })
);
export const policyForSchema = answer('PolicyFor', z.object({ version: z.string(), container: z.string().nullable(), policy: effectivePolicySchema, warnings: z.array(z.string()) }));

const outcome = z.object({ kind: z.enum(['acts', 'asks', 'observes', 'blocked', 'nothing']), action: z.string(), guard: z.string().optional(), reason: z.string() });
const change = z.enum(['appears', 'vanishes', 'blocked', 'changed', 'same']);
export const whatIfSchema = answer(
  'WhatIf',
  z.object({
    base_version: z.string(),
    decisions: z.number(),
    counts: z.record(change, z.number()),
    actions: z.object({ before: z.number(), after: z.number() }),
    refusals: z.object({ before: z.record(z.string(), z.number()), after: z.record(z.string(), z.number()) }).describe('By guard.'),
    lines: z.array(z.object({ id: z.string(), time: z.string(), container: z.string(), incident_id: z.string(), before: outcome, after: outcome, change })).describe('What would be different, newest first.'),
    more: z.boolean().describe('True when there are more lines than are given.'),
    cut_short: z.boolean().describe('True when the log holds more than could be looked at: the newest part was.'),
    unreadable: z.number(),
    warnings: z.array(z.string()),
  })
);

const trouble = z.object({ part: z.string(), message: z.string(), mend: z.string(), since: z.string() });
export const statusSchema = answer(
  'Status',
  z.object({
    ok: z.boolean(),
    problems: z.array(z.string()),
    mode: z.array(z.string()).describe('Of living responders, most often one.'),
    agents: z.array(
      z.object({
        agent: z.string(),
        instance: z.string(),
        version: z.string(),
        alive: z.boolean(),
        leading: z.boolean(),
        started_at: z.string(),
        seen_at: z.string(),
        handled: z.number(),
        failed: z.number(),
        dead: z.number(),
        in_flight: z.number(),
        memory_bytes: z.number(),
        lag: z.number().nullable(),
        pending: z.number().nullable(),
        troubles: z.array(trouble),
      })
    ),
    groups: z.array(z.object({ group: z.string(), partition: z.number(), pending: z.number(), lag: z.number().optional(), consumers: z.number() })),
    dead_letters: z.number(),
    paused: z.object({ user: z.string(), reason: z.string(), since: z.string() }).nullable(),
    maintenance: z.array(z.object({ scope: z.string(), user: z.string(), reason: z.string(), since: z.string(), until: z.string() })),
    fleet: z.object({ total: z.number(), running: z.number(), stopped: z.number(), ill: z.number() }),
    redis: z
      .object({ version: z.string(), used_bytes: z.number(), max_bytes: z.number().describe('0 when there is no limit.'), policy: z.string(), append_only: z.boolean(), full: z.boolean(), response_ms: z.number().optional().describe('How long Redis took to answer, milliseconds.') })
      .nullable()
      .describe('null when Redis does not let us ask.'),
  })
);

export const filtersSchema = answer(
  'Filters',
  z.object({
    query_types: z.array(z.string()),
    types: z.array(z.string()),
    severities: z.array(z.string()),
    statuses: z.array(z.string()),
    actions: z.array(z.string()),
    agents: z.array(z.string()),
    containers: z.array(z.string()).describe('Keys: host and name.'),
    hosts: z.array(z.string()),
    projects: z.array(z.string()),
    more: z.boolean().describe('True when there are more containers than are given.'),
  })
);
export const variablesSchema = answer('Variables', z.object({ values: z.array(z.object({ text: z.string(), value: z.string() })), more: z.boolean() }));

export const doneSchema = answer(
  'Done',
  z.object({
    event_id: z.string().describe('Of the command in the log: the record of who asked for what.'),
    command: z.string(),
    incident: z.string().optional(),
    container: z.string().optional(),
    until: z.string().optional(),
    covers: z.number().optional().describe('Known containers that the scope covers.'),
    version: z.string().optional(),
    next: z.string().describe('What happens now, in one sentence.'),
  })
);

export type ErrorAnswer = z.infer<typeof errorSchema>;
export type IncidentAnswer = z.infer<typeof incidentSchema>;
export type IncidentsAnswer = z.infer<typeof incidentsSchema>;
export type StoredEventAnswer = z.infer<typeof storedEventSchema>;
export type IncidentDetailAnswer = z.infer<typeof incidentDetailSchema>;
export type ContainerAnswer = z.infer<typeof containerSchema>;
export type ContainersAnswer = z.infer<typeof containersSchema>;
export type EffectivePolicyAnswer = z.infer<typeof effectivePolicySchema>;
export type ContainerDetailAnswer = z.infer<typeof containerDetailSchema>;
export type RemediationsAnswer = z.infer<typeof remediationsSchema>;
export type InsightsAnswer = z.infer<typeof insightsSchema>;
export type PolicyAnswer = z.infer<typeof policySchema>;
export type PolicyVersionsAnswer = z.infer<typeof policyVersionsSchema>;
export type PolicyForAnswer = z.infer<typeof policyForSchema>;
export type WhatIfAnswer = z.infer<typeof whatIfSchema>;
export type StatusAnswer = z.infer<typeof statusSchema>;
export type FiltersAnswer = z.infer<typeof filtersSchema>;
export type VariablesAnswer = z.infer<typeof variablesSchema>;
export type DoneAnswer = z.infer<typeof doneSchema>;
