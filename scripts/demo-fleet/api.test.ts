import { FleetUnderTest, eventually } from './test-harness';

interface Frame {
  stream: number;
  text: string;
}

/** Takes Docker's multiplexed stream apart: eight bytes of header, then so many of text. */
function frames(bytes: Buffer): Frame[] {
  const found: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    found.push({ stream: bytes.readUInt8(at), text: bytes.toString('utf8', at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return found;
}

async function collect(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}

describe('the Docker API of the demo fleet', () => {
  let under: FleetUnderTest;
  const web = 'shop-web-1';
  const container = (name = web): ReturnType<FleetUnderTest['docker']['getContainer']> =>
    under.docker.getContainer(name);

  beforeAll(async () => {
    under = await FleetUnderTest.start({ only: ['web', 'worker', 'payment', 'db'], speed: 10 });
  });
  afterAll(() => under.close());

  const logsOf = async (options: object, name = web): Promise<Frame[]> =>
    frames(await container(name).logs({ stdout: true, stderr: true, follow: false, ...options }));

  describe('finding containers', () => {
    test('by id, short id and name', async () => {
      const { Id } = await under.inspect(web);
      const found = await Promise.all([Id.slice(0, 12), web, Id].map((ref) => under.inspect(ref)));
      expect(found.map((one) => one.Id)).toEqual([Id, Id, Id]);
    });

    test.each([
      [{ name: ['web'] }, [web]],
      [{ name: ['^/shop-db-1$'] }, ['shop-db-1']],
      [{ label: ['com.docker.compose.project=queue'] }, ['queue-worker-1']],
      [{ label: ['com.docker.compose.depends_on=db:service_started:true'] }, ['shop-payment-1']],
      [{ label: ['no.such.label'] }, []],
      [{ status: ['exited'] }, []],
      [{ status: { running: true }, name: { db: true } }, ['shop-db-1']],
    ])('with the filter %j', async (filters, expected) => {
      const list = await under.docker.listContainers({ filters: JSON.stringify(filters) });
      expect(list.map((one) => one.Names[0]?.slice(1))).toEqual(expected);
    });
  });

  describe('stats', () => {
    test('stream a frame a second, each with the one before', async () => {
      const stream = await container().stats({ stream: true });
      const bodies: Array<{ read: string; preread: string; networks: { eth0: { rx_bytes: number } } }> = [];
      for await (const chunk of stream) {
        bodies.push(JSON.parse(String(chunk)));
        if (bodies.length === 2) {
          break;
        }
      }
      expect(bodies[0]?.preread).toBe('0001-01-01T00:00:00Z');
      expect(bodies[1]?.preread).toBe(bodies[0]?.read);
      expect(bodies[1]?.networks.eth0.rx_bytes).toBeGreaterThan(0);
    });

    test('give the limit of the container and figures that never go back', async () => {
      const first = await container().stats({ stream: false, 'one-shot': true });
      const second = await container().stats({ stream: false, 'one-shot': true });
      expect(first.memory_stats.limit).toBe(192 * 1024 * 1024);
      expect(first.pids_stats?.current).toBeGreaterThan(0);
      expect(second.cpu_stats.cpu_usage.total_usage).toBeGreaterThanOrEqual(first.cpu_stats.cpu_usage.total_usage);
    });

    test('end with the removal of the container', async () => {
      const stream = await container('queue-worker-1').stats({ stream: true });
      const all = collect(stream);
      await container('queue-worker-1').remove({ force: true });
      expect((await all).length).toBeGreaterThan(0);
      await expect(under.inspect('queue-worker-1')).rejects.toMatchObject({ statusCode: 404 });
    });
  });

  describe('logs', () => {
    test('by tail, stream and time', async () => {
      const all = await eventually('two lines', async () => {
        const lines = await logsOf({ timestamps: true });
        return lines.length >= 2 ? lines : undefined;
      });
      expect(all.every((one) => one.stream === 1)).toBe(true);
      expect(all[0]?.text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z .*listening on :8080\n$/);
      expect(await logsOf({ tail: 0 })).toEqual([]);
      expect(await logsOf({ tail: 1 })).toHaveLength(1);
      expect(await logsOf({ stdout: false })).toEqual([]);
      expect(await logsOf({ since: Math.floor(Date.now() / 1000) + 60 })).toEqual([]);
      expect(await logsOf({ since: Math.floor(Date.now() / 1000) - 600, tail: 2 })).toHaveLength(2);
    });

    test('follow to the end of the run', async () => {
      const stream = await container('shop-payment-1').logs({ stdout: true, stderr: true, follow: true, tail: 0 });
      const all = collect(stream);
      under.fleet.makeIll('shop-payment-1');
      const lines = frames(await all);
      expect(lines.some((one) => one.stream === 2 && one.text.startsWith('TypeError:'))).toBe(true);
      await container('shop-payment-1').start();
    });
  });

  describe('events', () => {
    test('by type, action and container, from the past to a given end', async () => {
      await container().restart();
      const read = async (filters: object): Promise<Array<{ Action: string; timeNano: number }>> => {
        const stream = await under.docker.getEvents({
          since: 1,
          until: Date.now() / 1000 + 0.05,
          filters: JSON.stringify(filters),
        });
        const lines = (await collect(stream)).toString().split('\n').filter(Boolean);
        return lines.map((line) => JSON.parse(line));
      };
      const own = await read({ type: ['container'], event: ['die', 'restart'], container: [web] });
      expect(own.map((one) => one.Action)).toEqual(['die', 'restart']);
      expect((await read({ type: ['network'] })).every((one) => /connect$/.test(one.Action))).toBe(true);
      const health = await eventually('a health event', async () => {
        const found = await read({ event: ['health_status'], container: [web] });
        return found.length > 0 ? found : undefined;
      });
      expect(health.every((one) => one.Action.startsWith('health_status: '))).toBe(true);
    });

    test('carry labels, image and nanoseconds that grow', () => {
      const died = under.events.find((one) => one.name === web && one.action === 'die');
      expect(died?.attributes).toMatchObject({
        exitCode: '143',
        image: 'registry.example/shop/web:2.4.1',
        name: web,
        'com.docker.compose.project': 'shop',
      });
      const times = under.events.map((one) => one.timeNano);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
    });
  });

  describe('exec', () => {
    const run = async (cmd: string[], hijack = false): Promise<{ output: Frame[]; code: number | null }> => {
      const exec = await container().exec({ Cmd: cmd, AttachStdout: true, AttachStderr: true });
      const output = frames(await collect(await exec.start({ hijack })));
      return { output, code: (await exec.inspect()).ExitCode };
    };

    test.each([false, true])('runs an argument vector as it is, hijacked: %s', async (hijack) => {
      const { output, code } = await run(['echo', '$HOME; id', '|', 'cat'], hijack);
      expect(output).toEqual([{ stream: 1, text: '$HOME; id | cat\n' }]);
      expect(code).toBe(0);
    });

    test('gives exit code and standard error', async () => {
      const { output, code } = await run(['ls', '/no/such/folder']);
      expect(output[0]?.stream).toBe(2);
      expect(code).not.toBe(0);
    });

    test('has no shell and nothing else that the image would not hold', async () => {
      const { output, code } = await run(['sh', '-c', 'echo hi']);
      expect(output[0]?.text).toContain('exec: "sh": executable file not found in $PATH');
      expect(code).toBe(126);
    });

    test('shows the processes of the container only', async () => {
      const { output } = await run(['ps', 'aux']);
      expect(output.slice(1).every((one) => one.text.includes('/app/dist/web.js'))).toBe(true);
    });

    test('is cut off at a megabyte', async () => {
      const { output, code } = await run(['cat', '/dev/zero']);
      expect(output.reduce((sum, one) => sum + one.text.length, 0)).toBeLessThanOrEqual(1_048_576);
      expect(code).toBe(137);
    });

    test('ends with its container', async () => {
      const exec = await container().exec({ Cmd: ['sleep', '60'], AttachStdout: true });
      const ended = collect(await exec.start({}));
      await eventually('the exec to run', async () => ((await exec.inspect()).Running ? true : undefined));
      await container().restart();
      await ended;
      expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 137 });
    });
  });

  test('top reads the tree of the container', async () => {
    const table = await container().top();
    expect(table.Titles).toEqual(['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD']);
    expect(table.Processes[0]?.[1]).toBe(String((await under.inspect(web)).State.Pid));
  });

  test('pause stops the process, unpause lets it go on', async () => {
    await container().pause();
    expect((await under.inspect(web)).State).toMatchObject({ Status: 'paused', Paused: true, Running: true });
    const [row] = await under.docker.listContainers({ filters: { name: ['web'] } });
    expect(row).toMatchObject({ State: 'paused', Status: expect.stringMatching(/^Up .*\(Paused\)$/) });
    await container().unpause();
    await under.health(web, 'healthy');
  });

  test('operations on one container run one after the other', async () => {
    const mark = under.events.length;
    await Promise.all([
      container().restart(),
      container().restart(),
      container()
        .stop()
        .then(() => container().start()),
    ]);
    expect((await under.inspect(web)).State.Running).toBe(true);
    await eventually('all events', () =>
      under.textsOf(web, mark).filter((text) => text === 'start').length === 3 ? true : undefined
    );
    const texts = under.textsOf(web, mark).filter((text) => /^(?:start|die)/.test(text));
    expect(texts).toEqual(['die 143', 'start', 'die 143', 'start', 'die 143', 'start']);
  });

  test('an unknown path, a newer API and a broken body are answered as Docker does', async () => {
    const { socketPath } = under.fleet;
    const ask = async (
      path: string,
      init: { method?: string; body?: string } = {}
    ): Promise<{ status: number; text: string }> => {
      const http = await import('node:http');
      return new Promise((resolve, reject) => {
        const request = http.request({ socketPath, path, method: init.method ?? 'GET' }, (response) => {
          collect(response).then(
            (bytes) => resolve({ status: response.statusCode ?? 0, text: bytes.toString() }),
            reject
          );
        });
        request.on('error', reject);
        request.end(init.body);
      });
    };
    expect(await ask('/v1.41/nothing')).toMatchObject({ status: 404, text: '{"message":"page not found"}\n' });
    expect(await ask('/v1.99/info')).toMatchObject({ status: 400, text: expect.stringContaining('too new') });
    expect(await ask('/_ping')).toEqual({ status: 200, text: 'OK' });
    const broken = { method: 'POST', body: '{"Cmd":' };
    expect(await ask(`/containers/${web}/exec`, broken)).toMatchObject({ status: 400 });
    expect(await ask('/services')).toMatchObject({ status: 503, text: expect.stringContaining('not a swarm manager') });
    expect(await ask('/containers/json?filters=%7Bx')).toMatchObject({ status: 400 });
  });
});
