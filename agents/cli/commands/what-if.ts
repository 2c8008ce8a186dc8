import type { Command } from 'commander';
import { containerKey } from '../../../src/contract/events';
import { pastDecisions, whatIf, type WhatIfLine, type WhatIfOutcome, type WhatIfReport } from '../../../src/contract/what-if';
import { readContainers, readRange } from '../../runtime/queries';
import type { Cli } from '../context';
import { table, wrap } from '../output';
import { parseDuration } from '../parse';
import { policyFromFile, policyInForce } from '../policy-in-force';

/** Events that are replayed at most; the newest ones. */
const MAX_EVENTS = 200_000;

interface WhatIfOptions {
  policy: string;
  since: number;
}

function outcomeText(outcome: WhatIfOutcome): string {
  return outcome.kind === 'blocked' ? `${outcome.action} blocked (${outcome.guard ?? 'guard'})` : outcome.kind === 'nothing' ? 'nothing' : `${outcome.kind}: ${outcome.action}`;
}

function countsText(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([guard, count]) => `${guard} ${count}`);
  return parts.join(', ') || 'none';
}

function printReport(cli: Cli, report: WhatIfReport, days: string): void {
  const { counts, actions, refusals } = report;
  cli.line(`${report.decisions} decisions of the last ${days} replayed`, 'bold');
  cli.line(`actions (done or asked for): ${actions.before} under the policy in force, ${actions.after} under the new one`);
  cli.line(`appear ${counts.appears}, vanish ${counts.vanishes}, blocked by a guard ${counts.blocked}, done otherwise ${counts.changed}, same ${counts.same}`);
  wrap(`refusals before: ${countsText(refusals.before)}; after: ${countsText(refusals.after)}`, cli.io.columns).forEach((line) => cli.line(line));
  const changed = report.lines.filter((line) => line.change !== 'same');
  if (changed.length === 0) {
    return;
  }
  cli.line();
  const lines = table<WhatIfLine>(
    [
      { title: 'TIME', value: (line) => line.time.slice(5, 19).replace('T', ' ') },
      { title: 'CONTAINER', value: (line) => line.container, flexible: true, min: 12 },
      { title: 'CHANGE', value: (line) => line.change },
      { title: 'NOW', value: (line) => outcomeText(line.before), flexible: true, min: 14 },
      { title: 'THEN', value: (line) => outcomeText(line.after), flexible: true, min: 14 },
    ],
    changed,
    cli.io.columns
  );
  lines.forEach((line) => cli.line(line));
}

async function compare(cli: Cli, options: WhatIfOptions): Promise<void> {
  const { document } = policyFromFile(options.policy);
  const report = await cli.withLog(async (log) => {
    const store = await policyInForce(cli, log);
    const events = await readRange(log, {
      fromMs: cli.io.now() - options.since,
      types: ['health_alert', 'remediation_needed', 'remediation_complete', 'remediation_verified'],
      limit: MAX_EVENTS,
    });
    const containers = await readContainers(log);
    const byKey = new Map(containers.map((one) => [containerKey(one), one]));
    const after = { ...store.source, document, from: 'file' as const };
    return whatIf(pastDecisions(events.map(({ event }) => event), byKey), store.source, after, containers.length || undefined);
  });
  cli.print(report, () => printReport(cli, report, `${Math.round(options.since / 3_600_000)} h`));
}

export function registerWhatIf(program: Command, cli: Cli): void {
  program
    .command('what-if')
    .description('which actions of the past would appear, vanish or be blocked under another policy')
    .requiredOption('--policy <file>', 'the other policy, YAML or JSON')
    .option('--since <span>', 'how far back: 6h, 7d', parseDuration, parseDuration('7d'))
    .action((options: WhatIfOptions) => compare(cli, options));
}
