import { allow, refuse, type Guard } from './types';

/** The original's responder hears our requests on its channel and would act as well: the container would be restarted twice. */
export const originalResponder: Guard = ({ switches, policy }) => {
  const guard = 'original_responder';
  const others = switches.originalResponders ?? 0;
  if (others === 0 || policy.mode === 'observe') {
    return allow(guard, "No responder of the original HemoStat listens, or nothing is really done.");
  }
  return refuse(guard, "A responder of the original HemoStat listens on hemostat:remediation_needed and would act too. Stop it, or set HEMOSTAT_LEGACY_MIRROR=false.", {
    limit: '0 responders of the original',
    measured: `${others}`,
  });
};
