import type { ContainerState } from '../../src/contract/containers';
import { containerKey } from '../../src/contract/events';

/** More are never touched for the sake of one: then a person has to. */
export const MAX_DEPENDENTS = 50;

const words = (text: string | undefined) => (text ?? '').split(',').map((word) => word.trim()).filter(Boolean);

/** True when Compose says that the child is to be restarted with the service it depends on (`service:condition:restart`). */
function composeRestarts(child: ContainerState, parent: ContainerState): boolean {
  if (!parent.service || child.host !== parent.host || child.project !== parent.project) {
    return false;
  }
  return words(child.labels['com.docker.compose.depends_on']).some((entry) => {
    const [service, , restart] = entry.split(':');
    return service === parent.service && restart === 'true';
  });
}

/** `hemostat.depends=db,cache`: container or service names on the same host. */
function labelled(child: ContainerState, parent: ContainerState): boolean {
  const named = words(child.labels['hemostat.depends'] ?? child.labels['hemostat.depends_on']);
  const sameService = parent.service !== '' && child.project === parent.project && named.includes(parent.service);
  return child.host === parent.host && (named.includes(parent.container) || sameService);
}

function mustFollow(child: ContainerState, parent: ContainerState): boolean {
  const key = containerKey(parent);
  const shares = child.network_parent !== '' && child.network_parent === key;
  return shares || composeRestarts(child, parent) || labelled(child, parent);
}

function needsOther(child: ContainerState, other: ContainerState): boolean {
  return child.depends_on.includes(containerKey(other)) || mustFollow(child, other);
}

/** Parents before children; a circle is cut where it is met. */
function inOrder(group: readonly ContainerState[]): ContainerState[] {
  const done: ContainerState[] = [];
  const visit = (one: ContainerState, path: ReadonlySet<ContainerState>): void => {
    if (done.includes(one) || path.has(one)) {
      return;
    }
    const deeper = new Set([...path, one]);
    group.filter((other) => other !== one && needsOther(one, other)).forEach((other) => visit(other, deeper));
    done.push(one);
  };
  group.forEach((one) => visit(one, new Set()));
  return done;
}

/**
 * The containers that must be restarted after the target, in order: those that share its network, those whose Compose
 * file says so (`depends_on` with `restart: true`), those that name it in `hemostat.depends`, and theirs in turn.
 * Only running ones; what has opted out is left alone.
 */
export function dependentsOf(target: string, states: readonly ContainerState[]): string[] {
  const origin = states.find((state) => containerKey(state) === target);
  if (!origin) {
    return [];
  }
  const candidates = states.filter((state) => state !== origin && state.status === 'running' && state.labels['hemostat.enable'] !== 'false');
  const found = new Set<ContainerState>();
  for (let wave = [origin]; wave.length > 0 && found.size <= MAX_DEPENDENTS; ) {
    wave = candidates.filter((child) => !found.has(child) && wave.some((parent) => mustFollow(child, parent)));
    wave.forEach((child) => found.add(child));
  }
  const sorted = [...found].sort((a, b) => (containerKey(a) < containerKey(b) ? -1 : 1));
  return inOrder(sorted).map(containerKey);
}

const STOPPED = ['exited', 'dead', 'created'];

/** Stopped containers of the same compose project, or where there is none of the same image, on the same host. */
export function stoppedSiblings(target: ContainerState, states: readonly ContainerState[]): string[] {
  return states
    .filter((one) => containerKey(one) !== containerKey(target) && one.host === target.host && STOPPED.includes(one.status))
    .filter((one) => (target.project ? one.project === target.project : one.project === '' && one.image === target.image))
    .filter((one) => one.labels['hemostat.enable'] !== 'false')
    .map(containerKey)
    .sort()
    .slice(0, MAX_DEPENDENTS);
}
