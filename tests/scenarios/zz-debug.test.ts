import { startDockerd } from '../support/docker';
import { openHospital, outputOf } from '../support/patients';
import { startRedis } from '../support/servers';
import { openWard } from '../support/ward';
const nap = (ms: number) => new Promise((r) => setTimeout(r, ms));
it('debug', async () => {
  const [docker, redis] = await Promise.all([startDockerd(), startRedis()]);
  const hospital = openHospital(docker);
  const ward = openWard({ redis, dockerHost: docker.dockerHost, environment: { LOG_LEVEL: 'debug' } });
  try {
    await ward.run();
    const burn = await hospital.admit({ name: 'burn', cpus: 0.2 });
    const parent = await hospital.admit({ name: 'tunnel', begin: 'httpd -p 8080 -h /etc' });
    const child = await hospital.admit({ name: 'uplink', network: 'container:tunnel' });
    const paused = await hospital.admit({ name: 'paused', healthcheck: { test: 'test ! -e /tmp/ill', intervalMs: 1000, retries: 2 }, begin: 'rm -f /tmp/ill' });
    await burn.order('while :; do :; done');
    await ward.seen('paused', (s) => s.health_status === 'healthy');
    await paused.container.pause();
    await nap(4000);
    await paused.container.unpause();
    for (let i = 0; i < 3; i += 1) {
      await nap(1500);
      console.log(JSON.stringify(await ward.seen('burn', () => true)));
      const stats = await burn.container.stats({ stream: false });
      console.log(JSON.stringify([stats.cpu_stats, stats.precpu_stats]));
    }
    for (const cmd of [['wget', '-q', '-O-', 'http://127.0.0.1:8080/hostname'], ['ps'], ['ip', 'a'], ['netstat', '-tln']]) {
      const exec = await child.container.exec({ Cmd: cmd, AttachStdout: true, AttachStderr: true });
      const s = await exec.start({});
      s.on('data', (d: Buffer) => console.log(cmd[0], d.toString()));
      await nap(700);
      console.log(await exec.inspect());
    }
    console.log(await outputOf(parent.container), JSON.stringify((await paused.container.inspect()).State));
    
    
  } finally {
    await ward.close();
    await docker.stop();
    hospital.close();
    await redis.stop();
  }
});
