import type { Action, PlannedAction } from '../../src/contract/events';
import type { ContainerDetails } from '../docker/types';
import { HemostatError, errorText } from '../runtime/errors';
import type { Case } from './case';
import { nameOf } from './plan';
import type { World, Worlds } from './world';

/** What a look at the engine right before acting has shown. */
export type Prepared =
  | { kind: 'ready'; world: World; details: ContainerDetails; plan: PlannedAction }
  | { kind: 'not_applicable'; reason: string }
  /** The container is not there any more. */
  | { kind: 'gone'; reason: string }
  /** The engine cannot be asked. */
  | { kind: 'engine'; error: string; mend: string };

type Look = { world: World; details: ContainerDetails; plan: PlannedAction };
const no = (reason: string): Prepared => ({ kind: 'not_applicable', reason });
const ready = (look: Look): Prepared => ({ kind: 'ready', ...look });

export function isGone(cause: unknown): boolean {
  return cause instanceof HemostatError && cause.code === 'docker_not_found';
}

async function forRestart(look: Look): Promise<Prepared> {
  const { world, details } = look;
  if (!details.networkParent) {
    return ready(look);
  }
  const parent = await world.inspect(details.networkParent).catch((cause: unknown) => {
    if (isGone(cause)) {
      return undefined;
    }
    throw cause;
  });
  return parent?.running
    ? ready(look)
    : no(`It shares the network of ${parent?.name ?? details.networkParent.slice(0, 64)}, which is not running: it can start only after that one.`);
}

async function forScaleUp(look: Look): Promise<Prepared> {
  const { world, details, plan } = look;
  const service = details.labels['com.docker.swarm.service.id'] ?? details.labels['com.docker.swarm.service.name'];
  if (!service) {
    return no('It belongs to no swarm service, and only those can be scaled.');
  }
  const { replicas, name } = await world.service(service);
  if (replicas === undefined) {
    return no(`The swarm service ${name} runs once on every node and has no number of replicas.`);
  }
  // The wanted number stands in the plan, so that setting it twice changes nothing.
  return ready({ ...look, plan: { ...plan, arguments: [String(replicas + 1)] } });
}

const LOOKS: Record<Action, (look: Look) => Promise<Prepared> | Prepared> = {
  restart: forRestart,
  start: (look) => (look.details.running ? no('It is running already.') : forRestart(look)),
  stop: (look) => (look.details.running || look.details.restarting ? ready(look) : no('It is stopped already.')),
  exec: (look) => (look.details.running ? ready(look) : no('It is not running, so no command can be run in it.')),
  scale_up: forScaleUp,
  cleanup: (look) => (look.plan.order.length > 0 ? ready(look) : no('No stopped container of its project or image is left over.')),
  none: () => no('Nothing is to be done.'),
};

/** Looks at the container and completes the plan. Never throws for what the engine says. */
export async function prepare(one: Case, worlds: Worlds): Promise<Prepared> {
  try {
    const world = await worlds.of(one.host);
    if (!world) {
      return no(`No Docker engine is known for the host ${one.host}; name it in HEMOSTAT_ENGINES or run a responder there.`);
    }
    const details = await world.inspect(one.plan.container_id ?? nameOf(one.plan.target));
    return await LOOKS[one.plan.action]({ world, details, plan: { ...one.plan, container_id: details.id } });
  } catch (cause) {
    if (isGone(cause)) {
      return { kind: 'gone', reason: errorText(cause) };
    }
    const mend = cause instanceof Error && 'mend' in cause ? String(cause.mend) : 'See the log of the Docker engine.';
    return { kind: 'engine', error: errorText(cause), mend };
  }
}
