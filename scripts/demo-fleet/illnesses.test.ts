import { FleetUnderTest, eventually } from './test-harness';

/** One illness a test: what the Docker API shows while it lasts, and what ends it. */
describe('illnesses of the demo fleet', () => {
  let under: FleetUnderTest;
  const start = async (only: string[], speed: number): Promise<FleetUnderTest> => {
    under = await FleetUnderTest.start({ only, speed });
    return under;
  };
  const presence = (kind: string): string | undefined =>
    under.fleet.illnesses().findLast((i) => i.kind === kind)?.state;

  afterEach(() => under.close());

  test('crash: exits with 1 once, stays down, tells why, is well after a restart', async () => {
    const { docker, fleet } = await start(['payment'], 10);
    fleet.makeIll('shop-payment-1');
    await under.event('shop-payment-1', 'die 1');
    const { State, RestartCount, HostConfig } = await under.inspect('shop-payment-1');
    expect(State).toMatchObject({ Status: 'exited', Running: false, ExitCode: 1, OOMKilled: false, Pid: 0 });
    expect(HostConfig.RestartPolicy?.Name).toBe('no');
    expect(RestartCount).toBe(0);
    const logs = await under.logs('shop-payment-1');
    expect(logs).toContain("TypeError: Cannot read properties of undefined (reading 'currency')");
    expect(logs).toContain('Bearer ');

    expect(presence('crash')).toBe('present');
    await docker.getContainer('shop-payment-1').restart();
    expect((await under.inspect('shop-payment-1')).State.Status).toBe('running');
    expect(presence('crash')).toBe('over');
  });

  test('crash loop: restarted by its policy with growing waits, well after a restart by a user', async () => {
    const { docker, fleet } = await start(['mailer'], 10);
    fleet.makeIll('queue-mailer-1');
    await eventually('five restarts', async () =>
      (await under.inspect('queue-mailer-1')).RestartCount >= 5 ? true : undefined
    );
    expect(await under.logs('queue-mailer-1')).toContain('FATAL cannot take the spool lock');
    await docker.getContainer('queue-mailer-1').restart();
    const after = await under.inspect('queue-mailer-1');
    expect(after).toMatchObject({ RestartCount: 0, State: { Running: true } });
    expect(presence('crash_loop')).toBe('over');
    const texts = under.textsOf('queue-mailer-1').filter((text) => text === 'die 1');
    expect(texts.length).toBeGreaterThanOrEqual(5);
  });

  test('crash loop with a limit: the policy gives up after its number of tries', async () => {
    const { fleet } = await start(['mailer'], 60);
    fleet.makeIll('queue-mailer-1');
    await eventually('the end of all tries', async () => {
      const { State, RestartCount } = await under.inspect('queue-mailer-1');
      return State.Status === 'exited' && RestartCount === 8 ? true : undefined;
    });
  });

  test('crash loop of a missing dependency: a restart does not help, time does', async () => {
    const { docker, fleet } = await start(['scheduler'], 20);
    fleet.makeIll('queue-scheduler-1');
    await under.event('queue-scheduler-1', 'die 1');
    await docker.getContainer('queue-scheduler-1').restart();
    expect(presence('crash_loop')).toBe('present');
    await under.event('queue-scheduler-1', 'die 1', under.events.length);
    await eventually('the dependency to come back', () => (presence('crash_loop') === 'over' ? true : undefined));
    await eventually('a run that lasts', async () => {
      const { State } = await under.inspect('queue-scheduler-1');
      const ranMs = Date.now() - Date.parse(State.StartedAt);
      return State.Status === 'running' && ranMs > 500 ? true : undefined;
    });
  });

  test('CPU burn: most of one core by the formula of Docker until it is restarted', async () => {
    const { docker, fleet } = await start(['recommender'], 10);
    const container = docker.getContainer('shop-recommender-1');
    const percent = async (): Promise<number> => {
      const { cpu_stats: now, precpu_stats: before } = await container.stats({ stream: false });
      const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
      return (used / (now.system_cpu_usage - before.system_cpu_usage)) * now.online_cpus * 100;
    };
    expect(await percent()).toBeLessThan(60);
    fleet.makeIll('shop-recommender-1');
    // A busy machine gives the burner less than the core it asks for.
    const burning = await eventually('the burn to show', async () => {
      const measured = await percent();
      return measured > 30 ? measured : undefined;
    });
    expect(burning).toBeLessThan(110);
    expect((await under.inspect('shop-recommender-1')).HostConfig.NanoCpus).toBe(1_000_000_000);
    await container.restart();
    expect(presence('cpu_burn')).toBe('over');
    await eventually('the burn to end', async () => ((await percent()) < 30 ? true : undefined));
  });

  test('memory leak: grows to its own limit, where the kernel ends it', async () => {
    const { docker, fleet } = await start(['search'], 10);
    const container = docker.getContainer('shop-search-1');
    fleet.makeIll('shop-search-1');
    const grown = await eventually('the leak to show', async () => {
      const { memory_stats: memory } = await container.stats({ stream: false, 'one-shot': true });
      const inUse = (memory.usage ?? 0) - (memory.stats?.inactive_file ?? 0);
      return inUse > 40 * 1024 * 1024 ? memory : undefined;
    });
    expect(grown.limit).toBe(96 * 1024 * 1024);
    expect(grown.usage).toBeLessThanOrEqual(grown.limit);
    await under.event('shop-search-1', 'die 137', await under.event('shop-search-1', 'oom'));
    const { State } = await under.inspect('shop-search-1');
    expect(State).toMatchObject({ Status: 'exited', ExitCode: 137, OOMKilled: true });
    expect(await under.logs('shop-search-1')).toContain('JavaScript heap out of memory');
    await container.start();
    expect((await under.inspect('shop-search-1')).State).toMatchObject({ OOMKilled: false, Running: true });
  });

  test('failing health check: unhealthy with the output of its probe until it is restarted', async () => {
    const { docker, fleet } = await start(['cart'], 10);
    await under.health('shop-cart-1', 'healthy');
    fleet.makeIll('shop-cart-1');
    await under.event('shop-cart-1', 'health_status: unhealthy');
    const { State } = await under.inspect('shop-cart-1');
    expect(State.Running).toBe(true);
    expect(State.Health?.FailingStreak).toBeGreaterThanOrEqual(2);
    expect(State.Health?.Log.at(-1)).toMatchObject({
      ExitCode: 1,
      Output: expect.stringContaining('connection refused'),
    });
    expect(await under.logs('shop-cart-1')).toContain('ECONNREFUSED');
    await docker.getContainer('shop-cart-1').restart();
    await under.event('shop-cart-1', 'health_status: healthy', under.events.length);
    expect(presence('failing_health')).toBe('over');
  });

  test('slow start: starting, with failures that do not count, then healthy', async () => {
    const { fleet } = await start(['ingest'], 10);
    await eventually('a failed probe', async () => {
      const { Health } = (await under.inspect('queue-ingest-1')).State;
      return Health?.Status === 'starting' && Health.Log.some((entry) => entry.ExitCode === 1) ? true : undefined;
    });
    expect((await under.inspect('queue-ingest-1')).State.Health?.FailingStreak).toBe(0);
    await under.health('queue-ingest-1', 'healthy');
    await eventually('the first slow start to end', () => (presence('slow_start') === 'over' ? true : undefined));
    const mark = under.events.length;
    fleet.makeIll('queue-ingest-1');
    await under.event('queue-ingest-1', 'restart', mark);
    await under.event('queue-ingest-1', 'health_status: healthy', mark);
    expect(under.textsOf('queue-ingest-1')).not.toContain('health_status: unhealthy');
  });

  test('lost network: the child of a restarted parent is unhealthy until it is restarted itself', async () => {
    const { docker, fleet } = await start(['uplink'], 10);
    expect(fleet.containers).toEqual(['queue-tunnel-1', 'queue-uplink-1']);
    const parent = await under.inspect('queue-tunnel-1');
    const child = await under.inspect('queue-uplink-1');
    expect(child.HostConfig.NetworkMode).toBe(`container:${parent.Id}`);
    expect(child.NetworkSettings.Networks).toEqual({});
    expect(child.Config.Labels['com.docker.compose.depends_on']).toBe('tunnel:service_healthy:true');
    await under.health('queue-uplink-1', 'healthy');

    fleet.makeIll('queue-uplink-1');
    const restarted = await under.event('queue-tunnel-1', 'start', await under.event('queue-tunnel-1', 'die 1'));
    await under.event('queue-uplink-1', 'health_status: unhealthy', restarted);
    expect(await under.logs('queue-uplink-1')).toContain('ENETUNREACH');
    expect(
      (await under.inspect('queue-uplink-1')).State.StartedAt < (await under.inspect('queue-tunnel-1')).State.StartedAt
    ).toBe(true);

    await docker.getContainer('queue-uplink-1').restart();
    await under.health('queue-uplink-1', 'healthy');
    // Anybody's restart of the parent has the same effect.
    await docker.getContainer('queue-tunnel-1').restart();
    await under.health('queue-uplink-1', 'unhealthy');
  });

  test('a child cannot start without its parent, in the words of Docker', async () => {
    const { docker } = await start(['uplink'], 10);
    await docker.getContainer('queue-tunnel-1').stop();
    const refused = {
      statusCode: 500,
      json: { message: expect.stringContaining('cannot join network of a non running container') },
    };
    await expect(docker.getContainer('queue-uplink-1').restart()).rejects.toMatchObject(refused);
    expect((await under.inspect('queue-uplink-1')).State.Status).toBe('exited');
    await expect(docker.getContainer('queue-uplink-1').start()).rejects.toMatchObject({ ...refused, statusCode: 409 });
  });

  test('intended stop: kill, die and stop by a user, no restart, later started by the user', async () => {
    const { fleet } = await start(['report'], 60);
    fleet.makeIll('shop-report-1');
    const stopped = await under.event('shop-report-1', 'stop');
    expect(under.textsOf('shop-report-1')).toEqual(['create', 'start', 'kill 15', 'die 143', 'stop']);
    await under.event('shop-report-1', 'start', stopped);
    expect(fleet.illnesses()[0]).toMatchObject({ kind: 'intended_stop', cure: 'nothing' });
  });

  test('planned update: the old container goes, a new one with another image takes its name', async () => {
    const { fleet } = await start(['banner'], 10);
    const before = await under.inspect('shop-banner-1');
    fleet.makeIll('shop-banner-1');
    await under.event('shop-banner-1', 'start', await under.event('shop-banner-1', 'destroy'));
    const texts = under.textsOf('shop-banner-1').filter((text) => !text.startsWith('health_status'));
    expect(texts).toEqual(['create', 'start', 'kill 15', 'die 143', 'stop', 'destroy', 'create', 'start']);
    const after = await under.inspect('shop-banner-1');
    expect(after.Id).not.toBe(before.Id);
    expect([before.Config.Image, after.Config.Image]).toEqual([
      'registry.example/shop/banner:1.8.3',
      'registry.example/shop/banner:1.8.4',
    ]);
  });
});
