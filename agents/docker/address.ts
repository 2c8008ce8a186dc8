import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestOptions } from 'node:https';
import { HemostatError } from '../runtime/errors';
import type { SettingsOf } from '../runtime/settings/define';
import type { dockerSettings } from '../runtime/settings/docker';

export type DockerSettings = SettingsOf<typeof dockerSettings>;

export interface EngineAddress {
  /** For messages. */
  text: string;
  /** Name of the machine when the address tells it. */
  hostname: string;
  hostHeader: string;
  secure: boolean;
  /** Where to connect, with the keys for TLS. */
  options: Pick<RequestOptions, 'socketPath' | 'host' | 'port' | 'ca' | 'cert' | 'key'>;
}

function pem(folder: string, file: string): Buffer {
  const path = join(folder, file);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new HemostatError('settings', `DOCKER_CERT_PATH: the file ${path} cannot be read. Name a folder that holds ca.pem, cert.pem and key.pem, or unset it.`, { cause });
  }
}

function unusable(value: string): never {
  throw new HemostatError('settings', `DOCKER_HOST: "${value}" is not an address of a Docker engine. Default: unix:///var/run/docker.sock. Use unix:///path, tcp://host:port or https://host:port.`);
}

function overNetwork(value: string, settings: DockerSettings): EngineAddress {
  if (!URL.canParse(value)) {
    return unusable(value);
  }
  const url = new URL(value);
  const secure = settings.dockerTlsVerify || url.protocol === 'https:' || url.port === '2376';
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol) || !url.hostname) {
    return unusable(value);
  }
  const port = url.port || (secure ? '2376' : '2375');
  const folder = secure ? settings.dockerCertPath : '';
  const keys = folder ? { ca: pem(folder, 'ca.pem'), cert: pem(folder, 'cert.pem'), key: pem(folder, 'key.pem') } : {};
  return {
    text: `${url.hostname}:${port}`,
    hostname: url.hostname,
    hostHeader: `${url.hostname}:${port}`,
    secure,
    options: { host: url.hostname.replace(/^\[|\]$/g, ''), port, ...keys },
  };
}

/**
 * Where the engine is.
 * @throws HemostatError `settings` when DOCKER_HOST or a certificate cannot be used.
 */
export function engineAddress(settings: DockerSettings): EngineAddress {
  const value = settings.dockerHost.trim();
  const local = /^(?:unix|npipe):\/\/(.*)$/.exec(value);
  if (local) {
    const socketPath = local[1] || '/var/run/docker.sock';
    return { text: socketPath, hostname: '', hostHeader: 'docker', secure: false, options: { socketPath } };
  }
  return overNetwork(value.includes('://') ? value : `tcp://${value}`, settings);
}
