import { z } from 'zod';
import { engineAddress, type DockerSettings } from '../../docker/address';
import { DockerError } from '../../docker/errors';
import { DockerTransport } from '../../docker/transport';
import { errorText } from '../../runtime/errors';
import { clockCheck, compareVersions, fail, ok, warn, type Check } from './check';

const versionSchema = z.looseObject({ Version: z.string().default('unknown'), ApiVersion: z.string().default('0') });
const infoSchema = z.looseObject({ SystemTime: z.string().default(''), Containers: z.number().default(0), ContainersRunning: z.number().default(0) });

/** Docker 19.03; Podman's API names a newer one. */
const OLDEST_API = '1.40';
const NOBODY = '/containers/hemostat-doctor-no-such-container';

/** Calls that agents make, on a container that does not exist: "not found" proves that the call is allowed. */
const CALLS = [
  { method: 'GET', path: `${NOBODY}/json`, need: 'to look at a container' },
  { method: 'GET', path: `${NOBODY}/logs`, query: { stdout: true, tail: 1 }, need: 'to save log lines' },
  { method: 'GET', path: `${NOBODY}/stats`, query: { stream: false }, need: 'to measure' },
  { method: 'POST', path: `${NOBODY}/restart`, need: 'to restart' },
  { method: 'POST', path: `${NOBODY}/exec`, body: { Cmd: ['true'] }, need: 'to run diagnostic commands' },
] as const;

function failed(what: string, cause: unknown): Check {
  return fail(what, errorText(cause), cause instanceof DockerError ? cause.mend : 'Set DOCKER_HOST to the address of the Docker engine.');
}

async function rightsCheck(transport: DockerTransport): Promise<Check> {
  const forbidden: string[] = [];
  for (const { need, ...call } of CALLS) {
    try {
      await transport.bytes(call);
    } catch (cause) {
      const status = cause instanceof DockerError ? cause.statusCode : undefined;
      if (status !== 404 && status !== 400) {
        forbidden.push(`${call.method} ${call.path.replace(NOBODY, '/containers/…')} (${need}): ${status ?? errorText(cause)}`);
      }
    }
  }
  return forbidden.length === 0
    ? ok('Docker rights', 'all calls that are needed are allowed')
    : warn('Docker rights', `not allowed: ${forbidden.join('; ')}`, 'Allow these calls in the socket proxy in front of the engine, or do without what needs them.');
}

async function clockOf(transport: DockerTransport): Promise<Check> {
  const sent = Date.now();
  const info = infoSchema.parse(await transport.json({ path: '/info' }));
  const received = Date.now();
  const theirs = Date.parse(info.SystemTime);
  return Number.isNaN(theirs) ? warn('Docker clock', 'the engine does not tell its time', 'Nothing to do, if its machine is set by NTP.') : clockCheck('Docker clock', theirs, sent, received);
}

/** Reachability, API version, rights and clock of the Docker engine. Never throws. */
export async function checkDocker(settings: DockerSettings): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const address = engineAddress(settings);
    const transport = new DockerTransport(address, Math.min(settings.dockerTimeoutMs, 5000));
    try {
      const version = versionSchema.parse(await transport.json({ path: '/version' }));
      checks.push(ok('Docker', `${version.Version} at ${address.text}`));
      const api = version.ApiVersion;
      checks.push(compareVersions(api, OLDEST_API) >= 0 ? ok('Docker API', api) : warn('Docker API', api, `Older than ${OLDEST_API}, which is the oldest that HemoStat is tried with. Update the engine.`));
      checks.push(await rightsCheck(transport), await clockOf(transport));
    } finally {
      transport.close();
    }
  } catch (cause) {
    checks.push(failed(checks.length === 0 ? 'Docker' : 'Docker calls', cause));
  }
  return checks;
}
