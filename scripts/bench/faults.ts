import type { RedisServer } from '../../tests/support/servers';
import { under, type Figure } from './figures';
import { AgentProcess, benchAlert, labLog, OPEN_POLICY, outcomes, until, untilAlive, VERDICT_TYPES } from './lab';

const GROUP = 'Faults: what was accepted and did not come out';

async function steady(log: ReturnType<typeof labLog>, prefix: string, count: number, perSecond: number, at: (index: number) => void): Promise<void> {
  const began = performance.now();
  const sent: Array<Promise<unknown>> = [];
  for (let index = 0; index < count; index += 1) {
    const due = began + (index * 1000) / perSecond;
    if (due > performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    }
    at(index);
    sent.push(log.append([benchAlert(`${prefix}-${index}`)]));
  }
  await Promise.all(sent);
}

async function settle(log: ReturnType<typeof labLog>, expected: number): Promise<{ lost: number; twice: number }> {
  await until(async () => (await outcomes(log, ['remediation_complete'])).distinct >= expected, 40_000, 'not all came out').catch(() => undefined);
  const verdicts = await outcomes(log, VERDICT_TYPES);
  const ends = await outcomes(log, ['remediation_complete']);
  return { lost: expected - Math.min(verdicts.distinct, ends.distinct), twice: verdicts.twice + ends.twice };
}

/** 200 alerts a second for 10 s; after 5 s the agents are killed and come back one second later. */
async function agentKilled(redis: RedisServer, environment: Record<string, string>): Promise<{ lost: number; twice: number }> {
  const log = labLog(redis.port);
  await log.redis.flushall();
  const agents = new AgentProcess(['analyzer', 'responder'], redis.port, { ...OPEN_POLICY, ...environment }).start();
  await untilAlive(log, ['analyzer', 'responder']);
  await steady(log, 'killed', 2000, 200, (index) => {
    if (index === 1000) {
      void agents.kill('SIGKILL').then(() => setTimeout(() => agents.start(), 1000));
    }
  });
  const result = await settle(log, 2000);
  await agents.kill();
  log.redis.disconnect();
  return result;
}

/** 200 alerts a second for 10 s; after 5 s Redis is killed and comes back two seconds later, with its append-only file. */
async function redisKilled(redis: RedisServer, environment: Record<string, string>): Promise<{ lost: number; twice: number }> {
  const log = labLog(redis.port);
  await log.redis.flushall();
  const agents = new AgentProcess(['analyzer', 'responder'], redis.port, { ...OPEN_POLICY, ...environment }).start();
  await untilAlive(log, ['analyzer', 'responder']);
  await steady(log, 'gone', 2000, 200, (index) => {
    if (index === 1000) {
      void redis.kill('SIGKILL').then(() => setTimeout(() => void redis.restart(), 2000));
    }
  });
  const result = await settle(log, 2000);
  await agents.kill();
  log.redis.disconnect();
  return result;
}

export async function faults(redis: RedisServer, environment: Record<string, string>): Promise<Figure[]> {
  const agent = await agentKilled(redis, environment);
  const server = await redisKilled(redis, environment);
  return [
    under(GROUP, 'agents killed (SIGKILL) under 200 alerts/s, back after 1 s: lost', agent.lost, 'of 2,000', 1),
    under(GROUP, 'the same: answered twice', agent.twice, 'of 2,000', 1),
    under(GROUP, 'Redis killed (SIGKILL) under 200 alerts/s, back after 2 s: lost', server.lost, 'of 2,000', 1),
    under(GROUP, 'the same: answered twice', server.twice, 'of 2,000', 1),
  ];
}
