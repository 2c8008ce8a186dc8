import type { IncomingMessage } from 'node:http';

export const PREVIEW_ROLES = ['Viewer', 'Editor', 'Admin'] as const;
export type PreviewRole = (typeof PREVIEW_ROLES)[number];

/** Who looks at the pages, and how: what a person has chosen in the head of the page. */
export interface Visitor {
  role: PreviewRole;
  /** As actions are recorded. */
  user: string;
  theme: 'dark' | 'light';
  /** IANA zone, `utc` or `browser`. */
  zone: string;
}

/** Names of the cookies; the host writes them. */
export const COOKIES = { role: 'hemostat_preview_role', theme: 'hemostat_preview_theme', zone: 'hemostat_preview_zone' } as const;

export const userOf = (role: PreviewRole): string => `preview-${role.toLowerCase()}`;

function cookiesOf(request: Pick<IncomingMessage, 'headers'>): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('=', 2));
  return new Map(pairs.map(([name = '', value = '']) => [name, value]));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

/** What cannot be understood is as if it were not there. */
export function visitorOf(request: Pick<IncomingMessage, 'headers'>): Visitor {
  const cookies = cookiesOf(request);
  const role = PREVIEW_ROLES.find((one) => one === cookies.get(COOKIES.role)) ?? 'Admin';
  const zone = decoded(cookies.get(COOKIES.zone) ?? '');
  return { role, user: userOf(role), theme: cookies.get(COOKIES.theme) === 'light' ? 'light' : 'dark', zone: /^[A-Za-z0-9_+/-]{1,60}$/.test(zone) ? zone : 'browser' };
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

function hostName(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

/**
 * Why a request is turned away, or undefined. There is no sign-in, so no other web page may act here: neither by sending a form
 * to us, nor under a name of its own that leads to this machine.
 * @param bindHost address that the server listens on
 */
export function strangerOf({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>, bindHost: string): string | undefined {
  const host = headers.host ?? '';
  if (LOOPBACK.includes(bindHost) && !LOOPBACK.includes(hostName(host))) {
    return 'The preview answers under the names localhost and 127.0.0.1 only.';
  }
  if (method === 'GET' || method === 'HEAD') {
    return undefined;
  }
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isOurs = origin === undefined ? site === undefined || site === 'same-origin' : URL.canParse(origin) && new URL(origin).host === host;
  return isOurs ? undefined : 'Another web page sent this request.';
}
