import type { ContainerDetails } from '../docker/engine';
import type { Limits } from './judge';
import type { Moment } from './moment';
import { firstVitals, type Vitals } from './vitals';

/** For tests: a container that runs well, with what a test wants otherwise. */
export function someDetails(changes: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    id: 'a'.repeat(64),
    name: 'web',
    image: 'nginx:1',
    imageId: 'sha256:1',
    labels: {},
    status: 'running',
    running: true,
    paused: false,
    restarting: false,
    exitCode: 0,
    oomKilled: false,
    error: '',
    startedAt: new Date(START).toISOString(),
    createdAt: new Date(START).toISOString(),
    restartCount: 0,
    health: 'unknown',
    healthLog: [],
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    networkMode: 'bridge',
    networkParent: '',
    tty: false,
    volumes: [],
    hasHealthCheck: false,
    entrypoint: [],
    command: [],
    pid: 1,
    networks: [],
    autoRemove: false,
    stopSignal: 'SIGTERM',
    ...changes,
  };
}

/** When the containers of the tests were started, milliseconds since 1970. */
export const START = Date.parse('2026-01-01T00:00:00Z');

/** So many milliseconds after that start, on both clocks. */
export const after = (ms: number): Moment => ({ wall: START + ms, mono: 5000 + ms });

export const LIMITS: Limits = { cpuPercent: 85, memoryPercent: 80, confirmMs: 10_000, recoverMs: 10_000, loopCount: 3, loopMs: 600_000 };

export function someVitals(changes: Partial<ContainerDetails> = {}, now: Moment = after(0)): Vitals {
  return firstVitals(someDetails(changes), now);
}

/** A container that ended by itself at this moment. */
export function ended(exitCode: number, at: number, changes: Partial<ContainerDetails> = {}): ContainerDetails {
  return someDetails({ status: 'exited', running: false, pid: 0, exitCode, finishedAt: new Date(START + at).toISOString(), ...changes });
}
