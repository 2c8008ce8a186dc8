import { cpus } from 'node:os';
import type { AgentDefinition } from '../../agents/runtime/agent';
import { derived, observed } from '../../agents/runtime/new-event';
import { runAgents } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { OFF } from '../../agents/runtime/telemetry/off';
import { Telemetry, telemetryBytes } from '../../agents/runtime/telemetry';
import type { AgentTelemetry } from '../../agents/runtime/telemetry';
import type { EventOf, HemostatEvent } from '../../src/contract/events';
import manifest from '../../package.json';
import { median, plain, under, type Figure } from './figures';
import { benchAlert, labLog, until } from './lab';

const GROUP = 'Telemetry';
const ROUNDS = 9;
const HANDLINGS = 20_000;
const BURST = 10_000;
const THROUGHPUTS = 5;
const LINES = 10_000;
const TRACES = 1000;

const sdk = `OpenTelemetry ${manifest.dependencies['@opentelemetry/sdk-trace']}, Node ${process.version}, ${cpus().length} processors`;

const settingsOf = (port: number, more: Environment = {}) => readSettings(commonSettings, { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port), ...more });
const open = (port: number, more: Environment = {}) => Telemetry.open({ settings: settingsOf(port, more), instance: 'bench', now: Date.now, tell: () => undefined });

const verdict = (event: HemostatEvent) =>
  derived(event, 'false_alarm', 'analyzer', { reason: 'nothing', confidence: 1, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0 });

/** An alert as the log hands it out: in an incident. */
function alertInTrace(): HemostatEvent {
  const event = benchAlert('bench');
  return { ...event, incident_id: event.id, trace_id: event.id };
}

/** Microseconds that one synchronous handling takes. */
async function handlings(telemetry: AgentTelemetry): Promise<number> {
  const events = Array.from({ length: 100 }, alertInTrace);
  let spent = 0;
  for (let at = 0; at < HANDLINGS; at += 100) {
    const began = performance.now();
    for (const event of events) {
      telemetry.handling(event, () => [verdict(event)]);
    }
    spent += performance.now() - began;
    // Between two bursts the writer gets its turn, as in an agent.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return (spent / HANDLINGS) * 1000;
}

/** Off and on in turns in this one run, so that both see the same machine. */
async function overhead(port: number): Promise<Figure[]> {
  const on = await open(port);
  const all = await open(port, { HEMOSTAT_TELEMETRY_SPANS_PER_SECOND: '1000000' });
  const times = { off: [] as number[], on: [] as number[], all: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = { off: await handlings(OFF), on: await handlings(on.agent('analyzer', 'bench')), all: await handlings(all.agent('analyzer', 'bench')) };
    // The first round only warms up.
    if (round > 0) {
      times.off.push(measured.off);
      times.on.push(measured.on);
      times.all.push(measured.all);
    }
  }
  await Promise.all([on.close(), all.close()]);
  const [off, usual, every] = [median(times.off), median(times.on), median(times.all)];
  return [
    plain(GROUP, 'a handling by rules without telemetry', off, 'µs', sdk),
    under(GROUP, 'more with telemetry, as it is shipped (200 steps a second)', usual - off, 'µs', 20),
    plain(GROUP, 'more when every handling is kept as a span and a line', every - off, 'µs'),
  ];
}

const alertData = (benchAlert('x') as EventOf<'health_alert'>).data;
const echo: AgentDefinition = { name: 'analyzer', group: 'analyzer', reads: ['health_alert'], writes: ['false_alarm'], create: () => ({ handle: (event) => [verdict(event)], concurrency: 256 }) };

/** Events a second from the log through an agent and back into the log, and the processor time that this process spends on each. */
async function throughput(port: number, telemetry: boolean): Promise<{ rate: number; cpu: number }> {
  const log = labLog(port);
  await log.redis.flushall();
  const running = await runAgents([echo], { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port), LOG_LEVEL: 'error', HEMOSTAT_TELEMETRY: String(telemetry) });
  const count = async () => log.redis.xlen(log.partition(0).log);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: BURST }, (_, at) => log.append([observed('health_alert', 'monitor', { host: 'bench', container: `c-${at}` }, alertData)])));
  await until(async () => (await count()) >= 2 * BURST + 1, 60_000, 'not all alerts were answered');
  const rate = (BURST / (performance.now() - began)) * 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await running.close();
  log.redis.disconnect();
  return { rate, cpu: (user + system) / BURST };
}

async function throughputs(port: number): Promise<Figure[]> {
  const off: Array<{ rate: number; cpu: number }> = [];
  const on: typeof off = [];
  for (let round = 0; round <= THROUGHPUTS; round += 1) {
    const [without, with_] = [await throughput(port, false), await throughput(port, true)];
    if (round > 0) {
      off.push(without);
      on.push(with_);
    }
  }
  const [cpuOff, cpuOn] = [median(off.map((one) => one.cpu)), median(on.map((one) => one.cpu))];
  return [
    plain(GROUP, `${BURST} alerts through the log and one agent, without`, median(off.map((one) => one.rate)), '/s'),
    plain(GROUP, `${BURST} alerts through the log and one agent, with`, median(on.map((one) => one.rate)), '/s'),
    plain(GROUP, 'processor time for each, without', cpuOff, 'µs'),
    under(GROUP, 'processor time more for each with telemetry', cpuOn - cpuOff, 'µs', 50, `${((cpuOn / cpuOff - 1) * 100).toFixed(0)} %`),
  ];
}

/** What an hour of much work takes in Redis. */
async function memory(port: number): Promise<Figure[]> {
  const log = labLog(port);
  await log.redis.flushall();
  const telemetry = await open(port, { HEMOSTAT_TELEMETRY_SPANS_PER_SECOND: '1000000' });
  const agent = telemetry.agent('analyzer', 'bench');
  for (let at = 0; at < LINES - TRACES; at += 1) {
    telemetry.sink?.write(JSON.stringify({ level: 'info', time: new Date().toISOString(), agent: 'analyzer', instance: 'bench-1', msg: 'an alert was judged by the rules', container: `web-${at % 50}`, rule: 'exit_code' }));
    if (at % 1000 === 0) {
      await telemetry.flush();
    }
  }
  await telemetry.flush();
  const linesOnly = await telemetryBytes(log);
  for (let at = 0; at < TRACES; at += 1) {
    const event = alertInTrace();
    await agent.handling(event, async () => {
      for (const step of ['chat model', 'decide', 'restart web', 'verify', 'send slack', 'handle remediation_needed', 'handle remediation_complete']) {
        await agent.step(step, { 'hemostat.container': 'host-1/web', 'hemostat.action': 'restart', 'hemostat.mode': 'auto' }, () => Promise.resolve());
      }
      return [verdict(event)];
    });
    if (at % 100 === 0) {
      await telemetry.flush();
    }
  }
  await telemetry.close();
  const both = await telemetryBytes(log);
  await log.redis.flushall();
  log.redis.disconnect();
  const megabytes = (bytes: number) => bytes / 1_048_576;
  return [
    plain(GROUP, `${LINES - TRACES} log lines in Redis`, megabytes(linesOnly), 'MB'),
    under(GROUP, `${LINES} log lines and ${TRACES} traces of 8 steps in Redis`, megabytes(both), 'MB', 128, 'the ceiling as shipped, HEMOSTAT_TELEMETRY_MAX_MB'),
  ];
}

/** What telling costs, off and on in the same run. */
export async function benchTelemetry(port: number): Promise<Figure[]> {
  return [...(await overhead(port)), ...(await throughputs(port)), ...(await memory(port))];
}
