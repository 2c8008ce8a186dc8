import type { EventData, PlannedAction } from '../../src/contract/events';
import type { EffectivePolicy } from '../../src/contract/policy';
import { redactText } from '../../src/contract/redact';
import type { ContainerDetails } from '../docker/types';
import { HemostatError, errorText } from '../runtime/errors';
import { waitMs } from '../runtime/wait';
import { nameOf } from './plan';
import { isGone } from './prepare';
import type { World } from './world';

export interface ActOptions {
  retryMax: number;
  retryDelayMs: number;
  startTimeoutMs: number;
  execTimeoutMs: number;
  /** Given when this copy closes or loses the lead. */
  signal: AbortSignal;
}

type Result = EventData<'remediation_complete'>['result'];
type Step = NonNullable<Result['steps']>[number];

/** The work was given up because this copy ends; whoever leads next finishes it. */
export class ClosingError extends HemostatError {
  constructor() {
    super('closing', 'This copy is closing; the next one goes on.', { retryable: true });
  }
}

const POLL_MS = 100;
const OUTPUT_BYTES = 65_536;
const OUTPUT_SHOWN = 2000;
const clean = (text: string, length: number) => redactText(text).text.slice(0, length);

interface Doing {
  world: World;
  plan: PlannedAction;
  policy: EffectivePolicy;
  options: ActOptions;
}

/** Repeats only what the engine certainly has not begun. */
async function retried<T>({ options }: Doing, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (cause) {
      const again = cause instanceof HemostatError && cause.retryable && ['docker_unreachable', 'docker_conflict'].includes(cause.code);
      if (!again || attempt >= options.retryMax) {
        throw cause;
      }
      await waitMs(options.retryDelayMs * 2 ** (attempt - 1), options.signal);
      stopIfClosing(options);
    }
  }
}

function stopIfClosing({ signal }: ActOptions): void {
  if (signal.aborted) {
    throw new ClosingError();
  }
}

const after = (time: string | undefined, than: string | undefined) => Date.parse(time ?? '') > (Date.parse(than ?? '') || 0);

/** Waits until it runs. @throws HemostatError when it ends again at once or does not start in time. */
async function untilRunning({ world, options }: Doing, id: string, before: ContainerDetails | undefined): Promise<string> {
  const deadline = performance.now() + options.startTimeoutMs;
  for (;;) {
    const details = await world.inspect(id);
    if (details.running && !details.restarting) {
      return `running since ${details.startedAt ?? 'now'}`;
    }
    if (details.status === 'exited' && after(details.startedAt, before?.startedAt)) {
      throw new HemostatError('ended_again', `It was started and ended again at once with exit code ${details.exitCode}.`);
    }
    if (performance.now() > deadline) {
      throw new HemostatError('not_running', `It did not run within ${options.startTimeoutMs / 1000} s (state: ${details.status}${details.error ? `, ${details.error}` : ''}).`);
    }
    await waitMs(POLL_MS, options.signal);
    stopIfClosing(options);
  }
}

/** The container's own stop timeout holds unless somebody has set another one. */
function stopTimeout(policy: EffectivePolicy): { timeoutSeconds?: number } {
  const unset = (policy.origins.stop_timeout_seconds ?? 'default') === 'default';
  return unset ? {} : { timeoutSeconds: policy.stop_timeout_seconds };
}

async function bringUp(doing: Doing, id: string, verb: 'restart' | 'start'): Promise<string> {
  const { world, policy } = doing;
  const before = await retried(doing, () => world.inspect(id));
  try {
    await retried(doing, () => (verb === 'start' ? world.start(id) : world.restart(id, stopTimeout(policy))));
  } catch (cause) {
    const late = cause instanceof HemostatError && cause.code === 'docker_timeout';
    // The engine may have done it although its answer did not come.
    if (!late || !after((await world.inspect(id)).startedAt, before.startedAt)) {
      throw cause;
    }
  }
  return untilRunning(doing, id, before);
}

async function runCommand({ world, plan, options }: Doing, id: string): Promise<string> {
  const ran = await world.exec(id, plan.arguments ?? [], { timeoutMs: options.execTimeoutMs, maxBytes: OUTPUT_BYTES, signal: options.signal });
  const output = clean(ran.output, OUTPUT_SHOWN);
  if (ran.timedOut || ran.exitCode !== 0) {
    const how = ran.timedOut ? `did not end within ${options.execTimeoutMs / 1000} s` : `ended with exit code ${String(ran.exitCode)}`;
    throw new HemostatError('command_failed', `The command ${how}: ${output}`);
  }
  return output;
}

async function removeStopped({ world, policy }: Doing, id: string): Promise<string> {
  try {
    const details = await world.inspect(id);
    if (details.running || details.paused || details.restarting) {
      return 'left alone: it runs again';
    }
    await world.remove(details.id, { volumes: policy.cleanup_volumes, force: false });
    return policy.cleanup_volumes ? 'removed with its anonymous volumes' : 'removed; its volumes were kept';
  } catch (cause) {
    if (isGone(cause)) {
      return 'was gone already';
    }
    throw cause;
  }
}

async function scale({ world, plan }: Doing, id: string): Promise<string> {
  const { labels } = await world.inspect(id);
  const service = labels['com.docker.swarm.service.id'] ?? labels['com.docker.swarm.service.name'] ?? '';
  const wanted = Number(plan.arguments?.[0]);
  await world.scaleService(service, wanted);
  return `${labels['com.docker.swarm.service.name'] ?? service}: ${wanted} replicas`;
}

async function stopOne(doing: Doing, id: string): Promise<string> {
  await retried(doing, () => doing.world.stop(id, stopTimeout(doing.policy)));
  return 'stopped';
}

/** What is done to each container of the plan, by name for the record. */
function stepOf(doing: Doing, key: string): { verb: string; run: () => Promise<string> } {
  const { plan } = doing;
  const isTarget = key === plan.target;
  const id = isTarget ? (plan.container_id ?? nameOf(key)) : nameOf(key);
  if (plan.action === 'cleanup') {
    return { verb: 'remove', run: () => removeStopped(doing, id) };
  }
  if (!isTarget) {
    return { verb: 'restart', run: () => bringUp(doing, id, 'restart') };
  }
  const runs: Partial<Record<PlannedAction['action'], () => Promise<string>>> = {
    restart: () => bringUp(doing, id, 'restart'),
    start: () => bringUp(doing, id, 'start'),
    stop: () => stopOne(doing, id),
    exec: () => runCommand(doing, id),
    scale_up: () => scale(doing, id),
  };
  return { verb: plan.action, run: runs[plan.action] ?? (() => Promise.resolve('nothing to do')) };
}

async function takeStep(doing: Doing, key: string): Promise<Step> {
  const began = performance.now();
  const { verb, run } = stepOf(doing, key);
  const seconds = () => Math.round(performance.now() - began) / 1000;
  try {
    return { target: key, action: verb, ok: true, detail: await run(), duration_seconds: seconds() };
  } catch (cause) {
    if (cause instanceof ClosingError || doing.options.signal.aborted) {
      throw new ClosingError();
    }
    return { target: key, action: verb, ok: false, detail: clean(errorText(cause), 1000), duration_seconds: seconds() };
  }
}

/**
 * Carries out a plan, one container after the other, and stops at the first failure. What the engine answers is never thrown.
 * @param done keys that were done before (by the copy that wrote the intent)
 * @throws ClosingError when this copy must end before it is through.
 */
export async function carryOut(world: World, plan: PlannedAction, policy: EffectivePolicy, options: ActOptions, done: ReadonlySet<string> = new Set()): Promise<Result> {
  const steps: Step[] = [];
  for (const key of plan.order) {
    const step = done.has(key)
      ? { target: key, action: plan.action, ok: true, detail: 'was done before the healer was interrupted', duration_seconds: 0 }
      : await takeStep({ world, plan, policy, options }, key);
    steps.push(step);
    if (!step.ok) {
      return { status: 'failed', error: `${nameOf(key)}: ${step.detail}`, steps };
    }
  }
  return { status: 'success', steps };
}

/**
 * Which containers of a plan show by themselves that they were acted on after the intent was written.
 * @param intent milliseconds
 */
export async function doneSince(world: World, plan: PlannedAction, intent: number): Promise<Set<string>> {
  const done = new Set<string>();
  for (const key of plan.order) {
    if (await isDone(world, plan, key, intent)) {
      done.add(key);
    }
  }
  return done;
}

function showsDone(details: ContainerDetails, action: PlannedAction['action'], intent: number): boolean {
  switch (action) {
    case 'stop':
      return !details.running && !details.restarting;
    case 'start':
      return details.running;
    case 'restart':
      return Date.parse(details.startedAt ?? '') >= intent;
    default:
      return false;
  }
}

async function isDone(world: World, plan: PlannedAction, key: string, intent: number): Promise<boolean> {
  const isTarget = key === plan.target;
  // A start of the target is followed by restarts of those that depend on it.
  const action = plan.action === 'start' && !isTarget ? 'restart' : plan.action;
  try {
    return showsDone(await world.inspect(isTarget ? (plan.container_id ?? nameOf(key)) : nameOf(key)), action, intent);
  } catch (cause) {
    if (isGone(cause)) {
      return plan.action === 'cleanup';
    }
    throw cause;
  }
}
