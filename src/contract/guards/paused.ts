import { allow, refuse, type Guard } from './types';

export const paused: Guard = ({ switches }) => {
  const by = switches.paused;
  if (!by) {
    return allow('paused', 'The healer is not paused.');
  }
  const why = by.reason ? ` (${by.reason})` : '';
  return refuse('paused', `${by.user} has paused the healer${by.since ? ` at ${by.since}` : ''}${why}; it acts again after a resume.`);
};
