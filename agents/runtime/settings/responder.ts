import { MODES } from '../../../src/contract/events';
import { choice, flag, integer, list, number, seconds, text } from './define';
import { dockerSettings } from './docker';

export const responderSettings = {
  ...dockerSettings,
  mode: choice('HEMOSTAT_MODE', MODES, 'observe', 'What is done when all guards allow an action: observe (write it down only), approve (ask a person), auto (do it).'),
  policyFile: text('HEMOSTAT_POLICY_FILE', '', 'Policy document (YAML or JSON); read again when it changes.'),
  dryRun: flag('RESPONDER_DRY_RUN', 'false', 'Do nothing really, whatever HEMOSTAT_MODE, the policy or a label says.'),
  cooldownSeconds: number('RESPONDER_COOLDOWN_SECONDS', '3600', 'Seconds between two actions on one container.', 0, 31_536_000),
  maxRetriesPerHour: integer('RESPONDER_MAX_RETRIES_PER_HOUR', '3', 'Actions on one container within an hour, and failures that open its breaker.', 1, 1000),
  enforceExecAllowlist: flag('RESPONDER_ENFORCE_EXEC_ALLOWLIST', 'true', 'Run only commands of the allow-list (exec_allow of the policy).'),
  verifySeconds: number('HEMOSTAT_VERIFY_SECONDS', '60', 'Seconds within which an action must show that it helped.', 0, 86_400),
  retryMax: integer('RESPONDER_RETRY_MAX', '3', 'Times that a call is tried which the engine did not take.', 1, 100),
  retryDelayMs: seconds('RESPONDER_RETRY_DELAY', '1', 'Seconds before the first of these retries; doubles with each.', 0, 60),
  startTimeoutMs: seconds('HEMOSTAT_START_TIMEOUT_SECONDS', '30', 'Seconds that a container may take until it runs after a start or restart.', 0.1, 600),
  execTimeoutMs: seconds('HEMOSTAT_EXEC_TIMEOUT_SECONDS', '30', 'Seconds that a command of the action exec may take.', 0.1, 600),
  actionsAtOnce: integer('HEMOSTAT_ACTIONS_AT_ONCE', '8', 'Actions that are under way at the same time, at most.', 1, 256),
  engines: list('HEMOSTAT_ENGINES', '', 'Docker engines of further hosts as HOST=ADDRESS, comma-separated; HOST as in HEMOSTAT_HOST of the monitor there.'),
};
