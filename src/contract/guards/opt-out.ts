import { allow, refuse, type Guard } from './types';

export const optOut: Guard = ({ policy }) =>
  policy.enabled ? allow('opt_out', policy.enabled_reason) : refuse('opt_out', policy.enabled_reason);
