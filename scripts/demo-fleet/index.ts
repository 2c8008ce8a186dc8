import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { serve, type ApiServer } from './api/server';
import { Engine } from './engine/engine';
import { nameOf, selectMembers } from './fleet';
import type { Illness } from './illness';
import { Patient } from './patient';
import { locatePrograms } from './programs-dir';
import { Schedule } from './schedule';

export type { Cure, Illness, IllnessKind } from './illness';

export interface DemoFleetOptions {
  /** Where the Docker API is served; at most 107 bytes. */
  socketPath: string;
  /** Settles the jitter of the schedule. Default 1. */
  seed?: number;
  /** Factor by which illnesses, health checks and back-off run faster than in life. Default 1. */
  speed?: number;
  /** Names, services or kinds of illness to run; default all. The owner of a shared network comes along. */
  only?: readonly string[];
  /** False: nobody falls ill but by makeIll. Default true. */
  automatic?: boolean;
}

export interface DemoFleet {
  readonly socketPath: string;
  /** Names of the containers that take part. */
  readonly containers: readonly string[];
  /** What was, is and is to come, in order of time. */
  illnesses(): Illness[];
  /** Lets the container (name or id) fall ill now. Throws for an unknown one or one that never falls ill. */
  makeIll(container: string): Illness;
  /** Ends every process and the API; may be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts the containers and serves them as a Docker engine on a unix socket. Rejects when the machine has no /proc,
 * when the socket is in use, or when `only` names something unknown.
 */
export async function startDemoFleet(options: DemoFleetOptions): Promise<DemoFleet> {
  if (process.platform !== 'linux') {
    throw new Error(
      `The demo fleet reads /proc and runs on Linux only, this is ${process.platform}; start a Docker engine instead.`
    );
  }
  const members = selectMembers(options.only);
  const programs = locatePrograms();
  const baseDir = mkdtempSync(path.join(os.tmpdir(), 'hemostat-fleet-'));
  const engine = new Engine(baseDir, options.speed ?? 1);
  const patients = members.map((member) => new Patient(member, engine, programs));
  const schedule = new Schedule(engine, patients, options.seed ?? 1);
  let server: ApiServer | undefined;
  let closing: Promise<void> | undefined;

  const shutDown = async (): Promise<void> => {
    schedule.close();
    await engine.close();
    await server?.close();
    rmSync(baseDir, { recursive: true, force: true });
  };

  try {
    server = await serve(engine, options.socketPath);
    for (const patient of patients) {
      await patient.create().start();
    }
  } catch (error) {
    await shutDown();
    throw error;
  }
  schedule.begin(options.automatic ?? true);

  const named = (container: string): Patient => {
    const found = patients.find((p) => p.name === container || p.container?.id.startsWith(container));
    if (found === undefined) {
      throw new Error(`The demo fleet has no container "${container}"; it has ${members.map(nameOf).join(', ')}.`);
    }
    return found;
  };

  return {
    socketPath: options.socketPath,
    containers: members.map(nameOf),
    illnesses: () => schedule.illnesses(),
    makeIll: (container) => schedule.trigger(named(container)),
    close: () => (closing ??= shutDown()),
  };
}
