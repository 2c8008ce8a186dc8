import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { makeCertificates } from '../../../tests/support/certificates';
import { removeFolder, temporaryFolder } from '../../../tests/support/processes';
import { coreSettingsOf, DataSourceSettingsError } from './settings';
import type { WireDataSource } from './transport/wire';

function source(json: Record<string, unknown>, secrets: Record<string, string> = {}, more: Partial<WireDataSource> = {}): WireDataSource {
  return { id: 1, name: 'HemoStat', url: '', user: '', database: '', jsonData: Buffer.from(JSON.stringify(json)), decryptedSecureJsonData: secrets, lastUpdatedMS: 1, uid: 'u', ...more };
}

function problem(...given: Parameters<typeof source>): DataSourceSettingsError {
  try {
    coreSettingsOf(source(...given));
  } catch (cause) {
    if (cause instanceof DataSourceSettingsError) {
      return cause;
    }
    throw cause;
  }
  throw new Error('The settings were accepted.');
}

describe('settings of the data source', () => {
  it('take address, login, database, prefix and partitions', () => {
    const json = { address: 'redis.internal:6380', user: 'grafana', database: '3', keyPrefix: 'shop', partitions: 8 };
    expect(coreSettingsOf(source(json, { password: 'hush' }))).toMatchObject({
      redisHost: 'redis.internal',
      redisPort: 6380,
      redisUser: 'grafana',
      redisPassword: 'hush',
      redisDb: 3,
      keyPrefix: 'shop',
      partitions: 8,
      redisTls: false,
      redisUrl: '',
    });
  });

  it.each([
    [{ address: 'redis' }, 'redis', 6379],
    [{ address: '[::1]:7000' }, '::1', 7000],
  ])('reads the address %j', (json, redisHost, redisPort) => {
    expect(coreSettingsOf(source(json))).toMatchObject({ redisHost, redisPort });
  });

  it('takes empty for absent', () => {
    expect(coreSettingsOf(source({ address: 'a', topology: '', access: null, user: null, database: '', partitions: null, tls: '', keyPrefix: '' }))).toMatchObject({ redisHost: 'a', redisDb: 0, partitions: 1, keyPrefix: 'hemostat', redisTls: false });
  });

  it('takes the field that every data source has when there is no address', () => {
    expect(coreSettingsOf(source({}, {}, { url: 'cache:6379' }))).toMatchObject({ redisHost: 'cache', redisPort: 6379 });
    expect(coreSettingsOf(source({}, {}, { url: 'rediss://cache:6379' }))).toMatchObject({ redisUrl: 'rediss://cache:6379' });
  });

  it('prefers the URL, the secret one above all, and adds the database to it', () => {
    expect(coreSettingsOf(source({ url: 'redis://a:1', address: 'b:2' })).redisUrl).toBe('redis://a:1');
    expect(coreSettingsOf(source({ url: 'redis://a:1', database: 2 }, { redisUrl: 'redis://:pw@c:3' })).redisUrl).toBe('redis://:pw@c:3/2');
  });

  it('takes sentinels and clusters', () => {
    expect(coreSettingsOf(source({ topology: 'sentinel', sentinels: 'a:1, b', sentinelName: 'main' }, { sentinelPassword: 's' }))).toMatchObject({
      redisSentinels: 'a:1,b:6379',
      redisSentinelName: 'main',
      redisSentinelPassword: 's',
    });
    expect(coreSettingsOf(source({ topology: 'cluster', clusterNodes: 'a:1,[::1]:2' })).redisClusterNodes).toBe('a:1,[::1]:2');
  });

  it('takes certificates as text', () => {
    const folder = temporaryFolder('settings');
    const files = makeCertificates(folder);
    const [certificate, key] = [readFileSync(files.clientCertFile, 'utf8'), readFileSync(files.clientKeyFile, 'utf8')];
    removeFolder(folder);
    const secrets = { tlsCaCert: certificate, tlsClientCert: certificate, tlsClientKey: key };
    expect(coreSettingsOf(source({ address: 'a', tls: true, tlsServerName: 'redis' }, secrets))).toMatchObject({
      redisTls: true,
      redisCaPem: certificate,
      redisCertPem: certificate,
      redisKeyPem: key,
      redisServerName: 'redis',
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, string>?]>([
    ['address', {}],
    ['address', { address: 'http://x' }],
    ['address', { address: 'x:99999' }],
    ['url', { url: 'http://x' }],
    ['url', { url: 'redis://:secret-word@x' }],
    ['redisUrl', {}, { redisUrl: 'nonsense secret-word' }],
    ['sentinels', { topology: 'sentinel' }],
    ['clusterNodes', { topology: 'cluster', clusterNodes: 'a b' }],
    ['database', { topology: 'cluster', clusterNodes: 'a', database: 1 }],
    ['database', { address: 'a', database: -1 }],
    ['partitions', { address: 'a', partitions: 'many' }],
    ['keyPrefix', { address: 'a', keyPrefix: '{x}' }],
    ['topology', { topology: 'ring' }],
    ['access', { access: 'api' }],
    ['tlsCaCert', { address: 'a' }, { tlsCaCert: 'secret-word' }],
    ['tlsClientKey', { address: 'a' }, { tlsClientKey: 'secret-word' }],
  ])('names the field %s when it cannot be used: %j', (field, json, secrets = {}) => {
    const { message, field: named } = problem(json, secrets);
    expect(named).toBe(field);
    expect(message).toContain(`"${field}"`);
    expect(message).not.toContain('secret-word');
  });

  it('wants certificate and key together', () => {
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(problem({ address: 'a' }, { tlsClientKey: key }).field).toBe('tlsClientCert');
  });

  it('says so when jsonData is not JSON', () => {
    expect(() => coreSettingsOf({ ...source({}), jsonData: Buffer.from('{') })).toThrow(DataSourceSettingsError);
  });
});
