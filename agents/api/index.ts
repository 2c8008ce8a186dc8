import { createCore } from '../../src/backend/core/core';
import { createHttpDoor } from '../../src/backend/http/server';
import { readTokens } from '../../src/backend/http/tokens';
import { defineAgent, type AgentContext } from '../runtime/agent';
import { HemostatError } from '../runtime/errors';
import { listenError } from '../runtime/listen-error';
import { apiSettings } from '../runtime/settings/api';
import { readSettings } from '../runtime/settings/define';
import { dashboardSettings } from '../runtime/settings/observer';
import { waitMs, within } from '../runtime/wait';
import { measured } from './measured';

/** What is being answered may take this long after the signal. */
const GRACE_MS = 5000;
const NO_TOKEN = 'No token is set: the HTTP API serves nothing but /health.';
const SET_TOKEN = 'Set HEMOSTAT_API_TOKEN (16 characters or more; openssl rand -hex 32 makes one) or HEMOSTAT_API_TOKENS_FILE.';

function partsOf(context: AgentContext) {
  const { environment, logger, trouble } = context;
  const settings = readSettings(apiSettings, environment);
  const dashboard = readSettings(dashboardSettings, environment);
  const tokens = readTokens(settings);
  let url = '';

  async function run(signal: AbortSignal): Promise<void> {
    // Everything is made anew when the background work is started again after an error.
    const core = measured(createCore({ ...context.settings, dashboard }, (words, facts) => logger.error(facts, words)), context.telemetry);
    const app = await createHttpDoor({ core, tokens, logger, rateLimit: settings.rateLimit, maxStreams: settings.maxStreams, realtime: dashboard.realtime });
    try {
      await app.listen({ host: settings.bindHost, port: settings.port });
      trouble.clear('listen');
      url = `http://${settings.bindHost}:${settings.port}`;
      logger.info({ url, tokens: tokens.size }, 'the HTTP API is served');
      if (tokens.size === 0) {
        trouble.report('token', NO_TOKEN, SET_TOKEN);
      }
      while (!signal.aborted) {
        await waitMs(2 ** 30, signal);
      }
    } catch (cause) {
      const error = listenError(cause, 'HEMOSTAT_API_HOST and HEMOSTAT_API_PORT', settings.bindHost, settings.port);
      if (error instanceof HemostatError) {
        trouble.report('listen', error.message, 'It is tried again.');
      }
      throw error;
    } finally {
      url = '';
      const inTime = await within(app.close(), GRACE_MS);
      if (!inTime) {
        app.server.closeAllConnections();
      }
      await core.close();
    }
  }

  return { run, state: () => ({ url, tokens: tokens.size }) };
}

/**
 * Serves the core of the data source over HTTP. The one agent folder that stands on `src/backend`: it is thin, so that the API
 * starts, logs and stops like every other part.
 */
export const apiAgent = defineAgent({ name: 'api', reads: [], writes: ['command'], create: partsOf });
