import type { Action } from '../../contract/events';
import { t } from '../text';

export type OrderedAction = Exclude<Action, 'none'>;

/** Every action that can be ordered: its name, and what it does to the container. */
export function actionWords(): Record<OrderedAction, { label: string; does: string }> {
  return {
    restart: { label: t('actions.restart', 'restart'), does: t('actions.restart-does', 'Stops the container and starts it again, and then those that depend on it.') },
    start: { label: t('actions.start', 'start'), does: t('actions.start-does', 'Starts the container, which has stopped, and then those that depend on it.') },
    stop: { label: t('actions.stop', 'stop'), does: t('actions.stop-does', 'Stops the container. It stays stopped until somebody starts it.') },
    exec: { label: t('actions.exec', 'run a command'), does: t('actions.exec-does', 'Runs one command inside the container. Only commands of the allow-list are run.') },
    cleanup: { label: t('actions.cleanup', 'clean up'), does: t('actions.cleanup-does', 'Removes containers of its project that have stopped. This cannot be undone.') },
    scale_up: { label: t('actions.scale-up', 'scale up'), does: t('actions.scale-up-does', 'Adds a replica to its Swarm service; possible only in a Swarm.') },
  };
}

/** Name of an action; that of one which we do not know stays as it is. */
export function actionLabel(action: string): string {
  const words = actionWords();
  return Object.hasOwn(words, action) ? words[action as OrderedAction].label : action;
}
