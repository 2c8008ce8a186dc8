/** What is known of the end of a container's run. Times in milliseconds since 1970 by the engine's clock. */
export interface Ending {
  exitCode: number;
  oomKilled: boolean;
  startedAt?: number;
  finishedAt?: number;
  /** Signal that asks it to stop, `SIGTERM`. */
  stopSignal: string;
  stopTimeoutSeconds?: number;
}

/** What was seen of somebody's wish to stop it. */
export interface StopMarks {
  kill?: { at: number; signal: string };
  /** The engine's `stop`, which follows only on a wish. */
  stopAt?: number;
  oomAt?: number;
  /** The last start that was heard of. */
  startAt?: number;
  /** False when the engine's events of that time are not known: it ended before we looked. */
  complete: boolean;
}

const SIGNALS: Record<string, number> = { HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, USR1: 10, USR2: 12, TERM: 15, WINCH: 28 };
/** Signals that end a program unless it has other ideas. */
const ENDING_SIGNALS = new Set([2, 9, 15]);
/** How a program ends that was asked to: by itself, by SIGINT, SIGKILL, SIGTERM. */
const ASKED_CODES = new Set([0, 130, 137, 143]);
const DEFAULT_STOP_SECONDS = 10;
const SLACK_MS = 10_000;
/** A graceful end may take long. */
const GRACEFUL_MS = 600_000;

export function signalNumber(signal: string): number {
  const parsed = Number(signal);
  return Number.isInteger(parsed) && signal !== '' ? parsed : (SIGNALS[signal.toUpperCase().replace(/^SIG/, '')] ?? 0);
}

/** The kernel ended it, even if somebody had wished something before. */
function byKernel({ exitCode, oomKilled }: Ending, marks: StopMarks): boolean {
  const wishedAfterwards = marks.oomAt !== undefined && marks.kill !== undefined && marks.kill.at > marks.oomAt;
  return oomKilled && exitCode === 137 && !wishedAfterwards;
}

function byKill(ending: Ending, kill: { at: number; signal: string }): boolean {
  const signal = signalNumber(kill.signal);
  const asked = ENDING_SIGNALS.has(signal) || signal === signalNumber(ending.stopSignal);
  const took = (ending.finishedAt ?? kill.at) - kill.at;
  if (ASKED_CODES.has(ending.exitCode) || ending.exitCode === 128 + signal) {
    return took <= GRACEFUL_MS && (asked || ending.exitCode === 128 + signal);
  }
  // It ended while being stopped, with a code of its own: whoever stopped it does not want it back.
  return asked && took <= (ending.stopTimeoutSeconds ?? DEFAULT_STOP_SECONDS) * 1000 + SLACK_MS;
}

/** Did a person or another program ask for this end? Pure. */
export function endedOnPurpose(ending: Ending, marks: StopMarks): boolean {
  const started = ending.startedAt ?? 0;
  if (byKernel(ending, marks)) {
    return false;
  }
  if (marks.stopAt !== undefined && marks.stopAt >= started) {
    return true;
  }
  if (marks.kill && marks.kill.at >= started && byKill(ending, marks.kill)) {
    return true;
  }
  // Nothing is known of that time: what looks like a stop is held to be one, because bringing back what a person stopped is worse.
  return !marks.complete && ending.exitCode !== 0 && ASKED_CODES.has(ending.exitCode);
}
