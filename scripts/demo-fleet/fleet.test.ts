import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { startDemoFleet } from './index';
import { MEMBERS, nameOf } from './fleet';
import { FleetUnderTest, eventually, socketFolder } from './test-harness';

const alive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

describe('the demo fleet', () => {
  let under: FleetUnderTest | undefined;
  afterEach(() => under?.close());

  test('falls ill by itself: each kind within the first 40 s, each at its own time, the same for one seed', async () => {
    const times = async (seed: number): Promise<number[]> => {
      const fleet = await FleetUnderTest.start({ automatic: true, seed });
      const begun = Date.now();
      const planned = fleet.fleet.illnesses().filter((i) => i.kind !== 'slow_start');
      await fleet.close();
      expect(planned).toHaveLength(9);
      const offsets = planned.map((i) => Date.parse(i.time) - begun);
      expect(Math.min(...offsets)).toBeGreaterThan(3000);
      expect(Math.max(...offsets)).toBeLessThanOrEqual(40_000);
      return offsets;
    };
    const [first, again, other] = [await times(7), await times(7), await times(8)];
    const farthest = (a: number[], b: number[]): number => Math.max(...a.map((ms, i) => Math.abs(ms - (b[i] ?? 0))));
    // The start of the fleet itself takes a moment that varies.
    expect(farthest(first, again)).toBeLessThan(300);
    expect(farthest(first, other)).toBeGreaterThan(300);
  });

  test('every container has a compose project and service, neighbours stay well and wobble', async () => {
    const all = await FleetUnderTest.start({ speed: 10 });
    under = all;
    const list = await under.docker.listContainers({ all: true });
    expect(list).toHaveLength(MEMBERS.length);
    expect(list.every((c) => c.Labels['com.docker.compose.project'] && c.Labels['com.docker.compose.service'])).toBe(
      true
    );
    const shop = await under.docker.listContainers({ filters: { label: ['com.docker.compose.project=shop'] } });
    expect(new Set(shop.map((c) => c.Labels['com.docker.compose.project']))).toEqual(new Set(['shop']));
    await Promise.all(['shop-web-1', 'shop-catalog-1', 'queue-broker-1'].map((name) => all.health(name, 'healthy')));
    await eventually('a little load', async () => {
      const { cpu_stats: cpu } = await all.docker
        .getContainer('queue-worker-1')
        .stats({ stream: false, 'one-shot': true });
      return cpu.cpu_usage.total_usage > 0 ? true : undefined;
    });
  });

  test('an illness that is due finds a removed container and replaces it', async () => {
    under = await FleetUnderTest.start({ automatic: true, only: ['payment'], speed: 20 });
    await under.docker.getContainer('shop-payment-1').remove({ force: true });
    await under.event('shop-payment-1', 'create', under.events.length);
    await under.event('shop-payment-1', 'die 1', under.events.length);
  });

  test('logs hold made-up secrets and an injected order', () => {
    const voices = readFileSync(path.join(__dirname, 'programs', 'voices.mjs'), 'utf8');
    for (const bait of [
      'password=',
      'Bearer ',
      'AKIAIOSFODNN7EXAMPLE',
      'amqp://worker:',
      'Ignore all previous instructions',
    ]) {
      expect(voices).toContain(bait);
    }
  });

  test('close ends every process, may be called twice, and removes the socket', async () => {
    under = await FleetUnderTest.start({ only: ['web', 'uplink'] });
    const { fleet, docker } = under;
    const list = await docker.listContainers();
    const pids = await Promise.all(list.map(async (c) => (await docker.getContainer(c.Id).inspect()).State.Pid));
    expect(pids.every(alive)).toBe(true);
    await fleet.close();
    await fleet.close();
    expect(pids.some(alive)).toBe(false);
    expect(existsSync(fleet.socketPath)).toBe(false);
  });

  test('an unknown container, kind or a busy socket is refused by name', async () => {
    await expect(FleetUnderTest.start({ only: ['nothing-like-it'] })).rejects.toThrow('"nothing-like-it"');
    under = await FleetUnderTest.start({ only: ['web'] });
    const { fleet } = under;
    expect(() => fleet.makeIll('missing')).toThrow('"missing"');
    expect(() => fleet.makeIll('shop-web-1')).toThrow('never falls ill');
    await expect(startDemoFleet({ socketPath: fleet.socketPath, only: ['web'] })).rejects.toThrow('is in use');
    const long = path.join(path.dirname(fleet.socketPath), 'x'.repeat(120));
    await expect(startDemoFleet({ socketPath: long, only: ['web'] })).rejects.toThrow('at most 107');
  });

  test('names are unique and owners of a network come before those that share it', () => {
    const names = MEMBERS.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    const owner = names.indexOf('queue-tunnel-1');
    expect(owner).toBeLessThan(names.indexOf('queue-uplink-1'));
  });
});

describe('a fleet whose process dies', () => {
  test('leaves no program behind, even when it was killed', async () => {
    // The program's own rule, without a fleet: the end of its standard input ends it.
    const program = path.join(__dirname, 'programs', 'service.mjs');
    const folder = socketFolder();
    const child = spawn(process.execPath, [program], {
      cwd: folder,
      env: { FLEET: JSON.stringify({ voice: 'web' }) },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.stdin.end();
    expect(await ended).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  test('programs see nothing of this environment', async () => {
    process.env['FLEET_TEST_SECRET'] = 'must-not-pass';
    const fleet = await FleetUnderTest.start({ only: ['web'] });
    delete process.env['FLEET_TEST_SECRET'];
    const { Pid } = (await fleet.inspect('shop-web-1')).State;
    const { stdout } = await promisify(execFile)('cat', [`/proc/${Pid}/environ`]);
    await fleet.close();
    expect(stdout).not.toContain('must-not-pass');
  });
});
