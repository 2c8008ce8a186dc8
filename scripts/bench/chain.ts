import { atLeast, percentile, plain, under, type Figure } from './figures';
import { AgentProcess, benchAlert, Follower, labLog, OPEN_POLICY, outcomes, until, untilAlive, VERDICT_TYPES } from './lab';

const BURST = 5000;
const GROUP = 'Alert to verdict to dry-run remediation, rules, one process';

/** Alerts one after the other: each waits for its answer. */
async function sequential(port: number, count: number): Promise<{ verdict: number[]; done: number[] }> {
  const log = labLog(port);
  const follower = await new Follower(labLog(port, 'bench-follow'), [...VERDICT_TYPES, 'remediation_complete']).start();
  const verdict: number[] = [];
  const done: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const container = `seq-${index}`;
    const began = performance.now();
    const answered = [follower.when('remediation_needed', container), follower.when('remediation_complete', container)] as const;
    await log.append([benchAlert(container)]);
    verdict.push((await answered[0]) - began);
    done.push((await answered[1]) - began);
  }
  follower.stop();
  log.redis.disconnect();
  return { verdict: verdict.slice(20), done: done.slice(20) };
}

/** All alerts at once: from the first append to the last answer in the log. */
async function burst(port: number): Promise<{ verdictsPerSecond: number; chainPerSecond: number; lost: number; twice: number }> {
  const log = labLog(port);
  await log.redis.flushall();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const follower = await new Follower(labLog(port, 'bench-follow'), [...VERDICT_TYPES, 'remediation_complete']).start();
  const alerts = Array.from({ length: BURST }, (_, index) => benchAlert(`burst-${index}`));
  const began = performance.now();
  await Promise.all(alerts.map((alert) => log.append([alert])));
  await until(() => (follower.counts.get('remediation_complete') ?? 0) >= BURST, 60_000, `not all of ${BURST} came out`);
  const lastOf = (type: string) => Math.max(...[...follower.seenAt].filter(([key]) => key.startsWith(type)).map(([, at]) => at));
  const verdictMs = lastOf('remediation_needed') - began;
  const chainMs = lastOf('remediation_complete') - began;
  follower.stop();
  const verdicts = await outcomes(log, VERDICT_TYPES);
  const ends = await outcomes(log, ['remediation_complete']);
  log.redis.disconnect();
  return {
    verdictsPerSecond: (BURST / verdictMs) * 1000,
    chainPerSecond: (BURST / chainMs) * 1000,
    lost: BURST - Math.min(verdicts.distinct, ends.distinct),
    twice: verdicts.twice + ends.twice,
  };
}

export async function chain(port: number, environment: Record<string, string>): Promise<Figure[]> {
  const log = labLog(port);
  const agents = new AgentProcess(['analyzer', 'responder'], port, { ...OPEN_POLICY, ...environment }).start();
  try {
    await untilAlive(log, ['analyzer', 'responder']);
    const { verdict, done } = await sequential(port, 520);
    const results = [await burst(port), await burst(port), await burst(port)];
    const middle = (pick: (one: (typeof results)[number]) => number) => percentile(results.map(pick), 50);
    const verdictsOnly = await analyzerAlone(port, agents);
    return [
      under(GROUP, 'alert on the wire to verdict, p50', percentile(verdict, 50), 'ms', 2),
      under(GROUP, 'alert on the wire to verdict, p99', percentile(verdict, 99), 'ms', 8),
      under(GROUP, 'to the end of a dry-run remediation, p50', percentile(done, 50), 'ms', 5),
      plain(GROUP, 'to the end of a dry-run remediation, p99', percentile(done, 99), 'ms'),
      atLeast(GROUP, `burst of ${BURST}: verdicts`, verdictsOnly, '/s', 5000, 'analyzer alone'),
      plain(GROUP, `burst of ${BURST}: verdicts while the responder works too`, middle((one) => one.verdictsPerSecond), '/s'),
      atLeast(GROUP, `burst of ${BURST}: whole dry-run chain`, middle((one) => one.chainPerSecond), '/s', 1500),
      under(GROUP, `burst of ${BURST}: lost`, Math.max(...results.map((one) => one.lost)), 'alerts', 1),
      under(GROUP, `burst of ${BURST}: answered twice`, Math.max(...results.map((one) => one.twice)), 'alerts', 1),
    ];
  } finally {
    await agents.kill();
    log.redis.disconnect();
  }
}

async function analyzerAlone(port: number, both: AgentProcess): Promise<number> {
  await both.kill();
  const log = labLog(port);
  await log.redis.flushall();
  const analyzer = new AgentProcess(['analyzer'], port).start();
  try {
    await untilAlive(log, ['analyzer']);
    const rates: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const follower = await new Follower(labLog(port, 'bench-follow'), VERDICT_TYPES).start();
      const alerts = Array.from({ length: BURST }, (_, index) => benchAlert(`alone-${round}-${index}`));
      const began = performance.now();
      await Promise.all(alerts.map((alert) => log.append([alert])));
      await until(() => (follower.counts.get('remediation_needed') ?? 0) >= BURST, 60_000, 'not all verdicts came out');
      rates.push((BURST / (Math.max(...follower.seenAt.values()) - began)) * 1000);
      follower.stop();
    }
    return percentile(rates, 50);
  } finally {
    await analyzer.kill();
    log.redis.disconnect();
  }
}
