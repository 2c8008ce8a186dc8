import { startReceiver, type Receiver } from '../../tests/support/fake-slack';
import {
  ClosingError,
  deliver,
  DeliveryError,
  MAX_RETRY_AFTER_MS,
  parseRetryAfter,
  postJson,
  scrub,
  secretsOfUrl,
} from './delivery';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const never = new AbortController().signal;
const post = (url = `${receiver.url}/hook/sEcReTpArT123?key=otherSecret`, timeoutMs = 5000) =>
  postJson(url, '{}', { timeoutMs, signal: never });
const caught = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (cause: unknown) => cause as DeliveryError
  );

test.each([
  [404, false],
  [400, false],
  [302, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
])('HTTP %d: may be tried again: %s', async (status, retryable) => {
  receiver.misdeeds.push({
    status,
    headers: { location: receiver.url },
    body: 'see sEcReTpArT123 and otherSecret\u001b[2J',
  });
  const error = await caught(post());
  expect(error).toMatchObject({ statusCode: status, retryable });
  expect(error?.message).toBe(`answered HTTP ${status}: see [redacted] and [redacted]`);
  expect(receiver.requests).toHaveLength(1);
});

test('no server, and one that never answers', async () => {
  receiver.misdeeds.push({ hang: true });
  expect(await caught(post(undefined, 100))).toMatchObject({ retryable: true, message: 'no answer within 0.1 s' });
  const { url } = receiver;
  await receiver.stop();
  expect(await caught(post(`${url}/sEcReTpArT123`))).toMatchObject({
    retryable: true,
    message: 'cannot be reached: ECONNREFUSED',
  });
});

test('a password in the address goes into a header, and an endless answer is not awaited', async () => {
  receiver.misdeeds.push({ body: 'x'.repeat(1_000_000) });
  const answer = await post(receiver.url.replace('//', '//user:p%40ss@'));
  expect(answer).toHaveLength(2000);
  expect(receiver.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

test('Retry-After as seconds, as a date, absurd, and unreadable', () => {
  const now = Date.parse('2026-03-02T14:00:00Z');
  expect(parseRetryAfter('30', now)).toBe(30_000);
  expect(parseRetryAfter('Mon, 02 Mar 2026 14:00:10 GMT', now)).toBe(10_000);
  expect(parseRetryAfter('86400', now)).toBe(MAX_RETRY_AFTER_MS);
  expect(parseRetryAfter('Mon, 02 Mar 2020 14:00:10 GMT', now)).toBe(0);
  expect([parseRetryAfter('soon', now), parseRetryAfter(null, now), parseRetryAfter('', now)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('deliver counts attempts, ends at once where trying again is vain, and when we close', async () => {
  const fail = (retryable: boolean) => () => Promise.reject(new DeliveryError('answered', { retryable }));
  const options = { attempts: 3, firstDelayMs: 1, signal: never };
  expect(await caught(deliver(fail(true), options))).toMatchObject({ attempts: 3 });
  expect(await caught(deliver(fail(false), options))).toMatchObject({ attempts: 1 });
  let tries = 0;
  const third = () => ((tries += 1) < 3 ? fail(true)() : Promise.resolve('ok'));
  expect(await deliver(third, options)).toEqual({ result: 'ok', attempts: 3 });
  const closing = new AbortController();
  const work = caught(deliver(fail(true), { attempts: 3, firstDelayMs: 60_000, signal: closing.signal }));
  setImmediate(() => closing.abort());
  expect(await work).toBeInstanceOf(ClosingError);
});

test('scrub takes every part of an address that could give it away', () => {
  const url = 'https://user:password@hooks.example/services/T0000/B0000000000/abcdefghijkl?token=tokentoken';
  expect(scrub(`${url} abcdefghijkl B0000000000 tokentoken password`, secretsOfUrl(url))).not.toMatch(
    /abcdefgh|B00000|tokentoken|password/
  );
});
