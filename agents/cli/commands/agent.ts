import type { Command } from 'commander';
import { runAgents } from '../../runtime/run';
import { AGENT_NAMES, HEALERS, loadAgents, type AgentName } from '../agents';
import type { Cli } from '../context';
import { UsageError } from '../output';

/** @throws UsageError for a name that is no agent. */
export function agentsNamed(names: readonly string[]): AgentName[] {
  const wanted = new Set(names.flatMap((name): readonly string[] => (name === 'all' ? HEALERS : [name])));
  const unknown = [...wanted].filter((name) => !AGENT_NAMES.some((agent) => agent === name));
  if (unknown.length > 0) {
    throw new UsageError(`There is no agent "${unknown.join('", "')}".`, `There are ${AGENT_NAMES.join(', ')}; all means ${HEALERS.join(', ')}.`);
  }
  return AGENT_NAMES.filter((agent) => wanted.has(agent));
}

/** Resolves when whoever started us closes our standard input, or dies. */
function inputClosed(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('close', () => resolve()).once('end', () => resolve()).resume();
  });
}

function asked(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function run(cli: Cli, names: readonly string[], options: { attached?: boolean }): Promise<void> {
  const definitions = await loadAgents(agentsNamed(names));
  const running = await runAgents(definitions, cli.environment, { out: (line) => cli.io.err(line) });
  await Promise.race([asked(cli.io.signal), ...(options.attached ? [inputClosed()] : [])]);
  await running.close();
  process.stdin.pause();
}

export function registerAgent(program: Command, cli: Cli): void {
  program
    .command('agent')
    .description(`run agents in this process until Ctrl-C: ${AGENT_NAMES.join(', ')}; all means those before api`)
    .argument('<name...>')
    .option('--attached', 'end when standard input is closed, as it is when the starting program dies')
    .action((names: string[], options: { attached?: boolean }) => run(cli, names, options));
}
