import { agentsAndCost } from './agents';
import { containers } from './containers';
import { insights } from './insights';
import { itself } from './itself';
import { observability } from './observability';
import { overview } from './overview';
import type { dashboard } from './parts/frame';
import { remediation } from './remediation';
import { system } from './system';

export interface BuiltDashboard {
  /** Of the file, without its ending. */
  name: string;
  model: ReturnType<ReturnType<typeof dashboard>['build']>;
}

/** Every dashboard that ships, as Grafana reads it. */
export function dashboards(): BuiltDashboard[] {
  return Object.entries({ overview, containers, remediation, agents: agentsAndCost, insights, itself, system, observability }).map(([name, make]) => ({ name, model: make().build() }));
}
