import type { Command } from 'commander';
import type { Command as OperatorCommand } from '../../../src/contract/events';
import { appendCommand } from '../append-command';
import type { Cli } from '../context';
import { waitUntilHandled } from '../outcome';
import { parseInteger } from '../parse';
import { WAIT_SECONDS, byWhom, waitSeconds, type IncidentOptions } from './incident-commands';

async function perform(cli: Cli, command: OperatorCommand, next: string, options: IncidentOptions): Promise<void> {
  await cli.withLog(async (log) => {
    const written = await appendCommand(cli, log, command);
    const seconds = waitSeconds(options.wait);
    if (!cli.options.json) {
      cli.line(next);
    }
    if (seconds !== undefined) {
      await waitUntilHandled(cli, log, { ...written, seconds });
    }
    cli.print({ event_id: written.eventId, ...command, ...(seconds === undefined ? {} : { outcome: 'well' }) }, () => seconds !== undefined && cli.line('The responder has taken it up.'));
  });
}

function withOptions(command: Command): Command {
  return command.option('--reason <text>', 'why, for the record').option('--wait [seconds]', `wait until the responder has taken it up (${WAIT_SECONDS} s)`, parseInteger(1, 86_400));
}

export function registerSwitches(program: Command, cli: Cli): void {
  withOptions(program.command('pause').description('stop every action of the healer at once; it goes on watching')).action((options: IncidentOptions) =>
    perform(cli, { command: 'pause', ...byWhom(cli, options.reason) }, 'No action is begun until `hemostat resume`. Watching, explaining and notices go on.', options)
  );
  withOptions(program.command('resume').description('end a pause')).action((options: IncidentOptions) =>
    perform(cli, { command: 'resume', ...byWhom(cli, options.reason) }, 'Actions are begun again, under the same guards as before.', options)
  );
  const maintenance = program.command('maintenance').description('no actions on a container, a compose project or everything, for a while');
  withOptions(maintenance.command('start').description('begin a maintenance window'))
    .argument('<scope>', 'container, compose project, or "all"')
    .option('--minutes <n>', 'for how long, 1 to 10080', parseInteger(1, 10_080), 60)
    .action((scope: string, options: IncidentOptions) => {
      const until = new Date(cli.io.now() + (options.minutes ?? 60) * 60_000).toISOString();
      return perform(cli, { command: 'maintenance', scope, until, ...byWhom(cli, options.reason) }, `Nothing is done to ${scope} until ${until}.`, options);
    });
  withOptions(maintenance.command('end').description('end a maintenance window early'))
    .argument('<scope>', 'as it was begun')
    .action((scope: string, options: IncidentOptions) =>
      perform(cli, { command: 'maintenance_end', scope, ...byWhom(cli, options.reason) }, `Actions on ${scope} are allowed again, under the same guards as before.`, options)
    );
}
