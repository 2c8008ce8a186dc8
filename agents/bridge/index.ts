import { LEGACY } from '../../src/contract/streams';
import { defineAgent, type AgentContext } from '../runtime/agent';
import { errorText } from '../runtime/errors';
import { HemostatLog } from '../runtime/log';
import { connectRedis } from '../runtime/redis';
import { Intake } from './intake';
import { LISTS, readList } from './lists';

const CHANNELS = Object.values(LEGACY.channels);

/** What the original's agents said while nobody listened, as far as their lists still hold it. */
async function catchUp(context: AgentContext, intake: Intake): Promise<void> {
  for (const key of LISTS) {
    try {
      for (const raw of await readList(context.redis, key)) {
        await intake.take(raw, key);
      }
    } catch (cause) {
      context.logger.warn({ list: key, error: errorText(cause) }, 'a list of the original cannot be read; what it holds is not taken in');
    }
  }
}

async function listen(context: AgentContext, intake: Intake, signal: AbortSignal, onListening: (listening: boolean) => void): Promise<void> {
  // A connection that subscribes can do nothing else.
  const subscriber = connectRedis(context.settings, 'bridge');
  const over = new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
  let listening = false;
  try {
    // By pattern: the responder counts the plain subscribers of a channel to see whether the original's responder is alive.
    subscriber.on('pmessage', (_pattern: string, channel: string, raw: string) => intake.accept(raw, channel));
    // After a lost connection ioredis subscribes again by itself; the lists tell what was said meanwhile.
    subscriber.on('ready', () => listening && void catchUp(context, intake));
    const subscribed = subscriber.psubscribe(...CHANNELS).then(() => true);
    listening = await Promise.race([subscribed, over.then(() => false)]);
    subscribed.catch(() => undefined);
    if (listening) {
      onListening(true);
      await Promise.race([catchUp(context, intake), over]);
      await over;
    }
  } finally {
    onListening(false);
    subscriber.disconnect();
  }
}

/** Takes the original's channels and lists into the log. The way out is part of every append (`legacyCommands`). */
export const bridgeAgent = defineAgent({
  name: 'bridge',
  reads: [],
  writes: ['health_alert', 'remediation_needed', 'remediation_complete', 'false_alarm', 'vulnerability_alert', 'dead_letter'],
  create: (context) => {
    const log = new HemostatLog(context.redis, { ...context.log.options, legacyMirror: false });
    const intake = new Intake({ log, logger: context.logger, trouble: context.trouble, telemetry: context.telemetry, signal: context.signal, now: context.now });
    let listening = false;
    return {
      run: (signal) =>
        listen(context, intake, signal, (now) => {
          listening = now;
        }),
      state: () => ({ listening, ...intake.counts }),
      close: async () => {
        // What waits for an absent Redis gives up now: there is nobody left to wait.
        log.close();
        await intake.settled();
      },
    };
  },
});
