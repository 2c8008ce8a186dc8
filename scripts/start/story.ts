import { eventLine } from '../../src/contract/story';
import { endOfLog, followLog } from '../../agents/cli/follow';
import { errorText } from '../../agents/runtime/errors';
import { openLog } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { unlessAborted, waitMs } from '../../agents/runtime/wait';

/** Prints what happens from now on, one line an event, until the signal. Redis may go away and come back meanwhile. */
export async function tellStoryLive(environment: Environment, print: (line: string) => void, signal: AbortSignal): Promise<void> {
  const settings = readSettings(commonSettings, environment);
  const log = openLog(settings, 'start');
  const stop = () => log.redis.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let positions: string[] | undefined;
    while (!signal.aborted) {
      try {
        positions ??= await unlessAborted(endOfLog(log), signal);
        for await (const { event } of followLog(log, settings, positions ?? [], signal)) {
          print(eventLine(event));
        }
      } catch (cause) {
        if (!signal.aborted) {
          print(`The story is interrupted: ${errorText(cause)}`);
          await waitMs(1000, signal);
        }
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    log.redis.disconnect();
  }
}
