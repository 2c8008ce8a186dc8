import { once } from 'node:events';

interface Cancellable {
  readonly cancelled: boolean;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Does the work of a call, with a signal that is given when the caller goes away before it is done. */
export async function during<T>(call: Cancellable, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // The library tells of a call that ended well in the same way.
  let done = false;
  call.on('cancelled', () => {
    if (!done) {
      controller.abort();
    }
  });
  if (call.cancelled) {
    controller.abort();
  }
  try {
    return await work(controller.signal);
  } finally {
    done = true;
  }
}

interface Sink<T> {
  write(message: T): boolean;
  once(event: string, listener: (...values: unknown[]) => void): unknown;
}

/** Writes one message and waits where the other side is slower than we are, so that nothing piles up here. */
export async function writeSlowly<T>(call: Sink<T>, message: T, signal: AbortSignal): Promise<void> {
  if (!call.write(message)) {
    // An abort while waiting is no error: the caller looks at the signal.
    await once(call as unknown as NodeJS.EventEmitter, 'drain', { signal }).catch(() => undefined);
  }
}

/** Runs the work for every item, at most `lanes` at a time; the answers come in the order of the items. */
export async function inLanes<T, R>(items: readonly T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) {
      answers[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return answers;
}
