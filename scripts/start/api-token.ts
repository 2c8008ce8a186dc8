import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../agents/runtime/settings/define';

/**
 * The token of the HTTP API: the user's own, or one that is made once and kept in the folder of `npm start`, readable by this user only.
 * @returns settings to add, and the file to name.
 */
export function apiToken(environment: Environment, folder: string): { settings: Record<string, string>; file?: string } {
  if (environment.HEMOSTAT_API_TOKEN || environment.HEMOSTAT_API_TOKEN_FILE || environment.HEMOSTAT_API_TOKENS_FILE) {
    return { settings: {} };
  }
  const file = path.join(folder, 'api-token');
  if (!existsSync(file) || readFileSync(file, 'utf8').trim().length < 16) {
    writeFileSync(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  }
  return { settings: { HEMOSTAT_API_TOKEN_FILE: file }, file };
}
