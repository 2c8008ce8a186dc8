import { fitsGlob } from '../policy';
import { allow, refuse, type Guard, type GuardFacts } from './types';

const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1);

function isOwnId(id: string | undefined, ownIds: readonly string[]): boolean {
  return id !== undefined && id !== '' && ownIds.some((own) => own.length >= 12 && (id.startsWith(own) || own.startsWith(id)));
}

function ownTarget({ plan, policy, subject }: GuardFacts): { name: string; pattern: string } | undefined {
  for (const key of [subject.key, ...plan.order]) {
    const pattern = policy.own_containers.find((one) => fitsGlob(nameOf(key), one));
    if (pattern !== undefined) {
      return { name: nameOf(key), pattern };
    }
  }
  return undefined;
}

export const ownContainer: Guard = (facts) => {
  const own = ownTarget(facts);
  if (own) {
    return refuse('own_container', `${own.name} belongs to the healer itself (own_containers: ${own.pattern}) and is never touched.`, { limit: own.pattern, measured: own.name });
  }
  const { container, plan, ownIds, subject } = facts;
  if (container?.labels['hemostat.own'] === 'true' || isOwnId(plan.container_id ?? container?.container_id, ownIds)) {
    return refuse('own_container', `${subject.container} is the container that the healer itself runs in and is never touched.`, { measured: subject.container });
  }
  return allow('own_container', 'No container of the healer itself is touched.');
};
