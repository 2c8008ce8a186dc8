import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import Docker from 'dockerode';

import { startDemoFleet, type DemoFleet, type DemoFleetOptions } from './index';

export interface SeenEvent {
  name: string;
  /** Action with signal and exit code: "kill 15", "die 137". */
  text: string;
  action: string;
  attributes: Record<string, string>;
  timeNano: number;
}

const POLL_MS = 20;
const PATIENCE_MS = 30_000;

/** Polls until the condition holds; fails with what was waited for. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

interface RawEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  timeNano: number;
}

function toSeen({ Action, Actor, timeNano }: RawEvent): SeenEvent {
  const { name = '', signal, exitCode } = Actor.Attributes;
  const text = [Action, signal, exitCode].filter((part) => part !== undefined).join(' ');
  return { name, text, action: Action, attributes: Actor.Attributes, timeNano };
}

/** A folder for the socket of one test. */
export const socketFolder = (): string => mkdtempSync(path.join(os.tmpdir(), 'fleet-test-'));

/** A fleet, a Docker client on it and all container events since its start. */
export class FleetUnderTest {
  readonly events: SeenEvent[] = [];

  private constructor(
    readonly fleet: DemoFleet,
    readonly docker: Docker,
    private readonly folder: string,
    private readonly stream: NodeJS.ReadableStream & { destroy?: () => void }
  ) {
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      const events = lines.map((line) => JSON.parse(line) as RawEvent);
      this.events.push(...events.filter((e) => e.Type === 'container' && !/^exec_|^top/.test(e.Action)).map(toSeen));
    });
  }

  static async start(options: Omit<DemoFleetOptions, 'socketPath'>): Promise<FleetUnderTest> {
    const folder = socketFolder();
    const socketPath = path.join(folder, 'docker.sock');
    const fleet = await startDemoFleet({ socketPath, automatic: false, ...options }).catch((error: unknown) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    });
    const docker = new Docker({ socketPath, version: 'v1.41' });
    return new FleetUnderTest(fleet, docker, folder, await docker.getEvents({ since: 1 }));
  }

  async close(): Promise<void> {
    this.stream.destroy?.();
    await this.fleet.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  inspect(name: string): Promise<Docker.ContainerInspectInfo> {
    return this.docker.getContainer(name).inspect();
  }

  /** Waits for an event of this container at or after `from` in the list; gives the index behind it. */
  event(name: string, text: string, from = 0): Promise<number> {
    return eventually(`${text} of ${name}; seen: ${this.textsOf(name).join(', ')}`, () => {
      const at = this.events.findIndex((e, index) => index >= from && e.name === name && e.text === text);
      return at < 0 ? undefined : at + 1;
    });
  }

  textsOf(name: string, from = 0): string[] {
    return this.events
      .slice(from)
      .filter((e) => e.name === name)
      .map((e) => e.text);
  }

  health(name: string, status: string): Promise<boolean> {
    return eventually(`${name} to be ${status}`, async () =>
      (await this.inspect(name)).State.Health?.Status === status ? true : undefined
    );
  }

  async logs(name: string): Promise<string> {
    const bytes = await this.docker.getContainer(name).logs({ stdout: true, stderr: true });
    return bytes.toString('utf8');
  }
}
