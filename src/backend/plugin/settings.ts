import { X509Certificate, createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { HemostatError, errorText } from '../../../agents/runtime/errors';
import { redisSettings } from '../../../agents/runtime/settings/common';
import { readSettings } from '../../../agents/runtime/settings/define';
import type { CoreSettings } from '../core/settings';
import type { WireDataSource } from './transport/wire';

/** A setting of the data source that cannot be used. The message names the field as in `jsonData` or `secureJsonData`. */
export class DataSourceSettingsError extends HemostatError {
  constructor(
    readonly field: string,
    problem: string
  ) {
    super('data_source_settings', `Setting "${field}" of the data source: ${problem}`);
  }
}

/** Editors leave an empty text or null where nothing was entered. */
const orNothing = (value: unknown) => (value === '' || value === null ? undefined : value);
const words = z.preprocess(orNothing, z.string().trim().max(2000).default(''));
/** Editors and provisioning files write numbers both ways. */
const count = (least: number, most: number, otherwise: number) =>
  z.preprocess((value) => (value === '' || value === null || value === undefined ? otherwise : typeof value === 'string' ? Number(value) : value), z.number().int().min(least).max(most));
const yesNo = z.preprocess((value) => (value === 'true' ? true : value === 'false' || value === '' || value === null ? false : value), z.boolean()).default(false);

/** What `jsonData` of the data source may hold. Unknown keys are left alone: other parts of Grafana keep theirs there too. */
export const jsonDataSchema = z.object({
  /** `api`: the browser asks the HTTP API in place of this process. */
  access: z.preprocess(orNothing, z.enum(['redis', 'api']).default('redis')),
  topology: z.preprocess(orNothing, z.enum(['single', 'sentinel', 'cluster']).default('single')),
  /** For `single`: host:port. */
  address: words,
  /** For `single`, wins over the address: redis:// or rediss://, without a password. */
  url: words,
  /** For `sentinel`: the sentinels as host:port, comma-separated, and the name of the master. */
  sentinels: words,
  sentinelName: words,
  /** For `cluster`: some nodes as host:port, comma-separated. */
  clusterNodes: words,
  user: words,
  database: count(0, 1_000_000, 0),
  tls: yesNo,
  tlsServerName: words,
  tlsSkipVerify: yesNo,
  keyPrefix: words,
  partitions: count(1, 256, 1),
});
export type DataSourceJson = z.infer<typeof jsonDataSchema>;

/** Keys of `secureJsonData`. */
export const SECURE_KEYS = ['password', 'sentinelPassword', 'redisUrl', 'tlsCaCert', 'tlsClientCert', 'tlsClientKey'] as const;
type SecureKey = (typeof SECURE_KEYS)[number];
type Secrets = Partial<Record<SecureKey, string>>;

function parseJsonData(bytes: Uint8Array): DataSourceJson {
  let value: unknown;
  try {
    value = bytes.length === 0 ? {} : JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new DataSourceSettingsError('jsonData', `is not JSON (${errorText(cause)}). Save the data source anew.`);
  }
  const parsed = jsonDataSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataSourceSettingsError(issue?.path.join('.') || 'jsonData', `${issue?.message ?? 'cannot be read'}.`);
  }
  return parsed.data;
}

function hostAndPort(field: string, text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:]+\]|[^\s:/@]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? 6379);
  if (!match?.[1] || port < 1 || port > 65_535) {
    throw new DataSourceSettingsError(field, `"${text.slice(0, 100)}" is not host:port. Write for example redis:6379.`);
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function nodes(field: string, text: string): string {
  const list = text.split(',').map((node) => node.trim()).filter(Boolean);
  if (list.length === 0) {
    throw new DataSourceSettingsError(field, 'is empty. Name at least one as host:port.');
  }
  return list
    .map((node) => hostAndPort(field, node))
    .map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`))
    .join(',');
}

function redisUrl(field: string, text: string): string {
  if (!URL.canParse(text) || !['redis:', 'rediss:'].includes(new URL(text).protocol)) {
    // The text may hold a password, so it is not repeated.
    throw new DataSourceSettingsError(field, 'is not a URL that begins with redis:// or rediss://.');
  }
  return text;
}

/** The URL from the secrets, else from `jsonData`, else the field that Grafana has for every data source. */
function urlOf({ url, address }: DataSourceJson, secrets: Secrets, common: string): string {
  if (secrets.redisUrl) {
    return redisUrl('redisUrl', secrets.redisUrl);
  }
  if (url) {
    if (URL.canParse(url) && new URL(url).password) {
      throw new DataSourceSettingsError('url', 'holds a password, which everybody who may read the data source would see. Put the URL into the secret "redisUrl", or the password into "password".');
    }
    return redisUrl('url', url);
  }
  return !address && /^rediss?:/.test(common) ? redisUrl('url', common) : '';
}

type Where = Partial<CoreSettings>;

function single(json: DataSourceJson, secrets: Secrets, common: string): Where {
  const url = urlOf(json, secrets, common);
  if (url) {
    return { redisUrl: json.database > 0 ? withDatabase(url, json.database) : url };
  }
  const address = json.address || common;
  if (!address) {
    throw new DataSourceSettingsError('address', 'is empty. Write where Redis is as host:port, for example redis:6379.');
  }
  const { host, port } = hostAndPort('address', address);
  return { redisHost: host, redisPort: port, redisDb: json.database };
}

function withDatabase(text: string, database: number): string {
  const url = new URL(text);
  if (url.pathname === '' || url.pathname === '/') {
    url.pathname = `/${database}`;
  }
  return url.toString();
}

function cluster(json: DataSourceJson): Where {
  if (json.database > 0) {
    throw new DataSourceSettingsError('database', `is ${json.database}, but a Redis Cluster has only database 0. Set it to 0.`);
  }
  return { redisClusterNodes: nodes('clusterNodes', json.clusterNodes) };
}

function where(json: DataSourceJson, secrets: Secrets, common: string): Where {
  switch (json.topology) {
    case 'single':
      return single(json, secrets, common);
    case 'sentinel':
      return {
        redisSentinels: nodes('sentinels', json.sentinels),
        redisSentinelName: json.sentinelName || 'mymaster',
        redisSentinelPassword: secrets.sentinelPassword ?? '',
        redisDb: json.database,
      };
    case 'cluster':
      return cluster(json);
  }
}

function checkPem(field: SecureKey, text: string | undefined, read: (text: string) => unknown, kind: string): string {
  if (!text) {
    return '';
  }
  try {
    read(text);
    return text;
  } catch {
    // The reason may repeat parts of the text.
    throw new DataSourceSettingsError(field, `is not ${kind} in PEM form. Paste the whole text, from -----BEGIN to -----END.`);
  }
}

function tls(json: DataSourceJson, secrets: Secrets): Where {
  const cert = checkPem('tlsClientCert', secrets.tlsClientCert, (text) => new X509Certificate(text), 'a certificate');
  const key = checkPem('tlsClientKey', secrets.tlsClientKey, (text) => createPrivateKey(text), 'a private key without passphrase');
  if (Boolean(cert) !== Boolean(key)) {
    throw new DataSourceSettingsError(cert ? 'tlsClientKey' : 'tlsClientCert', 'is empty, but certificate and key belong together. Give both or none.');
  }
  return {
    redisTls: json.tls,
    redisCaPem: checkPem('tlsCaCert', secrets.tlsCaCert, (text) => new X509Certificate(text), 'a certificate'),
    redisCertPem: cert,
    redisKeyPem: key,
    redisServerName: json.tlsServerName,
    redisTlsSkipVerify: json.tlsSkipVerify,
  };
}

/** Allowed in our keys; a hash tag or blank would put them where no agent looks. */
const PREFIX = /^[A-Za-z0-9_.:-]{1,100}$/;

/**
 * How the data source reaches Redis. Secrets are taken from `decryptedSecureJsonData` alone.
 * @throws DataSourceSettingsError that names the field.
 */
export function coreSettingsOf(source: WireDataSource): CoreSettings {
  const json = parseJsonData(source.jsonData);
  if (json.access === 'api') {
    throw new DataSourceSettingsError('access', 'is "api": this data source asks the HemoStat API through Grafana’s proxy, and alert rules and live updates of the server cannot use it. Choose "redis" for them.');
  }
  const secrets: Secrets = source.decryptedSecureJsonData;
  if (json.keyPrefix && !PREFIX.test(json.keyPrefix)) {
    throw new DataSourceSettingsError('keyPrefix', `"${json.keyPrefix.slice(0, 100)}" may hold letters, digits and _ . : - only.`);
  }
  return {
    ...readSettings(redisSettings, {}),
    ...where(json, secrets, source.url),
    ...tls(json, secrets),
    redisUser: json.user || source.user,
    redisPassword: secrets.password ?? '',
    keyPrefix: json.keyPrefix || 'hemostat',
    partitions: json.partitions,
  };
}
