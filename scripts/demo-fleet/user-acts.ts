import type { Engine } from './engine/engine';
import { ApiError } from './engine/errors';
import { SLOW_START_MS, STOPPED_FOR_MS } from './fleet';
import type { IllnessKind } from './illness';
import type { Patient } from './patient';

const GRACE_MS = 10_000;

/** What somebody at a keyboard does to a container; each resolves when it is over. `wait` ends early on close. */
export interface Act {
  engine: Engine;
  patient: Patient;
  /** Waits so many milliseconds of the fleet's time. */
  wait: (ms: number) => Promise<void>;
}

/** A healer, or another user, may have been there first: Docker's refusals are no fault of the script. */
async function tolerant(operation: Promise<void> | undefined): Promise<void> {
  await operation?.catch((error: unknown) => {
    if (!(error instanceof ApiError)) {
      throw error;
    }
  });
}

async function stopForAWhile({ patient, wait }: Act): Promise<void> {
  await tolerant(patient.container?.stop(GRACE_MS));
  await wait(STOPPED_FOR_MS);
  await tolerant((patient.container ?? patient.create()).start());
}

async function update({ engine, patient }: Act): Promise<void> {
  const old = patient.container;
  if (old !== undefined) {
    await tolerant(old.stop(GRACE_MS));
    await tolerant(engine.remove(old, true));
  }
  patient.nextVersion();
  await tolerant(patient.create().start());
}

async function restartSlowly({ patient, wait }: Act): Promise<void> {
  await tolerant(patient.container?.restart(GRACE_MS));
  await wait(SLOW_START_MS);
}

/** Illnesses that are none: planned acts of a user, by kind. */
export const USER_ACTS: Partial<Record<IllnessKind, (act: Act) => Promise<void>>> = {
  intended_stop: stopForAWhile,
  planned_update: update,
  slow_start: restartSlowly,
};
