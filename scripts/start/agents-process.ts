import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { startSettings } from '../../agents/runtime/settings/start';
import { Supervised } from './supervised';

export interface AgentsOptions {
  cli: string;
  environment: Environment;
  print: (line: string) => void;
  /** Told when the agents refuse their settings: starting again would not help. */
  onFinal: () => void;
}

/** The agents of this run in one process, which is started again when it dies. @throws SettingsError */
export function startAgents(options: AgentsOptions): Supervised {
  const { agents: names } = readSettings(startSettings, options.environment);
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
