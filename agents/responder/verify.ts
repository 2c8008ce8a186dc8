import type { Redis } from 'ioredis';
import type { ContainerState } from '../../src/contract/containers';
import { figuresSchema, type Anomaly, type EventData, type EventOf, type Figures } from '../../src/contract/events';
import type { ContainerDetails } from '../docker/types';
import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import { derived } from '../runtime/new-event';
import { incidentEvents } from '../runtime/queries';
import { waitMs } from '../runtime/wait';
import { ClosingError } from './act';
import { AGENT } from './case';
import { judgeEffect, type Judgement } from './effect';
import type { Fleet } from './fleet';
import { nameOf } from './plan';
import { isGone } from './prepare';
import type { Worlds } from './world';

type Side = EventData<'remediation_verified'>['before'];
type Complete = EventOf<'remediation_complete'>;

interface Sample {
  at: number;
  status: string;
  health: string;
  restarts?: number;
  figures: Figures;
}

interface Verification {
  event: Complete;
  key: string;
  host: string;
  /** Milliseconds since 1970. */
  end: number;
  /** The same moment on a clock that cannot jump: waiting is measured by it. */
  endMono: number;
  verifyMs: number;
  anomalies: readonly Anomaly[];
  before: Side;
  /** How far the engine's clock is ahead of ours. */
  aheadMs: number;
}

const POLL_MS = 500;
const STEADY_MS = 10_000;
const CLOCK_SLACK_MS = 2000;
const BEFORE_MS = 60_000;
const MAX_SAMPLES = 2000;
const FIGURE_NAMES = Object.keys(figuresSchema.shape) as Array<keyof Figures>;

const numberOf = (text: string | undefined) => (text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text));
const iso = (ms: number) => new Date(ms).toISOString();

function readSample([id, flat]: [string, string[]]): Sample {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields[flat[index] ?? ''] = flat[index + 1] ?? '';
  }
  const figures: Figures = {};
  for (const name of FIGURE_NAMES) {
    const value = numberOf(fields[name]);
    if (value !== undefined) {
      figures[name] = value;
    }
  }
  const restarts = numberOf(fields.restarts);
  return { at: Number(id.split('-')[0]), status: fields.status ?? 'unknown', health: fields.health ?? 'unknown', figures, ...(restarts === undefined ? {} : { restarts }) };
}

function means(samples: readonly Sample[]): Figures {
  const out: Figures = {};
  for (const name of FIGURE_NAMES) {
    const values = samples.flatMap((sample) => sample.figures[name] ?? []);
    if (values.length > 0) {
      out[name] = values.reduce((sum, value) => sum + value, 0) / values.length;
    }
  }
  return out;
}

type Known = Pick<Side, 'status' | 'health_status' | 'metrics' | 'restart_count'>;
const UNKNOWN: Known = { status: 'unknown', health_status: 'unknown', metrics: {} };
const timeOf = (text: string | undefined): number => Date.parse(text ?? '') || 0;
const pick = ({ status, health_status, restart_count }: EventData<'health_alert'>) => ({ status, health_status, restart_count });

/** The engine's word before the monitor's. */
function knownNow(details: ContainerDetails | undefined, state: ContainerState | undefined, since: ContainerState | undefined): Known {
  const metrics = since?.metrics ?? {};
  if (details) {
    return { status: details.status, health_status: details.health, restart_count: details.restartCount, metrics };
  }
  return state ? { status: state.status, health_status: state.health_status, restart_count: state.restart_count, metrics } : { ...UNKNOWN, metrics };
}

export interface VerifierOptions {
  log: HemostatLog;
  fleet: Fleet;
  worlds: Worlds;
  logger: Logger;
  now: () => number;
  /** How long an action has to show that it helped, for a container. */
  verifySeconds: (event: Complete, state: ContainerState | undefined) => number;
}

/** Proves whether an action helped: the same figures before and after, health, and the engine's own word. */
export class Verifier {
  underWay = 0;

  constructor(private readonly options: VerifierOptions) {}

  /** @throws ClosingError when this copy must end first: the next one verifies. */
  async verify(event: Complete, where: { key: string; host: string }, signal: AbortSignal): Promise<EventOf<'remediation_verified'>> {
    this.underWay += 1;
    try {
      const { judgement, after, verification } = await this.watch(await this.begin(event, where), signal);
      const data = {
        action: event.data.action,
        verdict: judgement.verdict,
        reason: judgement.reason,
        before: verification.before,
        after,
        duration_seconds: (performance.now() - verification.endMono) / 1000,
        ...(event.data.project ? { project: event.data.project } : {}),
      };
      return derived(event, 'remediation_verified', AGENT, data, { time: iso(this.options.now()) });
    } finally {
      this.underWay -= 1;
    }
  }

  private async begin(event: Complete, { key, host }: { key: string; host: string }): Promise<Verification> {
    const { log, fleet, verifySeconds } = this.options;
    const end = Date.parse(event.time);
    const endMono = performance.now() - Math.max(0, this.options.now() - end);
    const acted = end - (event.data.duration_seconds ?? 0) * 1000;
    const events = event.incident_id ? (await incidentEvents(log, event.incident_id)).events.map((one) => one.event) : [];
    const alert = events.findLast((one): one is EventOf<'health_alert'> => one.type === 'health_alert' && Date.parse(one.time) <= end);
    const illSince = timeOf(alert?.data.ill_since);
    const from = Math.max(acted - BEFORE_MS, Math.min(illSince, acted));
    const known: Known = { ...UNKNOWN, ...(alert ? pick(alert.data) : {}), metrics: event.data.metrics ?? {} };
    const before = await this.side(key, from, acted, known);
    return { event, key, host, end, endMono, verifyMs: verifySeconds(event, await fleet.state(key)) * 1000, anomalies: alert?.data.anomalies ?? [], before, aheadMs: await this.ahead(host) };
  }

  private async ahead(host: string): Promise<number> {
    try {
      const info = await (await this.options.worlds.of(host))?.info();
      return info ? info.systemTime - this.options.now() : 0;
    } catch {
      return 0;
    }
  }

  private async watch(verification: Verification, signal: AbortSignal): Promise<{ judgement: Judgement; after: Side; verification: Verification }> {
    const { endMono, verifyMs } = verification;
    const steady = endMono + Math.min(STEADY_MS, verifyMs / 2);
    for (;;) {
      const last = performance.now() >= endMono + verifyMs;
      if (last || performance.now() >= steady) {
        const look = await this.look(verification);
        if (last || !look.judgement.uncertain) {
          return { ...look, verification };
        }
      }
      if (signal.aborted) {
        throw new ClosingError();
      }
      await waitMs(Math.max(10, Math.min(POLL_MS, endMono + verifyMs - performance.now())), signal);
    }
  }

  private async look(verification: Verification): Promise<{ judgement: Judgement; after: Side }> {
    const { event, key, end, verifyMs, anomalies, before, aheadMs } = verification;
    const now = this.options.now();
    const state = await this.options.fleet.state(key);
    const details = await this.inspect(verification);
    if (details === 'gone') {
      const after = await this.side(key, end, now, { status: 'removed', health_status: 'unknown', metrics: {} });
      return { judgement: { verdict: 'no_change', reason: 'It was removed or replaced after the action, so its effect cannot be seen.', uncertain: false }, after };
    }
    const since = state && timeOf(state.seen_at) > end ? state : undefined;
    const known = knownNow(details, state, since);
    const after = await this.side(key, Math.max(end, now - Math.min(STEADY_MS, verifyMs)), now, known);
    const startedAt = timeOf(details?.startedAt ?? state?.started_at);
    const judgement = judgeEffect({
      action: event.data.action,
      anomalies,
      before,
      // What the engine says now is newer than the last sample.
      after: { ...after, status: known.status, health_status: known.health_status },
      running: known.status === 'running',
      startedAgain: startedAt > end + aheadMs + CLOCK_SLACK_MS,
      ...(since ? { stillIll: since.ill } : {}),
    });
    return { judgement, after: { ...after, status: known.status, health_status: known.health_status } };
  }

  private async inspect({ event, host, key }: Verification): Promise<ContainerDetails | 'gone' | undefined> {
    try {
      const world = await this.options.worlds.of(host);
      return await world?.inspect(event.data.plan?.container_id ?? nameOf(key));
    } catch (cause) {
      if (isGone(cause)) {
        return 'gone';
      }
      this.options.logger.warn({ container: key, error: errorText(cause) }, 'the engine cannot be asked whether an action helped; the monitor is believed');
      return undefined;
    }
  }

  private async side(key: string, fromMs: number, toMs: number, known: Known): Promise<Side> {
    const { log } = this.options;
    const stream = log.keysOf(nameOf(key)).samples(key);
    const reply = (await (log.redis as Redis).xrevrange(stream, Math.max(0, Math.ceil(toMs)), Math.max(0, Math.floor(fromMs)), 'COUNT', MAX_SAMPLES)) as Array<[string, string[]]>;
    const samples = reply.map(readSample);
    const [newest] = samples;
    const restarts = newest?.restarts ?? known.restart_count;
    return {
      from: iso(fromMs),
      to: iso(toMs),
      samples: samples.length,
      status: newest?.status ?? known.status,
      health_status: newest?.health ?? known.health_status,
      metrics: samples.length > 0 ? means(samples) : known.metrics,
      ...(restarts === undefined ? {} : { restart_count: restarts }),
    };
  }
}
