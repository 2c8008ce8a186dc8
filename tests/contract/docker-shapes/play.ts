import type Docker from 'dockerode';

import { shapeOf } from './shape';

/** What one play saw: the shape of each answer, status and message of each refusal, and the events of each act. */
export interface Recording {
  shapes: Record<string, Record<string, string>>;
  answers: Record<string, { status: number; message: string }>;
  events: Record<string, string[]>;
}

export interface Cast {
  /** Runs, has a passing health check, restart policy unless-stopped, ends with 143 on SIGTERM. */
  service: string;
  /** Ends with 1 soon after each start, restart policy always. */
  loop: string;
}

interface DockerEvent {
  Action: string;
  timeNano: number;
  Actor: { Attributes: Record<string, string> };
}

const POLL_MS = 20;
const PATIENCE_MS = 15_000;
/** Probes and looks of the tests themselves. */
const NOISE = /^(?:exec_|health_status|top)/;

function refusal(error: unknown): { status: number; message: string } {
  const { statusCode, json } = error as { statusCode?: number; json?: { message?: string } };
  if (statusCode === undefined) {
    throw error;
  }
  return { status: statusCode, message: (json?.message ?? '').replace(/[0-9a-f]{64}/g, '<id>') };
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
  }
  return text;
}

/** Plays one script against any Docker engine. */
export class Play {
  private readonly result: Recording = { shapes: {}, answers: {}, events: {} };
  private readonly seen = new Set<number>();

  constructor(
    private readonly docker: Docker,
    private readonly cast: Cast
  ) {}

  async run(): Promise<Recording> {
    await this.lookAround();
    await this.serviceRunning();
    await this.servicePaused();
    await this.serviceStopped();
    await this.loop();
    await this.unknown();
    return this.result;
  }

  private shape(name: string, value: unknown, depth?: number): void {
    this.result.shapes[name] = shapeOf(value, depth);
  }

  private async refused(name: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
      this.result.answers[name] = { status: 0, message: 'accepted' };
    } catch (error) {
      this.result.answers[name] = refusal(error);
    }
  }

  private async eventsBetween(container: string, sinceMs: number): Promise<DockerEvent[]> {
    const stream = await this.docker.getEvents({
      since: sinceMs / 1000,
      until: (Date.now() + 2) / 1000,
      filters: { container: [container] },
    });
    const lines = (await collect(stream)).split('\n').filter(Boolean);
    const fresh = lines.map((line) => JSON.parse(line) as DockerEvent).filter((e) => !this.seen.has(e.timeNano));
    fresh.forEach((event) => this.seen.add(event.timeNano));
    return fresh.filter((event) => !NOISE.test(event.Action));
  }

  /** Runs the act and keeps its events, up to and with `last` when later ones may join by chance. */
  private async act(name: string, container: string, call: () => Promise<unknown>, last?: string): Promise<void> {
    const sinceMs = Date.now();
    await call();
    const events = await this.eventsBetween(container, sinceMs);
    const words = events.map(({ Action, Actor: { Attributes } }) =>
      [Action, Attributes['signal'], Attributes['exitCode']].filter(Boolean).join(' ')
    );
    const end = last === undefined ? words.length : words.indexOf(last) + 1;
    this.result.events[name] = words.slice(0, end);
    const died = events.find((event) => event.Action === 'die');
    if (died !== undefined) {
      this.shape('event', died);
    }
  }

  private async status(container: string, wanted: string, health?: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { State } = await this.docker.getContainer(container).inspect();
      if (State.Status === wanted && (health === undefined || State.Health?.Status === health)) {
        return;
      }
      if (Date.now() > deadline) {
        throw new Error(`${container} is ${State.Status} (${State.Health?.Status}), not ${wanted}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async lookAround(): Promise<void> {
    this.shape('version', await this.docker.version(), 1);
    this.shape('info', await this.docker.info(), 1);
    this.shape('images', await this.docker.listImages());
    this.shape('prune', await this.docker.pruneContainers());
  }

  private async serviceRunning(): Promise<void> {
    const service = this.docker.getContainer(this.cast.service);
    await this.status(this.cast.service, 'running', 'healthy');
    this.shape('inspect', await service.inspect());
    this.shape('list', await this.docker.listContainers({ filters: { id: [(await service.inspect()).Id] } }));
    this.shape('stats', await service.stats({ stream: false }));
    this.shape('stats one-shot', await service.stats({ stream: false, 'one-shot': true }));
    this.shape('top', await service.top());
    const exec = await service.exec({ Cmd: ['echo', 'hi'], AttachStdout: true, AttachStderr: true });
    const output = await collect(await exec.start({}));
    this.result.answers['exec output'] = { status: 0, message: output };
    this.shape('exec', await exec.inspect());
    await this.refused('start running', () => service.start());
    await this.refused('unpause running', () => service.unpause());
    await this.refused('remove running', () => service.remove());
    await this.refused('kill with a bad signal', () => service.kill({ signal: 'NOPE' }));
    await this.refused('logs without stream', () => service.logs({}));
    await this.act('restart', this.cast.service, () => service.restart({ t: 5 }));
  }

  private async servicePaused(): Promise<void> {
    const service = this.docker.getContainer(this.cast.service);
    await this.status(this.cast.service, 'running', 'healthy');
    await this.act('pause', this.cast.service, () => service.pause());
    this.result.answers['health while paused'] = {
      status: 0,
      message: (await service.inspect()).State.Health?.Status ?? '',
    };
    await this.refused('pause paused', () => service.pause());
    await this.refused('start paused', () => service.start());
    await this.refused('exec paused', () => service.exec({ Cmd: ['true'] }));
    await this.act('unpause', this.cast.service, () => service.unpause());
    await this.act('pause again', this.cast.service, () => service.pause());
    await this.act('restart paused', this.cast.service, () => service.restart({ t: 5 }), 'restart');
  }

  private async serviceStopped(): Promise<void> {
    const service = this.docker.getContainer(this.cast.service);
    await this.act('stop', this.cast.service, () => service.stop({ t: 5 }));
    this.shape('inspect stopped', await service.inspect());
    this.shape('stats stopped', await service.stats({ stream: false }));
    await this.refused('stop stopped', () => service.stop());
    await this.refused('kill stopped', () => service.kill());
    await this.refused('pause stopped', () => service.pause());
    await this.refused('top stopped', () => service.top());
    await this.refused('exec stopped', () => service.exec({ Cmd: ['true'] }));
    await this.act('start', this.cast.service, () => service.start());
    // The restart policy holds still after a kill by a user.
    await this.act('kill', this.cast.service, () =>
      service.kill().then(() => this.status(this.cast.service, 'exited'))
    );
    await this.act('restart stopped', this.cast.service, () => service.restart());
  }

  private async loop(): Promise<void> {
    const loop = this.docker.getContainer(this.cast.loop);
    await this.restarting();
    this.shape('inspect restarting', await loop.inspect());
    await this.refused('start restarting', () => loop.start());
    await this.refused('exec restarting', () => loop.exec({ Cmd: ['true'] }));
    await this.refused('top restarting', () => loop.top());
    await this.refused('pause restarting', () => loop.pause());
    await this.refused('remove restarting', () => loop.remove());
    await this.act('restart restarting', this.cast.loop, () => loop.restart(), 'restart');
    await this.restarting();
    await this.act('stop restarting', this.cast.loop, () => loop.stop());
    await loop.start();
    await this.restarting();
    await this.act('kill restarting', this.cast.loop, () => loop.kill());
    await loop.start();
    await this.restarting();
    await this.act('remove restarting by force', this.cast.loop, () => loop.remove({ force: true }));
  }

  /** Until a back-off has just begun that is long enough for a few calls in a row: near its end the next start would come between. */
  private async restarting(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let waited = -1; ; ) {
      const { State, RestartCount } = await this.docker.getContainer(this.cast.loop).inspect();
      const waiting = State.Status === 'restarting';
      if (RestartCount >= 5 && waiting && waited !== RestartCount && waited >= 0) {
        return;
      }
      waited = waiting ? RestartCount : 0;
      if (Date.now() > deadline) {
        throw new Error(`${this.cast.loop} is ${State.Status} after ${RestartCount} restarts`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async unknown(): Promise<void> {
    const nobody = this.docker.getContainer('nobody');
    await this.refused('inspect unknown', () => nobody.inspect());
    await this.refused('restart unknown', () => nobody.restart());
    await this.refused('stats unknown', () => nobody.stats({ stream: false }));
    await this.refused('logs unknown', () => nobody.logs({ stdout: true }));
    await this.refused('exec unknown', () => this.docker.getExec('nobody').inspect());
    await this.refused('list with a bad filter', () => this.docker.listContainers({ filters: { bad: ['x'] } }));
    await this.refused('list with a bad status', () => this.docker.listContainers({ filters: { status: ['nope'] } }));
  }
}
