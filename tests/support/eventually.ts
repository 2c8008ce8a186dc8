import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * Waits until an assertion holds, and gives what it returns. Tests poll so; they never sleep for a guessed time.
 * @param assertion throws (or rejects) as long as it does not hold.
 * @param timeoutMs how long to try, in milliseconds.
 * @throws Error with the last failure as its cause and its words in the message.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, timeoutMs = 15_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  let tries = 0;
  for (;;) {
    tries += 1;
    try {
      return await assertion();
    } catch (cause) {
      if (performance.now() >= end) {
        const words = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`It did not hold within ${timeoutMs / 1000} s (${tries} tries). The last one failed so:\n${words}`, { cause });
      }
    }
    await wait(POLL_MS);
  }
}
