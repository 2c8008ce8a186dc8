import { errorText } from '../runtime/errors';
import { readSettings, type Environment } from '../runtime/settings/define';
import { notifierSettings } from '../runtime/settings/notifier';
import type { ChannelName } from './channel';
import { checkSettings, configuredChannels, makeChannel, type ChannelContext } from './channels';

export interface TestResult {
  channel: ChannelName;
  ok: boolean;
  /** Seconds until the answer. */
  seconds: number;
  /** What is wrong; empty when it went well. Names no address and no secret. */
  error: string;
}

/** Which channels are set. @throws SettingsError when a setting cannot be used. */
export function channelsOf(environment: Environment): ChannelName[] {
  const settings = readSettings(notifierSettings, environment);
  checkSettings(settings);
  return configuredChannels(settings);
}

/**
 * Sends one test message by a channel, without retries, and appends no event.
 * @throws SettingsError when a setting cannot be used.
 */
export async function sendTest(
  name: ChannelName,
  environment: Environment,
  context: ChannelContext & { signal: AbortSignal }
): Promise<TestResult> {
  const settings = readSettings(notifierSettings, environment);
  checkSettings(settings);
  const began = performance.now();
  const result = (error: string) => ({
    channel: name,
    ok: error === '',
    seconds: (performance.now() - began) / 1000,
    error,
  });
  if (!configuredChannels(settings).includes(name)) {
    return result('is not set');
  }
  try {
    await makeChannel(name, settings, context).send({ style: 'test', notices: [], missed: 0 }, context.signal);
    return result('');
  } catch (cause) {
    return result(errorText(cause));
  }
}
