import { z } from 'zod';
import { MAINTENANCE_MINUTES, SILENCE_MINUTES, byWhom, incidentCommand, untilIn, type CommandOptions, type IncidentCommand, type Refusal } from '../../../../contract/commands';
import { ACTIONS, containerKey, type Command } from '../../../../contract/events';
import { scopeCovers } from '../../../../contract/policy';
import { readSwitches } from '../../../../contract/switches';
import { appendCommand, type About } from '../append';
import { ResourceError } from '../errors';
import { containerOf, incidentOf, knownContainers } from '../find';
import { route, type Call, type Parts, type Route, type RouteFacts } from '../route';
import { doneSchema } from '../../../../contract/api';
import { bodies, containerName, incidentId, words } from '../schemas';

type Done = z.input<typeof doneSchema>;

function body<S extends z.ZodType>(id: string, schema: S): S {
  bodies.add(schema, { id });
  return schema;
}

/** What all actions have in common. */
const facts = (name: string, role: RouteFacts['role'], id: string, summary: string) => ({ method: 'POST' as const, path: `actions/${name}`, role, acts: true, id, tag: 'Actions', summary });

async function write(parts: Parts, { caller, signal }: Pick<Call, 'caller' | 'signal'>, command: Command, about: About = {}): Promise<Pick<Done, 'event_id' | 'command'>> {
  return { event_id: await appendCommand(parts, command, about, caller, signal), command: command.command };
}

const MENDS: Record<Refusal['code'], string> = {
  not_waiting: 'Load the incident again: it was answered, has expired or was withdrawn.',
  other_digest: 'Load the incident again and decide on the action that waits now.',
  expired: 'The responder asks anew when the container is still ill.',
  ended: 'The resource incidents lists the active ones.',
  not_silenced: 'Nothing is to be done.',
};

const NEXT: Record<IncidentCommand, string> = {
  approve: 'The responder checks its guards again and then acts.',
  reject: 'Nothing is done. The incident stays on the list until the container is well.',
  acknowledge: 'It is marked as seen; healing goes on.',
  silence: 'No notices about it are sent; healing goes on.',
  unsilence: 'Notices about it are sent again.',
  resolve: 'It is closed. When the container is still ill, the next alert opens a new one.',
  comment: 'It stands in the story of the incident.',
};

interface OnIncident extends CommandOptions {
  incident: string;
  reason?: string | undefined;
}

async function onIncident(name: IncidentCommand, call: Call<unknown, OnIncident>, parts: Parts): Promise<Done> {
  const { incident: id, reason, ...options } = call.body;
  const incident = await incidentOf(parts, id, call.signal);
  const who = { user: call.caller.user, ...(reason ? { reason } : {}) };
  const made = incidentCommand(name, incident, options, who, parts.now());
  if (!made.ok) {
    throw new ResourceError('conflict', made.refusal.message, MENDS[made.refusal.code]);
  }
  const { host = '', container = '', key = '' } = incident.fields;
  const written = await write(parts, call, made.command, { host, container, incidentId: id });
  return { ...written, incident: id, container: key, ...('until' in made.command ? { until: made.command.until } : {}), next: NEXT[name] };
}

const mark = { incident: incidentId, reason: words.optional() };
const answerBody = z.strictObject({ ...mark, digest: z.string().min(1).max(128).describe('Of the action that was looked at, as the incident gives it.') });
const incidentErrors = { 404: 'There is no such incident.', 409: 'It makes no sense for this incident as it stands now.' } as const;

function incidentRoute<B extends z.ZodType<OnIncident>>(name: IncidentCommand, role: RouteFacts['role'], id: string, summary: string, schema: B): Route {
  return route({ ...facts(name, role, id, summary), body: schema, answer: doneSchema, errors: incidentErrors, handle: async (call, parts) => onIncident(name, { ...call, body: call.body }, parts) });
}

const remediateBody = body(
  'RemediateBody',
  z
    .strictObject({
      container: containerName,
      action: z.enum(ACTIONS.filter((one) => one !== 'none')),
      arguments: z.array(z.string().min(1).max(1000)).min(1).max(64).optional().describe('For exec: the argument vector.'),
      reason: words.optional(),
    })
    .refine((given) => (given.action === 'exec') === (given.arguments !== undefined), 'exec needs arguments, and nothing else takes any')
);

const scope = z.string().trim().min(1).max(300).describe('all, project:NAME, container:NAME, or the bare name of either.');
const maintenanceBody = body('MaintenanceBody', z.strictObject({ scope, minutes: z.number().int().min(MAINTENANCE_MINUTES.min).max(MAINTENANCE_MINUTES.max).default(MAINTENANCE_MINUTES.usual), reason: words.optional() }));
const reasonBody = body('ReasonBody', z.strictObject({ reason: words.optional() }));

const by = (call: Call<unknown, { reason?: string | undefined }>) => byWhom({ user: call.caller.user, ...(call.body.reason ? { reason: call.body.reason } : {}) });

export const actionRoutes: Route[] = [
  incidentRoute('acknowledge', 'Editor', 'acknowledge', 'Marks an incident as seen.', body('MarkBody', z.strictObject(mark))),
  incidentRoute(
    'silence',
    'Editor',
    'silence',
    'Sends no notices about an incident for some minutes.',
    body('SilenceBody', z.strictObject({ ...mark, minutes: z.number().int().min(SILENCE_MINUTES.min).max(SILENCE_MINUTES.max) }))
  ),
  incidentRoute('unsilence', 'Editor', 'unsilence', 'Sends notices about an incident again.', body('UnsilenceBody', z.strictObject(mark))),
  incidentRoute('resolve', 'Editor', 'resolve', 'Closes an incident by hand.', body('ResolveBody', z.strictObject(mark))),
  incidentRoute('comment', 'Editor', 'comment', 'Adds a comment to the story of an incident.', body('CommentBody', z.strictObject({ incident: incidentId, text: z.string().trim().min(1).max(4000) }))),
  incidentRoute('approve', 'Admin', 'approve', 'Allows the action that waits for approval.', body('ApproveBody', answerBody)),
  incidentRoute('reject', 'Admin', 'reject', 'Refuses the action that waits for approval.', body('RejectBody', z.strictObject(answerBody.shape))),
  route({
    ...facts('remediate', 'Admin', 'remediate', 'Orders an action on a container; the guards still decide.'),
    body: remediateBody,
    answer: doneSchema,
    errors: { 404: 'The monitor knows no such container.', 409: 'Several hosts have a container of this name.' },
    handle: async (call, parts) => {
      const container = await containerOf(parts, call.body.container, call.signal);
      const { action, arguments: vector } = call.body;
      const written = await write(parts, call, { command: 'remediate', action, ...(vector ? { arguments: vector } : {}), ...by(call) }, container);
      return { ...written, container: containerKey(container), next: 'The responder checks its guards, acts and verifies; a refusal names the guard.' };
    },
  }),
  route({
    ...facts('maintenance', 'Editor', 'startMaintenance', 'Begins a maintenance window: nothing is done to what the scope covers.'),
    body: maintenanceBody,
    answer: doneSchema,
    handle: async (call, parts) => {
      const { scope: covered, minutes } = call.body;
      const until = untilIn(minutes, parts.now());
      const known = await knownContainers(parts, call.signal);
      const written = await write(parts, call, { command: 'maintenance', scope: covered, until, ...by(call) });
      return { ...written, until, covers: known.filter((one) => scopeCovers(covered, one)).length, next: `Nothing is done to ${covered} until ${until}.` };
    },
  }),
  route({
    ...facts('maintenance-end', 'Editor', 'endMaintenance', 'Ends a maintenance window early.'),
    body: body('MaintenanceEndBody', z.strictObject({ scope, reason: words.optional() })),
    answer: doneSchema,
    errors: { 409: 'There is no such window.' },
    handle: async (call, parts) => {
      const { scope: covered } = call.body;
      const hash = await parts.ask(call.signal, async (redis) => redis.hgetall(parts.log.partition(0).switches));
      const { maintenance } = readSwitches(hash);
      if (!maintenance.has(covered)) {
        throw new ResourceError('conflict', `No maintenance window of ${covered} is open.`, maintenance.size > 0 ? `Open are: ${[...maintenance.keys()].slice(0, 8).join(', ')}. Give the scope as it was begun.` : 'None is open at all.');
      }
      return { ...(await write(parts, call, { command: 'maintenance_end', scope: covered, ...by(call) })), next: `Actions on ${covered} are allowed again, under the same guards as before.` };
    },
  }),
  route({
    ...facts('pause', 'Admin', 'pause', 'Stops every action of the healer at once; it goes on watching.'),
    body: reasonBody,
    answer: doneSchema,
    handle: async (call, parts) => ({ ...(await write(parts, call, { command: 'pause', ...by(call) })), next: 'No action is begun until it is resumed. Watching, explaining and notices go on.' }),
  }),
  route({
    ...facts('resume', 'Admin', 'resume', 'Ends a pause.'),
    body: body('ResumeBody', z.strictObject({ reason: words.optional() })),
    answer: doneSchema,
    handle: async (call, parts) => ({ ...(await write(parts, call, { command: 'resume', ...by(call) })), next: 'Actions are begun again, under the same guards as before.' }),
  }),
];
