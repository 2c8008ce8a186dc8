import path from 'node:path';

import type { Container } from './engine/container';
import type { Engine } from './engine/engine';
import type { ContainerSpec, Launch, StartReason } from './engine/types';
import { describe, healthcheckOf, LOOP_HEALS_AFTER_MS, nameOf, type Member } from './fleet';
import type { Illness } from './illness';

/** What a program needs of the outside world; nothing else of this process' environment reaches it. */
const PATH = '/usr/local/bin:/usr/bin:/bin';
/** Small heaps and no helper threads: fifteen of these share a laptop. */
const NODE_FLAGS = ['--max-semi-space-size=1', '--v8-pool-size=0'];

/** A member of the fleet with its present container and its state of health. */
export class Patient {
  readonly name: string;
  /** The illness that is present, if any. */
  illness: Illness | undefined;
  private version: string;
  private updates = 0;
  private healTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly member: Member,
    private readonly engine: Engine,
    private readonly programs: string
  ) {
    this.name = nameOf(member);
    this.version = member.version;
  }

  /** The container that bears the name now; undefined when somebody has removed it. */
  get container(): Container | undefined {
    return this.engine.has(this.name) ? this.engine.find(this.name) : undefined;
  }

  /** Creates the container, as `docker compose up` would. */
  create(): Container {
    const healthcheck = healthcheckOf(this.member);
    const spec: ContainerSpec = {
      ...describe({ ...this.member, version: this.version }),
      ...(healthcheck && { healthcheck }),
      launch: (reason) => this.launch(reason),
    };
    return this.engine.create(spec);
  }

  /** Raises the version of the image for the next creation: 1.8.3 becomes 1.8.4. */
  nextVersion(): void {
    this.updates += 1;
    const parts = this.member.version.split('.');
    this.version = [...parts.slice(0, -1), Number(parts.at(-1)) + this.updates].join('.');
  }

  /** The program hears of it and behaves so until the illness is over. */
  fallIll(illness: Illness): void {
    this.illness = illness;
    illness.state = 'present';
    this.container?.tell('ill');
    if (illness.cure === 'time') {
      this.healTimer = setTimeout(() => this.recover(), LOOP_HEALS_AFTER_MS / this.engine.speed);
    }
  }

  recover(): void {
    clearTimeout(this.healTimer);
    if (this.illness !== undefined) {
      this.illness.state = 'over';
      this.illness.endedAt = new Date().toISOString();
      this.illness = undefined;
    }
  }

  dispose(): void {
    clearTimeout(this.healTimer);
  }

  private launch(reason: StartReason): Launch {
    if (this.illness?.cure === 'restart' && (reason === 'user' || this.member.illness?.kind === 'lost_network')) {
      this.recover();
    }
    const settings = {
      speed: this.engine.speed,
      // Only a crash loop outlives a start; the one that ends with time ends between two starts.
      ill: this.illness?.kind === 'crash_loop',
      voice: this.member.service,
      memoryBytes: this.member.memoryMb * 1024 * 1024,
      slowStartMs: this.member.slowStartMs ?? 0,
    };
    return {
      file: process.execPath,
      args: [...NODE_FLAGS, path.join(this.programs, `${this.member.program}.mjs`)],
      env: { PATH, HOME: '/', NODE_ENV: 'production', FLEET: JSON.stringify(settings) },
    };
  }
}
