import { engineAddress } from '../../agents/docker/address';
import { DockerError } from '../../agents/docker/errors';
import { DockerTransport } from '../../agents/docker/transport';
import { errorText } from '../../agents/runtime/errors';
import { dockerSettings } from '../../agents/runtime/settings/docker';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';

const ANSWER_MS = 3000;

export type EngineSearch =
  | { found: true; address: string; dockerHost: string }
  /** `named` when DOCKER_HOST names one, so that its absence is a mistake. */
  | { found: false; address: string; named: boolean; why: string; mend: string };

/** Asks the engine that DOCKER_HOST names, else the one at /var/run/docker.sock. @throws SettingsError */
export async function findEngine(environment: Environment): Promise<EngineSearch> {
  const settings = readSettings(dockerSettings, environment);
  const address = engineAddress(settings);
  const transport = new DockerTransport(address, ANSWER_MS);
  try {
    await transport.json({ path: '/version' });
    return { found: true, address: address.text, dockerHost: settings.dockerHost };
  } catch (cause) {
    return { found: false, address: address.text, named: Boolean(environment.DOCKER_HOST), why: errorText(cause), mend: cause instanceof DockerError ? cause.mend : '' };
  } finally {
    transport.close();
  }
}
