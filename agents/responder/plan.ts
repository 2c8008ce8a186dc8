import type { ContainerState } from '../../src/contract/containers';
import type { Action, PlannedAction } from '../../src/contract/events';
import { dependentsOf, stoppedSiblings } from './dependents';

interface Wish {
  key: string;
  action: Action;
  arguments?: string[];
  state?: ContainerState;
  states: readonly ContainerState[];
}

function orderOf({ key, action, state, states }: Wish): string[] {
  if (action === 'restart' || action === 'start') {
    return [key, ...dependentsOf(key, states)];
  }
  return action === 'cleanup' ? (state ? stoppedSiblings(state, states) : []) : [key];
}

/** Exactly what would be done. The same knowledge gives the same plan, so that its digest can be compared. */
export function makePlan(wish: Wish): PlannedAction {
  const { key, action, state } = wish;
  return {
    action,
    target: key,
    ...(state ? { container_id: state.container_id } : {}),
    ...(wish.arguments && wish.arguments.length > 0 ? { arguments: wish.arguments } : {}),
    order: orderOf(wish),
  };
}

/** The name of a container without its host. */
export const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);
