import { connectDocker, DockerError, type Engine, type EngineInfo } from '../docker/engine';
import { defineAgent, type AgentContext } from '../runtime/agent';
import { errorText } from '../runtime/errors';
import { newId } from '../runtime/ids';
import { Lease, keepLease } from '../runtime/leases';
import { monitorSettings } from '../runtime/settings/monitor';
import { readSettings } from '../runtime/settings/define';
import { waitMs } from '../runtime/wait';
import { Pulse } from './pulse';
import { Watch } from './watch';

/** A monitor that is silent for so long is replaced by another one. */
const LEASE_MS = 5000;
const LONGEST_WAIT_MS = 5000;

async function engineInfo(engine: Engine, { trouble }: AgentContext, signal: AbortSignal): Promise<EngineInfo | undefined> {
  for (let wait = 250; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      const info = await engine.info({ signal });
      trouble.clear('docker');
      return info;
    } catch (cause) {
      if (!signal.aborted) {
        trouble.report('docker', errorText(cause), cause instanceof DockerError ? cause.mend : 'Set DOCKER_HOST to where the Docker engine is.');
      }
      await waitMs(wait, signal);
    }
  }
  return undefined;
}

/** Sees containers fall ill and recover, and writes their figures down. One copy an engine does so; others stand by. */
export const monitorAgent = defineAgent({
  name: 'monitor',
  reads: [],
  writes: ['health_alert', 'container_recovered', 'container_event', 'forensics_captured'],
  create: (context) => {
    const settings = readSettings(monitorSettings, context.environment);
    const engine = connectDocker(settings, context.logger);
    const pulse = new Pulse(engine, context.trouble, settings.pollMs);
    let host = context.settings.host;
    let watch: Watch | undefined;
    return {
      run: async (signal) => {
        const info = await engineInfo(engine, context, signal);
        if (!info) {
          return;
        }
        host ||= info.name;
        const feeling = pulse.keep(() => watch === undefined, signal);
        // Several engines may write to one log: each has its own lead.
        const lease = new Lease(context.redis, context.log.partition(0).lease(`monitor:${info.id}`), `${context.instance}-${newId()}`, LEASE_MS);
        await keepLease(lease, signal, async (held) => {
          watch = new Watch(context, settings, engine, info, held);
          await watch.run();
          watch = undefined;
        });
        await feeling;
      },
      state: () => ({ leading: watch !== undefined, engine: engine.address, host, ...pulse.state(), ...watch?.state() }),
      close: () => {
        engine.close();
        return Promise.resolve();
      },
    };
  },
});
