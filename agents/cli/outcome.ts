import type { HemostatEvent } from '../../src/contract/events';
import { eventLine } from '../../src/contract/story';
import type { HemostatLog } from '../runtime/log';
import type { CommonSettings } from '../runtime/logger';
import { compareStreamIds } from '../runtime/queries';
import { waitMs } from '../runtime/wait';
import type { Cli } from './context';
import { followLog } from './follow';
import { CliError } from './output';

const POLL_MS = 200;

/** What an event says of the outcome of a command: done well, done badly, or not the end yet. */
export type Outcome = 'well' | 'badly' | undefined;

/** The outcome of an ordered or approved action. */
export function actionOutcome(event: HemostatEvent): Outcome {
  switch (event.type) {
    case 'approval_decided':
      return event.data.decision === 'approved' ? undefined : 'badly';
    case 'remediation_complete':
      return event.data.result.status === 'success' && !event.data.dry_run ? undefined : event.data.dry_run && event.data.result.status === 'success' ? 'well' : 'badly';
    case 'remediation_verified':
      return event.data.verdict === 'helped' ? 'well' : 'badly';
    default:
      return undefined;
  }
}

/** The outcome of a rejection: the decision itself. */
export function rejectOutcome(event: HemostatEvent): Outcome {
  return event.type === 'approval_decided' ? (event.data.decision === 'rejected' ? 'well' : 'badly') : undefined;
}

/**
 * Prints what follows in the log until the outcome, and sets the exit code by it.
 * @param from entry id of the command
 * @throws CliError when there is none in time.
 */
export async function waitForOutcome(
  cli: Cli,
  log: HemostatLog,
  settings: CommonSettings,
  wait: { partition: number; from: string; seconds: number; mine: (event: HemostatEvent) => boolean; outcomeOf: (event: HemostatEvent) => Outcome }
): Promise<Outcome> {
  const over = AbortSignal.any([cli.io.signal, AbortSignal.timeout(wait.seconds * 1000)]);
  const positions = log.partitions.map((_, index) => (index === wait.partition ? wait.from : `${wait.from.split('-')[0] ?? '0'}-0`));
  for await (const { event } of followLog(log, settings, positions, over)) {
    if (!wait.mine(event)) {
      continue;
    }
    if (!cli.options.json) {
      cli.line(eventLine(event));
    }
    const outcome = wait.outcomeOf(event);
    if (outcome) {
      cli.exitCode = outcome === 'well' ? 0 : 1;
      return outcome;
    }
  }
  throw new CliError(`No outcome within ${wait.seconds} s.`, 'Is the responder running? `hemostat status` tells.');
}

/** Waits until the responder has read the entry and finished with it. */
export async function waitUntilHandled(cli: Cli, log: HemostatLog, wait: { partition: number; streamId: string; seconds: number }): Promise<void> {
  const key = log.partition(wait.partition).log;
  const until = Date.now() + wait.seconds * 1000;
  while (Date.now() < until && !cli.io.signal.aborted) {
    const groups = (await log.redis.xinfo('GROUPS', key)) as unknown[][];
    const responder = groups.find((flat) => flat[flat.indexOf('name') + 1] === 'responder');
    const read = responder ? String(responder[responder.indexOf('last-delivered-id') + 1]) : '0-0';
    if (compareStreamIds(read, wait.streamId) >= 0) {
      const pending = await log.redis.xpending(key, 'responder', wait.streamId, wait.streamId, 1);
      if (pending.length === 0) {
        return;
      }
    }
    await waitMs(POLL_MS, cli.io.signal);
  }
  throw new CliError(`The responder has not taken it up within ${wait.seconds} s.`, 'Is the responder running? `hemostat status` tells. It takes it up when it comes back.');
}
