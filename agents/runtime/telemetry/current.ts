import { OFF } from './off';
import { currentScope } from './scope';
import type { AgentTelemetry } from './types';

/** The telemetry of the agent whose handling or step runs now; it does nothing where none runs. */
export function current(): AgentTelemetry {
  return currentScope()?.telemetry ?? OFF;
}
