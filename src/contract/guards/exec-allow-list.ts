import { allow, refuse, type Guard } from './types';

function argumentFits(argument: string, pattern: string): boolean {
  if (!pattern.endsWith('*')) {
    return argument === pattern;
  }
  // A beginning such as /var/log/ must not lead out of that folder again.
  return argument.startsWith(pattern.slice(0, -1)) && !argument.split(/[\\/]/).includes('..');
}

/** True when the argument vector is one of those that are allowed: the same number of words, each fitting. */
export function commandAllowed(words: readonly string[], patterns: ReadonlyArray<readonly string[]>): boolean {
  return patterns.some((pattern) => pattern.length === words.length && pattern.every((one, index) => argumentFits(words[index] ?? '', one)));
}

export const execAllowList: Guard = ({ plan, policy }) => {
  const guard = 'exec_allow_list';
  if (plan.action !== 'exec') {
    return allow(guard, 'No command is run.');
  }
  const words = plan.arguments ?? [];
  const measured = JSON.stringify(words).slice(0, 200);
  const limit = `${policy.exec_allow.length} allowed commands`;
  if (words.length === 0 || words.some((word) => word.includes('\u0000'))) {
    return refuse(guard, 'The command is empty or holds a zero byte.', { limit, measured });
  }
  if (!policy.exec_enforce) {
    return allow(guard, 'The allow-list is switched off (RESPONDER_ENFORCE_EXEC_ALLOWLIST or exec_enforce is false).', { limit, measured });
  }
  return commandAllowed(words, policy.exec_allow)
    ? allow(guard, 'The command stands on the allow-list.', { limit, measured })
    : refuse(guard, `The command ${measured} does not stand on the allow-list; add its exact arguments to exec_allow to permit it.`, { limit, measured });
};
