import type { StatusAnswer } from '../../contract/api';
import type { Failure } from '../../hooks/failure';
import { t } from '../text';

/** Agents without which nothing is healed. */
export const NEEDED_AGENTS = ['monitor', 'analyzer', 'responder'] as const;

export interface Step {
  id: string;
  /** `later`: not known before the steps in front of it are done. */
  state: 'done' | 'missing' | 'later';
  title: string;
  /** What is wrong and what it is for; empty when it is done. */
  text: string;
  /** Each one mends it. */
  commands: string[];
}

export interface Known {
  status: StatusAnswer | undefined;
  failure: Failure | undefined;
}

export const missingAgents = ({ agents }: Pick<StatusAnswer, 'agents'>): string[] => NEEDED_AGENTS.filter((name) => !agents.some(({ agent, alive }) => agent === name && alive));

/** True when there is nothing that a page could show: the data source or Redis is missing, or no agent ever ran. */
export const isFirstRun = ({ status, failure }: Known): boolean => (status ? status.agents.length === 0 && status.fleet.total === 0 : failure !== undefined && failure.kind !== 'denied');

function sourceStep({ status, failure }: Known): Step {
  const title = t('overview.first.source', 'The data source HemoStat');
  if (status || failure?.kind !== 'no-source') {
    return { id: 'source', state: 'done', title, text: '', commands: [] };
  }
  return { id: 'source', state: 'missing', title, text: `${failure.message} ${failure.mend ?? ''}`.trim(), commands: ['cp -r provisioning/datasources /etc/grafana/provisioning/'] };
}

function redisStep({ status, failure }: Known): Step {
  const title = t('overview.first.redis', 'Redis, which holds the log');
  if (status) {
    return { id: 'redis', state: 'done', title, text: '', commands: [] };
  }
  if (!failure || failure.kind === 'no-source') {
    return { id: 'redis', state: 'later', title, text: '', commands: [] };
  }
  return { id: 'redis', state: 'missing', title, text: `${failure.message} ${failure.mend ?? ''}`.trim(), commands: ['npm start', 'docker compose up -d', 'npx hemostat doctor'] };
}

const purposeOf = (agent: (typeof NEEDED_AGENTS)[number]): string =>
  ({
    monitor: t('overview.first.monitor', 'It watches Docker. Without it nothing is seen.'),
    analyzer: t('overview.first.analyzer', 'It finds the cause. Without it no alert becomes an action.'),
    responder: t('overview.first.responder', 'It decides by the guards, and acts. Without it nothing is done.'),
  })[agent];

function agentSteps({ status }: Known): Step[] {
  const missing = status && missingAgents(status);
  return NEEDED_AGENTS.map((agent) => ({
    id: agent,
    state: missing === undefined ? 'later' : missing.includes(agent) ? 'missing' : 'done',
    title: t('overview.first.agent', 'Agent {{agent}}', { agent }),
    text: missing?.includes(agent) ? purposeOf(agent) : '',
    commands: missing?.includes(agent) ? [`npx hemostat agent ${agent}`] : [],
  }));
}

function containerStep({ status }: Known): Step {
  const title = t('overview.first.containers', 'Containers to watch');
  if (!status || missingAgents(status).includes('monitor')) {
    return { id: 'containers', state: 'later', title, text: '', commands: [] };
  }
  if (status.fleet.total > 0) {
    return { id: 'containers', state: 'done', title, text: '', commands: [] };
  }
  const text = t('overview.first.no-containers', 'The monitor runs and knows no container. Start one, or look at the demo fleet.');
  return { id: 'containers', state: 'missing', title, text, commands: ['docker run --detach --name web nginx', 'HEMOSTAT_DEMO=on npm start'] };
}

/** What must be there before pages show something, in the order in which it is needed. */
export function stepsOf(known: Known): Step[] {
  const agents = agentSteps(known);
  const all = agents.every(({ state }) => state === 'missing');
  // When none runs, one command starts them all.
  const shown = all ? agents.map((step) => ({ ...step, commands: [] })) : agents;
  const first = shown[0];
  return [sourceStep(known), redisStep(known), ...(all && first ? [{ ...first, commands: ['npm start', 'docker compose up -d', 'npx hemostat agent all'] }, ...shown.slice(1)] : shown), containerStep(known)];
}
