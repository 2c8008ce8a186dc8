import type { Command } from 'commander';
import type { Cli } from '../context';
import { registerAgent } from './agent';
import { registerDeadLetters } from './dead-letters';
import { registerDoctor } from './doctor';
import { registerExplain } from './explain';
import { registerIncidentCommands } from './incident-commands';
import { registerIncidents } from './incidents';
import { registerPolicy } from './policy';
import { registerRemediate } from './remediate';
import { registerStatus } from './status';
import { registerSwitches } from './switches';
import { registerTail } from './tail';
import { registerWhatIf } from './what-if';

/** Every command, in the order in which the help shows them. */
export const COMMANDS: ReadonlyArray<(program: Command, cli: Cli) => void> = [
  registerStatus,
  registerIncidents,
  registerExplain,
  registerTail,
  registerIncidentCommands,
  registerRemediate,
  registerSwitches,
  registerPolicy,
  registerWhatIf,
  registerDeadLetters,
  registerDoctor,
  registerAgent,
];
