import type { PolicyLayer } from '../../src/contract/policy';
import type { Environment, SettingsOf } from '../runtime/settings/define';
import { responderSettings } from '../runtime/settings/responder';

export type ResponderSettings = SettingsOf<typeof responderSettings>;

/** What the environment says of the policy: only what is really set, so that the origin of each value is true. */
export function environmentLayer(settings: ResponderSettings, environment: Environment): PolicyLayer {
  const isSet = (name: string) => (environment[name] ?? '') !== '';
  const given = (name: string, layer: PolicyLayer): PolicyLayer => (isSet(name) ? layer : {});
  return {
    ...given(responderSettings.mode.name, { mode: settings.mode }),
    ...given(responderSettings.dryRun.name, { dry_run: settings.dryRun }),
    ...given(responderSettings.cooldownSeconds.name, { cooldown_seconds: settings.cooldownSeconds }),
    ...given(responderSettings.maxRetriesPerHour.name, { attempts_per_hour: settings.maxRetriesPerHour, breaker: { failures: settings.maxRetriesPerHour } }),
    ...given(responderSettings.enforceExecAllowlist.name, { exec_enforce: settings.enforceExecAllowlist }),
    ...given(responderSettings.verifySeconds.name, { verify_seconds: settings.verifySeconds }),
  };
}
