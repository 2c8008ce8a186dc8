import { Redis } from 'ioredis';
import { OriginalAgents, findOriginal, pause } from './original-agents.mjs';
import { Answers, COMPLETE, VERDICT, alertFor } from './original-answers.mjs';

/** The shape of each measurement, for whoever wants to put the same to another implementation. */
export const ORIGINAL_BENCH_SHAPE = {
  sequentialAlerts: 300,
  dryRunAlerts: 20,
  burstAlerts: 5_000,
  chainAlerts: 10,
  killRatePerSecond: 200,
  killTotalMs: 5_000,
  killAfterMs: 2_000,
  killBackAfterMs: 1_000,
};

const WHOLE_LIMIT_MS = 85_000;
const ANSWER_LIMIT_MS = 3_000;

const names = (group, count) => Array.from({ length: count }, (_, index) => `${group}${index}`);
const publish = (redis, container) => redis.publish('hemostat:health_alert', alertFor(container));

/** @param {number[]} values milliseconds */
function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted.length === 0 ? null : Number(sorted[at].toFixed(3));
}

async function sequential({ redis, answers, group, count }) {
  const times = [];
  for (const container of names(group, count)) {
    const begin = performance.now();
    await publish(redis, container);
    const at = await answers.of(container, ANSWER_LIMIT_MS);
    if (at !== undefined) {
      times.push(at - begin);
    }
  }
  const lost = count - times.length;
  return { alerts: count, lost, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

async function publishAtOnce(redis, containers) {
  const pipeline = redis.pipeline();
  for (const container of containers) {
    pipeline.publish('hemostat:health_alert', alertFor(container));
  }
  await pipeline.exec();
}

async function burst({ redis, answers, group, count, limitMs }) {
  const begin = performance.now();
  await publishAtOnce(redis, names(group, count));
  const { answered, twice } = await answers.settle(group, count, limitMs);
  const seconds = (answers.lastAt - begin) / 1_000;
  return { alerts: count, answered, twice, lost: count - answered, perSecond: Number((answered / seconds).toFixed(1)) };
}

const lostOf = ({ answered, twice }, alerts) => ({
  alerts,
  answered,
  twice,
  lost: alerts - answered,
  lostShare: Number(((alerts - answered) / alerts).toFixed(4)),
});

/** A steady rate; the analyzer dies at `killAfterMs` and is started again `killBackAfterMs` later. */
async function killedUnderRate({ redis, answers, agents, analyzer, group }) {
  const shape = ORIGINAL_BENCH_SHAPE;
  const restarted = (async () => {
    await pause(shape.killAfterMs);
    await agents.kill(analyzer);
    await pause(shape.killBackAfterMs);
    return agents.start('analyzer');
  })();
  const sent = [];
  const begin = performance.now();
  for (let elapsed = 0; elapsed < shape.killTotalMs; elapsed = performance.now() - begin) {
    const due = Math.floor((elapsed / 1_000) * shape.killRatePerSecond);
    while (sent.length < due) {
      sent.push(publish(redis, `${group}${sent.length}`));
    }
    await pause(2);
  }
  await Promise.all([restarted, ...sent]);
  return { result: lostOf(await answers.settle(group, sent.length, 5_000), sent.length), analyzer: await restarted };
}

/** A burst; the analyzer dies when half of the verdicts are out and is started again `killBackAfterMs` later. */
async function killedInBurst({ redis, answers, agents, analyzer, group }) {
  const { burstAlerts, killBackAfterMs } = ORIGINAL_BENCH_SHAPE;
  await publishAtOnce(redis, names(group, burstAlerts));
  await answers.settle(group, burstAlerts / 2, 8_000);
  await agents.kill(analyzer);
  await pause(killBackAfterMs);
  const again = await agents.start('analyzer');
  return { result: lostOf(await answers.settle(group, burstAlerts, 8_000), burstAlerts), analyzer: again };
}

async function removeKeys(redis, group) {
  for (const kind of ['state:alert_history', 'audit']) {
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `hemostat:${kind}:${group}*`, 'COUNT', 2_000);
      cursor = next;
      await (keys.length > 0 && redis.unlink(keys));
    } while (cursor !== '0');
  }
}

async function measure({ redis, subscriber, agents, group }, result) {
  const { sequentialAlerts, burstAlerts, dryRunAlerts, chainAlerts } = ORIGINAL_BENCH_SHAPE;
  const verdicts = new Answers(subscriber, VERDICT);
  const completions = new Answers(subscriber, COMPLETE);
  const onVerdicts = { redis, agents, answers: verdicts };
  await subscriber.subscribe(...VERDICT, ...COMPLETE);
  const analyzer = await agents.start('analyzer');
  // The responder takes half a second an alert, so it stays off until its own backlog is what is measured.
  await sequential({ ...onVerdicts, group: `${group}warm-`, count: 20 });
  result.verdictSequential = await sequential({ ...onVerdicts, group: `${group}a-`, count: sequentialAlerts });
  result.verdictBurst = await burst({ ...onVerdicts, group: `${group}c-`, count: burstAlerts, limitMs: 15_000 });
  const steady = await killedUnderRate({ ...onVerdicts, analyzer, group: `${group}e-` });
  result.killedUnderRate = steady.result;
  const inBurst = await killedInBurst({ ...onVerdicts, analyzer: steady.analyzer, group: `${group}f-` });
  result.killedInBurst = inBurst.result;
  await agents.start('responder');
  const onCompletions = { redis, answers: completions };
  result.dryRunSequential = await sequential({ ...onCompletions, group: `${group}b-`, count: dryRunAlerts });
  result.dryRunBurst = await burst({ ...onCompletions, group: `${group}d-`, count: chainAlerts, limitMs: 10_000 });
}

/**
 * Measures the Python original (analyzer and responder in dry run, rules only) on the Redis given, which nobody else
 * may use meanwhile. Numbers are milliseconds, counts and counts per second. What it wrote is removed again.
 * Takes about 35 s, never more than 90; what did not fit is missing and `incomplete` says why. Never throws.
 * @param {{ checkout?: string, python?: string, redisUrl: string }} options
 * @returns {Promise<{ present: false, reason: string } | ({ present: true } & Record<string, unknown>)>}
 */
export async function benchOriginal({ checkout, python, redisUrl }) {
  const found = await findOriginal({ checkout, python });
  if ('reason' in found) {
    return { present: false, reason: found.reason };
  }
  const options = { maxRetriesPerRequest: 2, retryStrategy: (times) => (times > 3 ? null : 100 * times) };
  const redis = new Redis(redisUrl, options);
  const subscriber = new Redis(redisUrl, options);
  // Without a listener ioredis prints; the failing command rejects anyway.
  [redis, subscriber].forEach((client) => client.on('error', () => undefined));
  const agents = new OriginalAgents({ checkout, python, redisUrl, redis });
  const group = `bench-${Date.now().toString(36)}-`;
  const result = { present: true, versions: { ...found.versions, redis: 'unknown' }, shape: ORIGINAL_BENCH_SHAPE };
  const begin = performance.now();
  let timer;
  try {
    result.versions.redis = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown';
    if (await agents.strangersListen()) {
      return {
        present: false,
        reason: `${new URL(redisUrl).host} already has agents listening; give it an empty Redis`,
      };
    }
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${WHOLE_LIMIT_MS / 1_000} s`)), WHOLE_LIMIT_MS);
    });
    await Promise.race([measure({ redis, subscriber, agents, group }, result), limit]);
  } catch (error) {
    result.incomplete = error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
    await agents.close();
    await removeKeys(redis, group).catch(() => undefined);
    redis.disconnect();
    subscriber.disconnect();
  }
  result.seconds = Number(((performance.now() - begin) / 1_000).toFixed(1));
  return result;
}
