import { ROLES, type Caller, type Role } from '../core/types';
import type { WireContext } from './transport/wire';

/** The login under which Grafana evaluates alert rules; it has the role Admin. */
const SCHEDULER = 'grafana_scheduler';

function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}

function isFromAlert(headers: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(headers).some((name) => /^(?:http_)?fromalert$/i.test(name));
}

/**
 * Who asks, by what Grafana says. Without a user, or under the scheduler's name, or for an alert rule, no person acts:
 * such a call may only read, whatever role it bears.
 * @param headers of the call; they can only take rights away
 */
export function callerOf(context: WireContext | null, headers: Readonly<Record<string, unknown>> = {}): Caller {
  const user = context?.user;
  if (!user) {
    return { user: '', role: 'Viewer', machine: true };
  }
  const machine = user.login === '' || user.login === SCHEDULER || isFromAlert(headers);
  return { user: user.login, role: isRole(user.role) ? user.role : 'None', machine };
}
