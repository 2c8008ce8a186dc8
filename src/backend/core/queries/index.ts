import type { QueryType } from '../../../contract/query';
import { agentAlerts } from './agent-alerts';
import { agentLogs, errorGroups } from './agent-logs';
import { agentSeries } from './agent-series';
import { agentSummary } from './agent-summary';
import { agentTraces } from './agent-traces';
import { annotations } from './annotations';
import { containerMetrics } from './container-metrics';
import { containers } from './containers';
import type { RunQuery } from './context';
import { dependents } from './dependents';
import { events } from './events';
import { frequency } from './frequency';
import { incidents } from './incidents';
import { insights } from './insights';
import { remediations } from './remediations';
import { shadow } from './shadow';
import { statistics } from './statistics';
import { breakers, components, healthHistory, systemStatus } from './system-status';
import { trace } from './trace';
import { whatIf } from './what-if';

/** Every type of query by its name. */
export const QUERIES: Readonly<Record<QueryType, RunQuery>> = {
  events,
  frequency,
  incidents,
  remediations,
  containers,
  statistics,
  trace,
  dependents,
  container_metrics: containerMetrics,
  shadow,
  what_if: whatIf,
  insights,
  annotations,
  system_status: systemStatus,
  components,
  breakers,
  health_history: healthHistory,
  agent_series: agentSeries,
  agent_summary: agentSummary,
  agent_alerts: agentAlerts,
  error_groups: errorGroups,
  agent_logs: agentLogs,
  agent_traces: agentTraces,
};
