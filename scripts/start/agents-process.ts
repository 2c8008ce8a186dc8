import { AGENT_NAMES } from '../../agents/cli/agents';
import { readSettings, SettingsError, type Environment } from '../../agents/runtime/settings/define';
import { startSettings } from '../../agents/runtime/settings/start';
import { Supervised } from './supervised';

export interface AgentsOptions {
  cli: string;
  environment: Environment;
  print: (line: string) => void;
  /** Told when the agents refuse their settings: starting again would not help. */
  onFinal: () => void;
}

/** @throws SettingsError */
function agentNames(environment: Environment): readonly string[] {
  const { agents } = readSettings(startSettings, environment);
  const unknown = agents.filter((name) => name !== 'all' && !AGENT_NAMES.some((known) => known === name));
  if (agents.length === 0 || unknown.length > 0) {
    const problem = agents.length === 0 ? 'names no agent' : `names "${unknown.join('", "')}", which there is not`;
    throw new SettingsError([`HEMOSTAT_START_AGENTS: ${problem}. There are all, ${AGENT_NAMES.join(', ')}.`]);
  }
  return agents;
}

/** The agents of this run in one process, which is started again when it dies. @throws SettingsError */
export function startAgents(options: AgentsOptions): Supervised {
  const names = agentNames(options.environment);
  const level = options.environment.LOG_LEVEL || 'warn';
  const agents = new Supervised({
    name: 'The process of the agents',
    command: process.execPath,
    // Agents make little garbage at a time: small young spaces keep the process a fifth smaller.
    args: ['--max-semi-space-size=2', options.cli, 'agent', ...names, '--attached'],
    // What happens is told from the log; here only what is wrong.
    env: { ...options.environment, LOG_LEVEL: level },
    onLine: options.print,
    say: options.print,
    finalCodes: [2],
    onFinal: options.onFinal,
  });
  agents.start();
  return agents;
}
