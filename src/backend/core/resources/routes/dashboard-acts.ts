import { z } from 'zod';
import { readAgentAlerts } from '../../../../../agents/runtime/collect';
import { GONE_AFTER_MS, readAgentStates } from '../../../../../agents/runtime/heartbeat';
import { alertCommand, type AlertCommand, type CommandOptions } from '../../../../contract/commands';
import type { AgentAlert } from '../../../../contract/events';
import { alertDoneSchema } from '../../../../contract/observability/payloads';
import { appendCommand } from '../append';
import { ResourceError } from '../errors';
import { checked, type Call, type Parts, type Route } from '../route';
import { bodies, words } from '../schemas';
import { dashboardRoute } from './dashboard-route';

type Done = z.input<typeof alertDoneSchema>;

const SHORT_ID = 8;

/** What the observer does with a command, or that there is none to do it. */
export async function nextWords({ ask, log, now }: Parts, signal: AbortSignal, next: string): Promise<string> {
  const states = await ask(signal, async () => readAgentStates(log));
  const lives = states.some((one) => one.agent === 'observer' && now() - Date.parse(one.seen_at) < GONE_AFTER_MS);
  return lives ? next : 'No observer lives: it takes effect once one is started (`npx hemostat agent observer`).';
}

/** R480 as settled: everybody acts under their own name. @throws ResourceError 400 */
function refuseUser({ query, body, caller }: Call): void {
  for (const given of [query, body]) {
    if (typeof given === 'object' && given !== null && 'user' in given) {
      throw new ResourceError('bad_request', `A user cannot be given: it is the signed-in one, here ${caller.user || 'nobody'}.`, 'Leave the parameter user out.');
    }
  }
}

/** An act under the caller's own name. */
export function act(one: Route): Route {
  return {
    ...one,
    run: async (call, parts) => {
      refuseUser(call);
      return one.run(call, parts);
    },
  };
}

/** By its id, or by the eight characters that people see of it (R439). @throws ResourceError 404, or 409 when several begin so */
async function alertOf({ ask, log }: Parts, id: string, signal: AbortSignal): Promise<AgentAlert> {
  const alerts = await ask(signal, async () => readAgentAlerts(log));
  const fitting = id.length === SHORT_ID ? alerts.filter((one) => one.alert_id.startsWith(id)) : alerts.filter((one) => one.alert_id === id);
  const [first, second] = fitting;
  if (!first) {
    throw new ResourceError('not_found', `Alert ${id.slice(0, 64)} not found`, 'The resource dashboard/alerts lists those that there are.');
  }
  if (second) {
    throw new ResourceError('conflict', `${fitting.length} alerts begin with ${id}.`, `Give the whole id: ${fitting.slice(0, 5).map((one) => one.alert_id).join(', ')}.`);
  }
  return first;
}

/** From the query string and from the body together. @throws ResourceError 400 when a field stands in both, is missing, or does not fit */
function parametersOf<S extends z.ZodType>(schema: S, { query, body }: Call): z.output<S> {
  const [inQuery, inBody] = [query, body].map((one) => (one ?? {}) as Record<string, unknown>) as [Record<string, unknown>, Record<string, unknown>];
  const twice = Object.keys(inQuery).find((name) => Object.hasOwn(inBody, name));
  if (twice !== undefined) {
    throw new ResourceError('bad_request', `${twice} stands in the query string and in the body.`, 'Give it once.');
  }
  return checked('parameters', schema, { ...inBody, ...inQuery });
}

interface Act {
  status: Done['status'];
  id: string;
  summary: string;
  next: string;
  /** What may be given, in the query string or in the body. */
  parameters: z.ZodObject;
  bodyId: string;
}

const comment = words.optional().describe('Why, for the record.');
const duration = z.coerce.number().int().min(5).max(1440).describe('Minutes that it is silent.');

const ACTS: Record<AlertCommand, Act> = {
  acknowledge: {
    status: 'acknowledged',
    id: 'acknowledgeAgentAlert',
    summary: 'Marks an alert about HemoStat itself as seen.',
    next: 'It is marked as seen, and resolves by itself when its condition ends.',
    parameters: z.strictObject({ comment }),
    bodyId: 'AlertAcknowledgeBody',
  },
  silence: {
    status: 'silenced',
    id: 'silenceAgentAlert',
    summary: 'Sends no notices about an alert about HemoStat itself for some minutes.',
    next: 'No notices about it are sent until then. When its condition still holds at the end, it fires again.',
    parameters: z.strictObject({ duration_minutes: duration }),
    bodyId: 'AlertSilenceBody',
  },
  resolve: {
    status: 'resolved',
    id: 'resolveAgentAlert',
    summary: 'Resolves an alert about HemoStat itself by hand.',
    next: 'It is resolved. When its condition still holds after the cooldown of its rule, a new one fires.',
    parameters: z.strictObject({ comment }),
    bodyId: 'AlertResolveBody',
  },
};

async function onAlert(name: AlertCommand, call: Call, parts: Parts): Promise<Done> {
  const { parameters, status, next } = ACTS[name];
  const given = parametersOf(parameters, call) as { comment?: string; duration_minutes?: number };
  const alert = await alertOf(parts, call.params.alert_id ?? '', call.signal);
  const options: CommandOptions = { ...(given.comment ? { text: given.comment } : {}), ...(given.duration_minutes === undefined ? {} : { minutes: given.duration_minutes }) };
  const made = alertCommand(name, alert, options, { user: call.caller.user }, parts.now());
  if (!made.ok) {
    throw new ResourceError('conflict', made.refusal.message, 'The resource dashboard/alerts lists the active ones.');
  }
  const eventId = await appendCommand(parts, made.command, {}, call.caller, call.signal);
  return {
    status,
    alert_id: alert.alert_id,
    ...(given.duration_minutes === undefined ? {} : { duration_minutes: given.duration_minutes }),
    ...('until' in made.command ? { until: made.command.until } : {}),
    event_id: eventId,
    next: await nextWords(parts, call.signal, next),
  };
}

function alertRoute(name: AlertCommand): Route {
  const { id, summary, parameters, bodyId } = ACTS[name];
  const optional = parameters.partial();
  const body = z.strictObject(optional.shape);
  bodies.add(body, { id: bodyId });
  return act(
    dashboardRoute({
      method: 'POST',
      path: `alerts/{alert_id}/${name}`,
      role: 'Editor',
      acts: true,
      id,
      summary: `${summary} Parameters stand in the query string or in the body.`,
      query: optional,
      body,
      bodyOptional: true,
      answer: alertDoneSchema,
      errors: { 404: 'There is no such alert.', 409: 'It is resolved already, or several alerts begin with these characters.' },
      handle: async (call, parts) => onAlert(name, call, parts),
    })
  );
}

export const dashboardActRoutes: Route[] = [alertRoute('acknowledge'), alertRoute('silence'), alertRoute('resolve')];
