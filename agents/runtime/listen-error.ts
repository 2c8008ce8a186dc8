import { HemostatError } from './errors';

/**
 * Why a server cannot listen, in words that name the settings; other errors are given back as they are.
 * @param variables the settings that say where: `METRICS_PORT`
 */
export function listenError(cause: unknown, variables: string, host: string, port: number): unknown {
  const { code = '' } = cause as { code?: string };
  const why = { EADDRINUSE: 'is taken', EACCES: 'may not be used by this user', EADDRNOTAVAIL: 'is no address of this machine' }[code];
  return why ? new HemostatError('listen', `${variables}: ${host}:${port} ${why}. Choose another one.`, { cause, retryable: true }) : cause;
}
