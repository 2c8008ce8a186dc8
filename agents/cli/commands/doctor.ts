import type { Command } from 'commander';
import { dockerSettings } from '../../runtime/settings/docker';
import { readSettings, SettingsError } from '../../runtime/settings/define';
import type { Cli } from '../context';
import { fail, type Check } from '../doctor/check';
import { checkDocker } from '../doctor/docker';
import { checkModel } from '../doctor/model';
import { checkNotifier } from '../doctor/notifier';
import { checkPorts } from '../doctor/ports';
import { checkRedis } from '../doctor/redis';
import { paint, printable, wrap } from '../output';

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
const WHAT_WIDTH = 19;

/** A part whose settings cannot be used fails with them; the other parts are checked all the same. */
async function checked(part: () => Promise<Check[]> | Check[]): Promise<Check[]> {
  try {
    return await part();
  } catch (cause) {
    if (cause instanceof SettingsError) {
      return cause.problems.map((problem) => fail('settings', problem, 'Change the variable, or unset it for its default.'));
    }
    throw cause;
  }
}

function printCheck(cli: Cli, check: Check): void {
  const indent = ' '.repeat(6 + WHAT_WIDTH + 1);
  const [first = '', ...rest] = wrap(printable(check.found), cli.io.columns - indent.length);
  cli.io.out(`${paint(cli.io, check.level.padEnd(6), COLOURS[check.level])}${check.what.padEnd(WHAT_WIDTH)} ${first}\n`);
  rest.forEach((line) => cli.line(indent + line));
  if (check.mend) {
    wrap(printable(`-> ${check.mend}`), cli.io.columns, indent).forEach((line) => cli.line(line));
  }
}

async function doctor(cli: Cli): Promise<void> {
  const parts = await Promise.all([
    checked(() => checkRedis(cli.settings())),
    checked(() => checkDocker(readSettings(dockerSettings, cli.environment))),
    checked(() => checkModel(cli.environment)),
    checked(() => checkNotifier(cli.environment)),
    checked(() => checkPorts(cli.environment, cli.run)),
  ]);
  const checks = parts.flat();
  const failures = checks.filter((check) => check.level === 'fail').length;
  const warnings = checks.filter((check) => check.level === 'warn').length;
  cli.exitCode = failures > 0 ? 1 : 0;
  cli.print({ ok: failures === 0, checks }, () => {
    checks.forEach((check) => printCheck(cli, check));
    cli.line(`${failures} to mend, ${warnings} to look at, ${checks.length - failures - warnings} in order.`);
  });
}

export function registerDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('check Redis, Docker, ports, clocks, model and notices, and say how to mend each; exit code 1 when something fails')
    .action(() => doctor(cli));
}
