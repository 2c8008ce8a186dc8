import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '../../agents/runtime/logger';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { dashboardSettings } from '../../agents/runtime/settings/observer';
import { createCore } from '../../src/backend/core/core';
import { createHttpDoor } from '../../src/backend/http/server';
import { readTokens, type TokenBook } from '../../src/backend/http/tokens';
import { PREVIEW_ROLES, userOf, type PreviewRole } from './visitor';

/** The HTTP door of the data source's core, with a token for each role. */
export interface PreviewDoor {
  url: string;
  tokens: Readonly<Record<PreviewRole, string>>;
  close(): Promise<void>;
}

const MAX_STREAMS = 200;

/** The door reads its tokens from a file; ours is gone as soon as it was read, so that they live in memory alone. */
function bookOf(tokens: PreviewDoor['tokens']): TokenBook {
  const folder = mkdtempSync(path.join(tmpdir(), 'hemostat-preview-'));
  const tokensFile = path.join(folder, 'tokens');
  try {
    writeFileSync(tokensFile, PREVIEW_ROLES.map((role) => `${tokens[role]} ${role} ${userOf(role)}\n`).join(''), { mode: 0o600 });
    return readTokens({ token: '', tokenUser: '', tokensFile });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A door of the preview's own, on a port of its own: it works whatever tokens the HTTP API was given, or when it is off. */
export async function openDoor(environment: Environment): Promise<PreviewDoor> {
  const settings = readSettings(commonSettings, environment);
  const tokens = { Viewer: randomBytes(24).toString('hex'), Editor: randomBytes(24).toString('hex'), Admin: randomBytes(24).toString('hex') };
  const core = createCore({ ...settings, dashboard: readSettings(dashboardSettings, environment) });
  const app = await createHttpDoor({ core, tokens: bookOf(tokens), logger: createLogger({ ...settings, logLevel: 'warn' }), rateLimit: 0, maxStreams: MAX_STREAMS });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    tokens,
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
      await core.close();
    },
  };
}
