import { Option, type Command } from 'commander';
import type { ContainerState } from '../../../src/contract/containers';
import { ACTIONS, containerKey, type Action } from '../../../src/contract/events';
import type { HemostatLog } from '../../runtime/log';
import { namesContainer, readContainers } from '../../runtime/queries';
import { appendCommand } from '../append-command';
import type { Cli } from '../context';
import { actionOutcome, waitForOutcome } from '../outcome';
import { CliError, UsageError } from '../output';
import { parseInteger } from '../parse';
import { WAIT_SECONDS, byWhom, waitSeconds, type IncidentOptions } from './incident-commands';

interface RemediateOptions extends IncidentOptions {
  action: Action;
}

/** @throws CliError when the monitor knows no such container, or several. */
export async function containerNamed(log: HemostatLog, word: string): Promise<ContainerState> {
  const all = await readContainers(log);
  const found = all.filter((one) => namesContainer(word, one));
  const [first, second] = found;
  if (!first) {
    const known = all.map(containerKey).sort();
    const alike = known.filter((key) => key.includes(word) || word.includes(key.split('/').at(-1) ?? key));
    const mend = known.length === 0 ? 'The monitor has told of no container yet; is it running? `hemostat status` tells.' : `Known are: ${(alike.length > 0 ? alike : known).slice(0, 8).join(', ')}.`;
    throw new CliError(`The monitor knows no container "${word}".`, mend);
  }
  if (second) {
    throw new CliError(`There are ${found.length} containers "${word}".`, `Name one with its host: ${found.map(containerKey).join(', ')}.`);
  }
  return first;
}

async function remediate(cli: Cli, word: string, vector: readonly string[], options: RemediateOptions): Promise<void> {
  if (vector.length > 0 && options.action !== 'exec') {
    throw new UsageError(`The action ${options.action} takes no arguments; you gave "${vector.join(' ')}".`, 'Only exec does: hemostat remediate web --action exec -- ps aux');
  }
  if (vector.length === 0 && options.action === 'exec') {
    throw new UsageError('The action exec needs a command.', 'hemostat remediate web --action exec -- ps aux');
  }
  await cli.withLog(async (log, settings) => {
    const container = await containerNamed(log, word);
    const command = { command: 'remediate' as const, action: options.action, ...(vector.length > 0 ? { arguments: [...vector] } : {}), ...byWhom(cli, options.reason) };
    const written = await appendCommand(cli, log, command, container);
    if (!cli.options.json) {
      cli.line(`${options.action} of ${containerKey(container)} is ordered. The responder checks its guards, acts and verifies; a refusal names the guard.`);
    }
    const seconds = waitSeconds(options.wait);
    const outcome =
      seconds === undefined
        ? undefined
        : await waitForOutcome(cli, log, settings, {
            partition: written.partition,
            from: written.streamId,
            seconds,
            mine: (event) => event.container === container.container && event.host === container.host,
            outcomeOf: actionOutcome,
          });
    if (cli.options.json) {
      cli.json({ container: containerKey(container), event_id: written.eventId, ...command, ...(outcome ? { outcome } : {}) });
    }
  });
}

export function registerRemediate(program: Command, cli: Cli): void {
  program
    .command('remediate')
    .description('order an action on a container; the guards still decide')
    .argument('<container>', 'name or host/name')
    .argument('[command...]', 'for exec: the argument vector, after --')
    .addOption(new Option('--action <action>', 'what to do').choices(ACTIONS.filter((one) => one !== 'none')).makeOptionMandatory())
    .option('--reason <text>', 'why, for the record')
    .option('--wait [seconds]', `wait for the outcome (${WAIT_SECONDS} s)`, parseInteger(1, 86_400))
    .action((word: string, vector: string[], options: RemediateOptions) => remediate(cli, word, vector, options));
}
