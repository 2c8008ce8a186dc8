import { integer, secret, text } from './define';

export const apiSettings = {
  port: integer('HEMOSTAT_API_PORT', '8080', 'Port of the HTTP API.', 1, 65_535),
  bindHost: text('HEMOSTAT_API_HOST', '127.0.0.1', 'Address that the HTTP API listens on; 0.0.0.0 for all.'),
  token: secret('HEMOSTAT_API_TOKEN', 'Token of the HTTP API with the role Admin; 16 characters or more. Without any token nothing but /health is served.'),
  tokenUser: text('HEMOSTAT_API_TOKEN_USER', 'api', 'User that actions with this token are recorded for.'),
  tokensFile: text('HEMOSTAT_API_TOKENS_FILE', '', 'File with further tokens: a line each of token, role (Viewer, Editor, Admin), user, and perhaps the word proxy.'),
  rateLimit: integer('HEMOSTAT_API_RATE_LIMIT', '120', 'Requests a minute for each token and address; 0 for no limit.', 0, 1_000_000),
  maxStreams: integer('HEMOSTAT_API_MAX_STREAMS', '200', 'Live streams of the HTTP API at the same time, at most.', 1, 100_000),
};
