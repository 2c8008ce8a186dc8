import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errorText } from '../../../agents/runtime/errors';
import { SettingsError, type SettingsOf } from '../../../agents/runtime/settings/define';
import type { apiSettings } from '../../../agents/runtime/settings/api';
import type { Caller, Role } from '../core/types';

export type ApiSettings = SettingsOf<typeof apiSettings>;

/** A token that was given out. Only its hash is kept. */
export interface Token {
  /** Tells tokens apart without showing them. */
  id: string;
  hash: Buffer;
  role: Exclude<Role, 'None'>;
  user: string;
  /** Held by a proxy that names the signed-in user itself. */
  proxy: boolean;
}

const MIN_LENGTH = 16;
const MAX_USER = 190;
const ROLE_NAMES: ReadonlyArray<Token['role']> = ['Viewer', 'Editor', 'Admin'];
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

function makeToken(secret: string, role: Token['role'], user: string, proxy: boolean): Token {
  const hash = sha256(secret);
  return { id: hash.toString('hex').slice(0, 12), hash, role, user, proxy };
}

/** One line of the file, or what is wrong with it. The token itself is never repeated. */
function readLine(line: string): Token | string {
  const [secret = '', roleName = '', user = '', mark, ...rest] = line.split(/\s+/);
  const role = ROLE_NAMES.find((one) => one.toLowerCase() === roleName.toLowerCase());
  if (secret.length < MIN_LENGTH) {
    return `the token is shorter than ${MIN_LENGTH} characters`;
  }
  if (!role) {
    return `the role "${roleName.slice(0, 40)}" is none of ${ROLE_NAMES.join(', ')}`;
  }
  if (user === '' || user.length > MAX_USER) {
    return 'the user is missing or too long';
  }
  return (mark ?? 'proxy') !== 'proxy' || rest.length > 0 ? 'only the word proxy may follow the user' : makeToken(secret, role, user, mark === 'proxy');
}

function readTokensFile(file: string): Token[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SettingsError([`HEMOSTAT_API_TOKENS_FILE: the file "${file}" cannot be read (${errorText(cause)}). Default: not set.`]);
  }
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const read = lines.filter(({ line }) => line !== '' && !line.startsWith('#')).map(({ line, number }) => ({ number, token: readLine(line) }));
  const problems = read.flatMap(({ number, token }) => (typeof token === 'string' ? [`HEMOSTAT_API_TOKENS_FILE: line ${number} of "${file}" cannot be used: ${token}. Write: token role user, and perhaps the word proxy.`] : []));
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  return read.flatMap(({ token }) => (typeof token === 'string' ? [] : [token]));
}

/** All tokens of this service. */
export class TokenBook {
  constructor(private readonly tokens: readonly Token[]) {}

  get size(): number {
    return this.tokens.length;
  }

  /** The token of an Authorization header. Every token is compared, each in constant time, so that nothing can be learnt from how long it takes. */
  find(authorization: string | undefined): Token | undefined {
    const [scheme = '', secret = '', ...rest] = (authorization ?? '').trim().split(/\s+/);
    if (scheme.toLowerCase() !== 'bearer' || secret === '' || rest.length > 0) {
      return undefined;
    }
    const hash = sha256(secret);
    let found: Token | undefined;
    for (const token of this.tokens) {
      found = timingSafeEqual(token.hash, hash) ? token : found;
    }
    return found;
  }
}

/**
 * Reads the tokens from the settings.
 * @throws SettingsError that names the variable and the line, never the token.
 */
export function readTokens(settings: Pick<ApiSettings, 'token' | 'tokenUser' | 'tokensFile'>): TokenBook {
  if (settings.token !== '' && settings.token.length < MIN_LENGTH) {
    throw new SettingsError([`HEMOSTAT_API_TOKEN: its value (kept secret) is shorter than ${MIN_LENGTH} characters. Default: not set. Make one with: openssl rand -hex 32`]);
  }
  const tokens = [...(settings.token ? [makeToken(settings.token, 'Admin', settings.tokenUser, false)] : []), ...(settings.tokensFile ? readTokensFile(settings.tokensFile) : [])];
  if (new Set(tokens.map(({ id }) => id)).size < tokens.length) {
    throw new SettingsError(['HEMOSTAT_API_TOKENS_FILE: the same token stands there twice, or is also HEMOSTAT_API_TOKEN. Give each its own.']);
  }
  return new TokenBook(tokens);
}

/** A login as Grafana sends it: one value, nothing invisible. */
function loginOf(header: string | readonly string[] | undefined): string {
  const login = typeof header === 'string' ? header.trim() : '';
  return login.length <= MAX_USER && !/[\p{Cc}\p{Cf},]/u.test(login) ? login : '';
}

/**
 * Who asks. Only a token that is marked as a proxy's may name another user; a proxy that names none speaks for no person, and may only read.
 * @param userHeader the value of X-Grafana-User
 */
export function callerOf(token: Token, userHeader: string | readonly string[] | undefined): Caller {
  if (!token.proxy) {
    return { user: token.user, role: token.role, machine: false };
  }
  const user = loginOf(userHeader);
  return { user, role: token.role, machine: user === '' };
}
