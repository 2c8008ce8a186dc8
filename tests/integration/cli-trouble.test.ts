import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RUN_FOLDER, type RunFile } from '../../agents/cli/run-file';
import { cli as runIn, type CliRun } from '../support/cli';
import { freePort } from '../support/free-port';
import { removeFolder, temporaryFolder } from '../support/processes';
import { startRedis, type RedisServer } from '../support/servers';

describe('the command line in trouble', () => {
  let redis: RedisServer;
  const environment = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) });
  const cli = (argv: string[]): Promise<CliRun> => runIn(environment(), argv);
  const json = async (argv: string[]) => JSON.parse((await cli([...argv, '--json'])).out) as Record<string, unknown>;
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

  beforeAll(async () => {
    redis = await startRedis({ aof: true });
  });
  afterAll(() => redis.stop());

  describe('when something is wrong', () => {
    it('names Redis that is not there, and the mend', async () => {
      const port = await freePort();
      const { code, err } = await runIn({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port) }, ['incidents']);
      expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`Redis at 127.0.0.1:${port} cannot be reached.*\n.*REDIS_HOST`))]);
    });

    it('names a setting that cannot be used', async () => {
      const { code, err } = await runIn({ REDIS_PORT: 'many' }, ['incidents']);
      expect([code, err]).toEqual([2, expect.stringMatching(/REDIS_PORT: "many" is not a number. Default: 6379/)]);
    });

    it('gives errors as JSON with --json', async () => {
      expect(await json(['explain', 'nowhere'])).toMatchObject({ error: expect.stringMatching(/nowhere/), mend: expect.any(String) });
    });

    it.each([[['dance']], [['tail', '--since', 'soon']], [['tail', '--type', 'party']], [['agent', 'smith']], [['incidents', '--limit', '0']], [['explain']]])('wrong usage is exit code 2: %j', async (argv) => {
      expect((await cli(argv)).code).toBe(2);
    });

    it('shows help', async () => {
      const { code, out } = await cli(['--help']);
      expect(code).toBe(0);
      expect(out).toMatch(/explain/);
      expect(widest(out)).toBeLessThanOrEqual(80);
    });

    it('names a wrong password', async () => {
      const locked = await startRedis({ password: 'right' });
      try {
        const { code, err } = await runIn({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(locked.port), REDIS_PASSWORD: 'wrong' }, ['status']);
        expect([code, err]).toEqual([1, expect.stringMatching(/REDIS_PASSWORD/)]);
        const doctor = JSON.parse((await runIn({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(locked.port), REDIS_PASSWORD: 'wrong' }, ['doctor', '--json'])).out) as { checks: Array<Record<string, string>> };
        expect(doctor.checks.find((check) => check.what === 'Redis')).toMatchObject({ level: 'fail', mend: expect.stringMatching(/REDIS_PASSWORD/) });
      } finally {
        await locked.stop();
      }
    });
  });

  describe('doctor', () => {
    it('finds a Redis in order, Docker missing, and says what is set', async () => {
      const settings = { ...environment(), DOCKER_HOST: 'unix:///nowhere/docker.sock' };
      const { code, out } = await runIn(settings, ['doctor']);
      expect(code).toBe(1);
      expect(out).toMatch(/ok +Redis +answers at/);
      expect(out).toMatch(/ok +Redis persistence/);
      expect(out).toMatch(/ok +Redis rights/);
      expect(out).toMatch(/ok +Redis clock/);
      expect(out).toMatch(/fail +Docker +/);
      expect(out).toMatch(/ok +model +no model set: rules only/);
      expect(out).toMatch(/warn +notifier +no channel is set/);
      expect(out).toMatch(new RegExp(`port ${redis.port} +taken by redis-server \\(pid ${redis.pid}\\)`));
      expect(widest(out)).toBeLessThanOrEqual(80);
    });

    it('warns of a Redis that forgets and evicts, and of settings that cannot be used', async () => {
      const weak = await startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] });
      try {
        const { out } = await runIn({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(weak.port), ALERT_DEDUPE_TTL: 'long' }, ['doctor', '--json']);
        const checks = (JSON.parse(out) as { checks: Array<Record<string, string>> }).checks;
        const level = (what: string) => checks.find((check) => check.what === what)?.level;
        expect([level('Redis persistence'), level('Redis memory policy'), level('settings')]).toEqual(['warn', 'fail', 'fail']);
      } finally {
        await weak.stop();
      }
    });

    it('names the right that a user of Redis lacks', async () => {
      const strict = await startRedis();
      try {
        await strict.connect().call('ACL', 'SETUSER', 'agent', 'on', '>pass', '~hemostat:*', '&hemostat:*', '+@all', '-xadd');
        const { out } = await runIn({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(strict.port), REDIS_USERNAME: 'agent', REDIS_PASSWORD: 'pass' }, ['doctor', '--json']);
        const checks = (JSON.parse(out) as { checks: Array<Record<string, string>> }).checks;
        expect(checks.find((check) => check.what === 'Redis rights')).toMatchObject({ level: 'fail', found: expect.stringMatching(/XADD/) });
      } finally {
        await strict.stop();
      }
    });
  });

  it('finds the Redis of the npm start that runs in the folder, unless the environment names one', async () => {
    const root = temporaryFolder('root');
    try {
      const run: RunFile = { pid: process.pid, mark: '', started_at: new Date().toISOString(), redis: { host: '127.0.0.1', port: redis.port }, docker_host: '', demo: true, mode: 'auto', settings: {} };
      mkdirSync(path.join(root, RUN_FOLDER));
      mkdirSync(path.join(root, 'deeper'));
      writeFileSync(path.join(root, RUN_FOLDER, 'run.json'), JSON.stringify(run));
      const found = await runIn({}, ['incidents', '--verbose'], { folders: [path.join(root, 'deeper')] });
      expect([found.code, found.err]).toEqual([0, expect.stringMatching(new RegExp(`Redis: 127.0.0.1:${redis.port} \\(of the npm start`))]);
      const named = await runIn({ REDIS_PORT: String(await freePort()) }, ['incidents'], { folders: [root] });
      expect(named.code).toBe(1);
    } finally {
      removeFolder(root);
    }
  });
});
