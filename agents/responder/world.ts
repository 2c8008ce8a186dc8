import { connectDocker } from '../docker/engine';
import type { Engine } from '../docker/types';
import type { Logger } from '../runtime/logger';
import { SettingsError } from '../runtime/settings/define';
import type { ResponderSettings } from './settings';

/** What the responder asks of an engine: to act, and to look right before and after. */
export type World = Pick<Engine, 'address' | 'info' | 'inspect' | 'restart' | 'start' | 'stop' | 'remove' | 'exec' | 'service' | 'scaleService' | 'close'>;

/** The engine for a host, as named in events. */
export interface Worlds {
  /** Undefined when no engine is known for this host. Throws DockerError when the engine must be asked and does not answer. */
  of(host: string): Promise<World | undefined>;
  close(): void;
}

/** The name and address of each further engine. @throws SettingsError */
function furtherEngines(entries: readonly string[]): Array<[string, string]> {
  return entries.map((entry) => {
    const at = entry.indexOf('=');
    if (at <= 0 || !/^\w+:\/\//.test(entry.slice(at + 1))) {
      throw new SettingsError([`HEMOSTAT_ENGINES: "${entry}" is not HOST=ADDRESS with an address such as tcp://10.0.0.5:2375. Default: not set.`]);
    }
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
}

/**
 * The engine of DOCKER_HOST for its own host, and those of HEMOSTAT_ENGINES for theirs.
 * @param host HEMOSTAT_HOST; when empty the engine is asked for its name.
 */
export function connectWorlds(settings: ResponderSettings, host: string, logger: Logger): Worlds {
  const local = connectDocker(settings, logger);
  const further = new Map(furtherEngines(settings.engines).map(([name, dockerHost]) => [name, connectDocker({ ...settings, dockerHost }, logger)] as const));
  let localName = host;
  return {
    of: async (wanted) => {
      const named = further.get(wanted);
      if (named || wanted === '') {
        return named ?? local;
      }
      if (localName === '') {
        const info = await local.info();
        localName = info.name;
      }
      return wanted === localName || localName === '' ? local : undefined;
    },
    close: () => {
      local.close();
      further.forEach((world) => world.close());
    },
  };
}
