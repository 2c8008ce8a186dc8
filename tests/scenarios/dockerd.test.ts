import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { startDockerd, type DockerEngine } from '../support/docker';
import { eventually } from '../support/eventually';

const MEGABYTE = 1024 * 1024;

describe('a Docker engine of the tests', () => {
  let docker: DockerEngine;
  beforeAll(async () => {
    docker = await startDockerd();
  });
  afterEach(() => docker.removeContainers());
  afterAll(async () => {
    await docker.stop();
    expect(existsSync(docker.socketPath)).toBe(false);
  });

  const stateOf = async (container: Docker.Container) => (await container.inspect()).State;

  it('runs a container and stops it at once', async () => {
    const web = await docker.runContainer({ name: 'web', labels: { 'com.docker.compose.project': 'shop' } });
    const found = await docker.engine.listContainers({ filters: { label: ['com.docker.compose.project=shop'] } });
    expect(found.map(({ Names }) => Names)).toEqual([['/web']]);
    await web.stop();
    expect(await stateOf(web)).toMatchObject({ Running: false, ExitCode: 0 });
  });

  it('keeps what a container writes, and its exit code', async () => {
    const job = await docker.runContainer({ name: 'job', cmd: 'echo to out; echo to err >&2; exit 3' });
    expect(await job.wait()).toMatchObject({ StatusCode: 3 });
    const logs = (await job.logs({ stdout: true, stderr: true })).toString();
    expect(logs).toContain('to out');
    expect(logs).toContain('to err');
  });

  it('runs health checks, which turn with what they look at', async () => {
    const web = await docker.runContainer({ name: 'web', healthcheck: { test: 'test ! -e /tmp/ill' } });
    await eventually(async () => expect((await stateOf(web)).Health?.Status).toBe('healthy'), 30_000);
    const exec = await web.exec({ Cmd: ['touch', '/tmp/ill'], AttachStdout: true });
    await exec.start({});
    await eventually(async () => expect((await stateOf(web)).Health?.Status).toBe('unhealthy'), 30_000);
  });

  it('runs commands in a container and gives their exit code', async () => {
    const web = await docker.runContainer({ name: 'web' });
    const exec = await web.exec({ Cmd: ['sh', '-c', 'exit 7'], AttachStdout: true });
    await exec.start({});
    await eventually(async () => expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 7 }));
  });

  it('kills a container that takes more memory than its limit', async () => {
    const hog = await docker.runContainer({ name: 'hog', memory: 16 * MEGABYTE, cmd: 'exec tail /dev/zero' });
    expect(await hog.wait()).toMatchObject({ StatusCode: 137 });
    expect(await stateOf(hog)).toMatchObject({ OOMKilled: true, ExitCode: 137 });
  });

  it('measures memory and CPU', async () => {
    const busy = await docker.runContainer({ name: 'busy', memory: 64 * MEGABYTE, cmd: 'while :; do :; done' });
    const stats = await busy.stats({ stream: false });
    expect(stats.memory_stats.limit).toBe(64 * MEGABYTE);
    expect(stats.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(stats.precpu_stats.cpu_usage.total_usage);
    await busy.remove({ force: true });
  });

  it('restarts a crashing container by its policy', async () => {
    const loop = await docker.runContainer({ name: 'loop', cmd: 'exit 1', restartPolicy: 'always' });
    await eventually(async () => expect((await loop.inspect()).RestartCount).toBeGreaterThan(2), 60_000);
  });

  it('lets a container use the network of another', async () => {
    const parent = await docker.runContainer({ name: 'parent', cmd: 'httpd -f -p 8080 -h /etc' });
    const child = await docker.runContainer({
      name: 'child',
      network: 'container:parent',
      cmd: 'until wget -q -O- http://127.0.0.1:8080/hostname; do :; done',
    });
    expect(await child.wait()).toMatchObject({ StatusCode: 0 });
    expect((await parent.inspect()).State.Running).toBe(true);
  });

  it('comes back with its containers after a restart and after SIGKILL', async () => {
    const lasting = await docker.runContainer({ name: 'lasting', restartPolicy: 'always' });
    const before = (await stateOf(lasting)).Pid;
    await docker.restart();
    await eventually(async () => expect((await stateOf(lasting)).Running).toBe(true));
    expect((await stateOf(lasting)).Pid).not.toBe(before);

    await docker.kill('SIGKILL');
    await expect(docker.engine.ping()).rejects.toThrow(/ECONNREFUSED|ENOENT/);
    await docker.restart();
    await eventually(async () => expect((await stateOf(lasting)).Running).toBe(true), 60_000);
  });

  it('leaves nothing behind when it is stopped after SIGKILL', async () => {
    const second = await startDockerd();
    const lasting = await second.runContainer({ name: 'lasting' });
    const { Pid } = await stateOf(lasting);
    await second.kill('SIGKILL');
    await second.stop();
    await eventually(() => expect(existsSync(`/proc/${Pid}`)).toBe(false));
    expect(existsSync(second.socketPath)).toBe(false);
  });
});
