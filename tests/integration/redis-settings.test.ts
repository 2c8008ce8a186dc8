import { openLog, runAgents } from '../../agents/runtime/run';
import { defineAgent } from '../../agents/runtime/agent';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import type { RedisTrouble } from '../../agents/runtime/redis-errors';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings, SettingsError, type Environment } from '../../agents/runtime/settings/define';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startRedis, startSentinel } from '../support/servers';

async function appendsOnce(environment: Environment): Promise<void> {
  const log = testLog(environment);
  const alert = testAlert('web-1');
  try {
    expect((await log.append([alert]))[0]?.duplicate).toBe(false);
    expect((await log.append([alert]))[0]?.duplicate).toBe(true);
  } finally {
    log.redis.disconnect();
  }
}

/** A log that cannot be written, and what it says about it. */
async function firstTrouble(environment: Environment): Promise<RedisTrouble> {
  return new Promise((resolve) => {
    const log = openLog(readSettings(commonSettings, { REDIS_HOST: '127.0.0.1', ...environment }), 'test', (trouble) => {
      if (trouble) {
        log.close();
        log.redis.disconnect();
        resolve(trouble);
      }
    });
    log.append([testAlert('web-1')]).catch(() => undefined);
  });
}

describe('reaching Redis by settings', () => {
  it('works by one URL, with a password in it', async () => {
    const redis = await startRedis({ password: 'correct horse' });
    await appendsOnce({ REDIS_URL: redis.url });
    await appendsOnce({ REDIS_PORT: String(redis.port), REDIS_PASSWORD: 'correct horse' });
    await redis.stop();
  });

  it('works with TLS, a client certificate and an ACL user that may only what it needs', async () => {
    const redis = await startRedis({ tls: { clientCertificates: true }, acl: ['hemostat on >pw ~hemostat:* &hemostat:* +@all -@admin -@dangerous +info'] });
    const certificates = redis.certificates;
    await appendsOnce({
      REDIS_PORT: String(redis.port),
      REDIS_USERNAME: 'hemostat',
      REDIS_PASSWORD: 'pw',
      HEMOSTAT_REDIS_TLS: 'true',
      HEMOSTAT_REDIS_CA_FILE: certificates?.caFile,
      HEMOSTAT_REDIS_CERT_FILE: certificates?.clientCertFile,
      HEMOSTAT_REDIS_KEY_FILE: certificates?.clientKeyFile,
    });
    await redis.stop();
  });

  it('follows the sentinels to a new master', async () => {
    const sentinels = await startSentinel();
    const nodes = sentinels.sentinels.map((one) => `127.0.0.1:${one.port}`).join(',');
    await appendsOnce({ HEMOSTAT_REDIS_SENTINELS: nodes });
    const log = testLog({ HEMOSTAT_REDIS_SENTINELS: nodes });
    await sentinels.master.kill('SIGKILL');
    await log.append([testAlert('web-2')]);
    log.redis.disconnect();
    await sentinels.stop();
  }, 60_000);
});

describe('what is wrong with Redis is said in one line that names the setting', () => {
  it.each<[string, RedisTrouble['code'], RegExp, Environment, Parameters<typeof startRedis>[0]]>([
    ['a wrong password', 'wrong_password', /REDIS_PASSWORD/, { REDIS_PASSWORD: 'wrong-horse' }, { password: 'right-horse' }],
    ['no password', 'wrong_password', /REDIS_PASSWORD/, {}, { password: 'right-horse' }],
    ['a full Redis', 'full', /maxmemory/, {}, { maxmemory: '100kb' }],
    ['a database that is not there', 'wrong_database', /REDIS_DB/, { REDIS_DB: '99' }, {}],
    ['a user without rights', 'no_right', /REDIS_USERNAME/, { REDIS_USERNAME: 'weak', REDIS_PASSWORD: 'pw' }, { acl: ['weak on >pw ~other:* +@read +info'] }],
  ])('%s', async (_name, code, mend, environment, options) => {
    const redis = await startRedis(options);
    const trouble = await firstTrouble({ REDIS_PORT: String(redis.port), ...environment });
    await redis.stop();
    expect(trouble.code).toBe(code);
    expect(trouble.mend).toMatch(mend);
    expect(trouble.message).toContain(`127.0.0.1:${redis.port}`);
    expect(JSON.stringify(trouble)).not.toMatch(/(wrong|right)-horse/);
  });

  it('a Redis that becomes full shows in status, and goes on when there is room again', async () => {
    const redis = await startRedis();
    const lines: string[] = [];
    const idle = defineAgent({ name: 'analyzer', group: 'analyzer', reads: ['health_alert'], writes: [], create: () => ({ handle: () => [] }) });
    const running = await runAgents([idle], { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) }, { out: (line) => lines.push(line) });
    const admin = redis.connect();
    await eventually(async () => expect(await readAgentStates(running.log)).toHaveLength(1));
    await admin.config('SET', 'maxmemory', '1');
    const appended = running.log.append([testAlert('web-1')]);
    await eventually(() => expect(running.agents[0]?.context.trouble.list()).toMatchObject([{ part: 'log', mend: expect.stringMatching(/maxmemory/) as unknown }]));
    // It lives on in the eyes of the others, although Redis takes no write: nobody may claim what it holds.
    const [alive = ''] = await admin.keys('hemostat:{0}:alive:*');
    await admin.pexpire(alive, 2500);
    await eventually(async () => expect(await admin.pttl(alive)).toBeGreaterThan(2500));
    await admin.config('SET', 'maxmemory', '0');
    expect((await appended)[0]?.duplicate).toBe(false);
    await eventually(() => expect(running.agents[0]?.context.trouble.list()).toEqual([]));
    expect(lines.filter((line) => line.includes('OOM'))).toHaveLength(1);
    await running.close();
    await redis.stop();
  });
});

describe('settings that cannot be used', () => {
  it('are all named at once, with value, problem and default, and no secret', () => {
    const wrong = { REDIS_PORT: 'seven', REDIS_DB: '-1', LOG_LEVEL: 'loud', HEMOSTAT_PARTITIONS: '0', REDIS_URL: 'http://user:hunter2@host' };
    const read = () => readSettings(commonSettings, wrong);
    expect(read).toThrow(SettingsError);
    try {
      read();
    } catch (cause) {
      const text = (cause as Error).message;
      expect(text.split('\n')).toHaveLength(5);
      expect(text).toMatch(/REDIS_PORT: "seven" is not a number. Default: 6379/);
      expect(text).toMatch(/LOG_LEVEL: "loud" is not one of trace/);
      expect(text).not.toContain('hunter2');
    }
  });
});
