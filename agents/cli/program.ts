import { Command, CommanderError } from 'commander';
import { errorText } from '../runtime/errors';
import { SettingsError, type Environment } from '../runtime/settings/define';
import { VERSION } from '../runtime/version';
import { COMMANDS } from './commands';
import { Cli, type GlobalOptions } from './context';
import { CliError, UsageError, jsonText, paint, printable, type CliIo } from './output';

function build(cli: Cli): Command {
  const program = new Command('hemostat')
    .description('Watches and heals Docker containers. Every command reads or writes the one log in Redis.')
    .version(VERSION)
    .option('--json', 'print JSON', false)
    .option('--verbose', 'say which Redis is used', false)
    .option('--user <name>', 'who asks, in the record of what was done', cli.io.user)
    .configureHelp({
      minWidthToWrap: 20,
      // Every command has options; saying so on each line only makes it long.
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`))].join(' '),
    })
    .showHelpAfterError('(hemostat --help tells more)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.io.out(text),
      writeErr: (text) => cli.io.err(text),
      getOutHelpWidth: () => cli.io.columns,
      getErrHelpWidth: () => cli.io.columns,
    });
  COMMANDS.forEach((register) => register(program, cli));
  for (const command of everyCommand(program).slice(1)) {
    command.option('--json', 'print JSON').option('--verbose', 'say which Redis is used').option('--user <name>', 'who asks, in the record of what was done');
    command.exitOverride().configureOutput(program.configureOutput()).configureHelp(program.configureHelp());
  }
  program.hook('preAction', (_program, action) => {
    const given = action.optsWithGlobals<Partial<GlobalOptions>>();
    cli.options = { json: given.json === true, verbose: given.verbose === true, ...(given.user ? { user: given.user } : {}) };
  });
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function report(cli: Cli, message: string, mend: string): void {
  if (cli.options.json) {
    cli.io.out(`${jsonText({ error: message, ...(mend ? { mend } : {}) })}\n`);
    return;
  }
  cli.io.err(`${paint(cli.io, 'error', 'red')} ${printable(message)}\n${mend ? `      ${printable(mend)}\n` : ''}`);
}

function exitCodeOf(cli: Cli, cause: unknown): number {
  if (cause instanceof CommanderError) {
    // Commander has printed it. Help and version are no errors.
    return cause.exitCode === 0 || cause.code === 'commander.help' ? 0 : 2;
  }
  if (cause instanceof SettingsError) {
    report(cli, cause.message, 'Change the variable, or unset it for its default.');
    return 2;
  }
  report(cli, errorText(cause), cause instanceof CliError ? cause.mend : '');
  return cause instanceof UsageError ? 2 : 1;
}

/**
 * Runs one command line.
 * @param argv the words after the program's name
 * @returns the exit code: 0 ok, 1 a problem, 2 wrong usage or settings. Never throws.
 */
export async function runCli(argv: readonly string[], environment: Environment, io: CliIo): Promise<number> {
  const cli = new Cli(environment, io);
  try {
    await build(cli).parseAsync([...argv], { from: 'user' });
    return cli.exitCode;
  } catch (cause) {
    return exitCodeOf(cli, cause);
  }
}
