import { config } from '@grafana/runtime';
import { t } from '../components/text';

export type Role = 'Viewer' | 'Editor' | 'Admin';
const ORDER: readonly Role[] = ['Viewer', 'Editor', 'Admin'];

export interface Access {
  role: Role;
  /** True when the signed-in user has this role or a higher one. The server decides again. */
  may: (needed: Role) => boolean;
  /** Why a button is off; undefined when it is not. */
  why: (needed: Role) => string | undefined;
}

/** What the signed-in user may do: Viewer reads, Editor marks, Admin acts. */
export function useRole(): Access {
  const { orgRole, isGrafanaAdmin } = config.bootData.user;
  const known = ORDER.find((one) => one === String(orgRole)) ?? 'Viewer';
  const role = isGrafanaAdmin ? 'Admin' : known;
  const may = (needed: Role) => ORDER.indexOf(role) >= ORDER.indexOf(needed);
  const why = (needed: Role) => (may(needed) ? undefined : t('role.why', 'This needs the role {{needed}}; you are {{role}}.', { needed, role }));
  return { role, may, why };
}
