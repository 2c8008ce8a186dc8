import { ROLES, type Caller } from '../types';
import { ResourceError } from './errors';
import type { RouteFacts } from './route';

/** Who may call what. The one place where this is decided, for both doors. @throws ResourceError 403 */
export function demandRight(facts: Pick<RouteFacts, 'role' | 'acts'>, caller: Caller): void {
  if (ROLES.indexOf(caller.role) < ROLES.indexOf(facts.role)) {
    throw new ResourceError('forbidden', `This needs the role ${facts.role}; yours is ${caller.role}.`, `Ask somebody with the role ${facts.role}, or an administrator for that role.`);
  }
  if (facts.acts && (caller.machine || caller.user === '')) {
    throw new ResourceError('forbidden', 'Only a signed-in person may act, because every action is recorded with who did it; this call names none.', 'Sign in. Through a proxy: let it name the user (Grafana: [dataproxy] send_user_header = true).');
  }
}
