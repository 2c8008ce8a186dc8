import process, { env } from 'node:process';
import { errorText } from '../../../agents/runtime/errors';
import { serve } from './serve';

/** The process that Grafana starts. What the protocol does not need is loaded after the handshake. */
serve(async (logger, environment) => (await import('./product')).openProduct(logger, environment), { environment: env, process, console }).catch((cause: unknown) => {
  process.stderr.write(`${JSON.stringify({ '@level': 'error', '@message': `The HemoStat data source cannot start: ${errorText(cause)}` })}\n`);
  process.exit(1);
});
