import type Docker from 'dockerode';

import type { Cast } from './play';

const SECOND_NS = 1_000_000_000;

/**
 * Creates the two actors of the play on a real engine, from an image that has a shell, and starts them. The network must
 * exist; it is a bridge, so that network figures appear.
 */
export async function createCast(docker: Docker, image: string, network: string): Promise<Cast> {
  const service = await docker.createContainer({
    Image: image,
    Cmd: ['/bin/sh', '-c', 'trap "exit 143" TERM; while true; do sleep 1 & wait $!; done'],
    Env: ['NODE_ENV=production'],
    Labels: { 'com.docker.compose.project': 'shop' },
    Healthcheck: {
      Test: ['CMD-SHELL', 'true'],
      Interval: SECOND_NS / 2,
      Timeout: SECOND_NS,
      Retries: 2,
      StartPeriod: SECOND_NS,
    },
    HostConfig: {
      NetworkMode: network,
      RestartPolicy: { Name: 'unless-stopped' },
      Memory: 67_108_864,
      NanoCpus: SECOND_NS,
    },
  });
  const loop = await docker.createContainer({
    Image: image,
    Cmd: ['/bin/sh', '-c', 'exit 1'],
    Labels: { 'com.docker.compose.project': 'queue' },
    HostConfig: { NetworkMode: network, RestartPolicy: { Name: 'always' } },
  });
  await service.start();
  await loop.start();
  return { service: service.id, loop: loop.id };
}
