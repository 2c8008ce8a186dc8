import type { Command } from 'commander';
import { containerKey } from '../../../src/contract/events';
import type { EffectivePolicy } from '../../../src/contract/policy';
import { appendCommand } from '../append-command';
import type { Cli } from '../context';
import { waitUntilHandled } from '../outcome';
import { table } from '../output';
import { parseInteger } from '../parse';
import { policyFromFile, policyInForce } from '../policy-in-force';
import { WAIT_SECONDS, byWhom, waitSeconds } from './incident-commands';
import { containerNamed } from './remediate';

interface PolicyRow {
  name: string;
  value: string;
  origin: string;
}

/** Every value of a policy with where it comes from, `breaker.failures` for nested ones. */
export function policyRows(policy: EffectivePolicy): PolicyRow[] {
  const { enabled: _enabled, enabled_reason: _reason, own_containers: _own, maintenance: _maintenance, origins, warnings: _warnings, ...values } = policy;
  const rows = Object.entries(values).flatMap(([name, value]): Array<[string, unknown]> =>
    typeof value === 'object' && !Array.isArray(value) ? Object.entries(value).map(([inner, one]): [string, unknown] => [`${name}.${inner}`, one]) : [[name, value]]
  );
  return rows.map(([name, value]) => ({ name, value: typeof value === 'string' ? value || '(none)' : JSON.stringify(value), origin: origins[name] ?? 'default' }));
}

async function show(cli: Cli, options: { container?: string }): Promise<void> {
  const { store, subject, labelled } = await cli.withLog(async (log) => {
    const container = options.container === undefined ? undefined : await containerNamed(log, options.container);
    return {
      store: await policyInForce(cli, log),
      subject: { container: container?.container ?? '', project: container?.project ?? '', labels: container?.labels ?? {} },
      labelled: container ? containerKey(container) : undefined,
    };
  });
  const policy = store.effective(subject);
  cli.print({ version: store.version, document_from: store.source.from, container: labelled ?? null, ...policy }, () => {
    cli.line(`policy ${store.version}${labelled ? `, for ${labelled}` : ', before projects and labels'}`, 'bold');
    const lines = table<PolicyRow>(
      [
        { title: 'NAME', value: (row) => row.name },
        { title: 'VALUE', value: (row) => row.value, flexible: true, min: 20 },
        { title: 'FROM', value: (row) => row.origin },
      ],
      policyRows(policy),
      cli.io.columns
    );
    lines.forEach((line) => cli.line(line));
    if (labelled) {
      cli.line(`${policy.enabled ? 'may be healed' : 'left alone'}: ${policy.enabled_reason}`);
    }
    policy.warnings.forEach((warning) => cli.warn(warning));
  });
}

async function set(cli: Cli, options: { file: string; reason: string; wait?: boolean | number }): Promise<void> {
  const { given } = policyFromFile(options.file);
  await cli.withLog(async (log) => {
    const written = await appendCommand(cli, log, { command: 'policy', policy: given, ...byWhom(cli, options.reason) });
    const seconds = waitSeconds(options.wait);
    if (!cli.options.json) {
      cli.line('The responder checks the policy and puts it in force; it wins over HEMOSTAT_POLICY_FILE. `hemostat policy show` tells.');
    }
    if (seconds !== undefined) {
      await waitUntilHandled(cli, log, { ...written, seconds });
    }
    if (cli.options.json) {
      cli.json({ event_id: written.eventId, policy: given, ...(seconds === undefined ? {} : { outcome: 'well' }) });
    }
  });
}

export function registerPolicy(program: Command, cli: Cli): void {
  const command = program.command('policy').description('what the healer may do');
  command
    .command('show')
    .description('the values in force, each with where it comes from (environment: of this terminal)')
    .option('--container <name>', 'as they hold for this container, with its project and labels')
    .action((options: { container?: string }) => show(cli, options));
  command
    .command('set')
    .description('put a policy document in force')
    .requiredOption('--file <file>', 'YAML or JSON')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--wait [seconds]', `wait until the responder has taken it up (${WAIT_SECONDS} s)`, parseInteger(1, 86_400))
    .action((options: { file: string; reason: string; wait?: boolean | number }) => set(cli, options));
}
