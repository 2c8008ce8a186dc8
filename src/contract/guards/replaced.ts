import { allow, refuse, type Guard } from './types';

const short = (id: string) => id.slice(0, 12);

export const replaced: Guard = ({ container, plan, subject }) => {
  if (!container) {
    return allow('replaced', 'Nothing is known of the container yet; it is looked at right before acting.');
  }
  if (container.status === 'removed') {
    return refuse('replaced', `${subject.container} has been removed; there is nothing left to heal.`, { measured: 'removed' });
  }
  const planned = plan.container_id ?? '';
  if (planned && !container.container_id.startsWith(planned) && !planned.startsWith(container.container_id)) {
    return refuse('replaced', `${subject.container} was replaced: the plan was made for ${short(planned)}, and ${short(container.container_id)} now has its name.`, {
      limit: short(planned),
      measured: short(container.container_id),
    });
  }
  return allow('replaced', 'It is still the container that the plan was made for.');
};
