import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, or ends early (without an error) when the signal is given. */
export async function waitMs(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : undefined).catch(() => undefined);
}

/**
 * Waits for work, but not longer than `ms`; the work itself goes on.
 * @returns false when the time was up. An error of the work is thrown, unless it comes too late.
 */
export async function within(work: Promise<unknown>, ms: number, signal?: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const stop = () => over.abort();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work.then(() => true), waitMs(ms, over.signal).then(() => false)]);
  } finally {
    stop();
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * What the work gives, or undefined as soon as the signal is given. A Redis connection that is told to end while it tries to
 * connect again never settles the commands that wait in it: nobody may wait for them without this.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let stop: () => void = () => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, signal.aborted ? undefined : aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    // It may fail later, when nobody waits any more.
    work.catch(() => undefined);
  }
}

/** The reason of a signal as an Error. */
export function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException('The call was cancelled.', 'AbortError');
}

/**
 * Waits for work, but not beyond the signal; the work itself goes on.
 * @throws the reason of the signal once it is given, else what the work throws.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    throw abortReason(signal);
  }
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(abortReason(signal));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
