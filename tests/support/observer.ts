import path from 'node:path';
import { readAgentAlerts, readObserved } from '../../agents/runtime/collect';
import type { HemostatLog } from '../../agents/runtime/log';
import { observed } from '../../agents/runtime/new-event';
import { readRange } from '../../agents/runtime/queries';
import type { Environment } from '../../agents/runtime/settings/define';
import type { AgentAlert, Command, EventOf } from '../../src/contract/events';
import type { AlertRule, Component } from '../../src/contract/observability/schemas';
import { start, type Running } from './processes';

const COMMAND = path.join(__dirname, '../../scripts/hemostat.mjs');

/** Settings of an observer that need not be waited for. */
export const QUICK_OBSERVER: Environment = {
  REDIS_HOST: '127.0.0.1',
  HEMOSTAT_OBSERVER_SECONDS: '0.2',
  HEMOSTAT_OBSERVER_ALERT_SECONDS: '0.2',
  HEMOSTAT_OBSERVER_TIMEOUT_SECONDS: '1',
};

/** One copy of an agent in a process of its own. The caller ends it. */
export function startAgent(name: string, environment: Environment): Running {
  return start(process.execPath, [COMMAND, 'agent', name], { env: { PATH: process.env.PATH ?? '', ...environment } });
}

/** What a person asks for about an alert or a rule. @returns the command's event */
export async function ask(log: HemostatLog, command: Command): Promise<EventOf<'command'>> {
  const event = observed('command', 'operator', {}, command);
  await log.append([event]);
  return event;
}

/** A rule that holds for as long as its threshold is under 1: there is always a component. */
export const testRule = (more: Partial<AlertRule> = {}): Record<string, unknown> => ({
  name: 'test_rule',
  title: 'Components are there',
  scope: 'system',
  condition: 'components_total > threshold',
  threshold: 0,
  severity: 'warning',
  type: 'reliability',
  message_template: 'There are {components_total:0} components.',
  cooldown_minutes: 0,
  ...more,
});
export const setRule = async (log: HemostatLog, more: Partial<AlertRule> = {}) => ask(log, { command: 'alert_rule', rule: testRule(more), user: 'ada' });

/** Every alert of a condition, also those that are resolved, oldest first. */
export async function alertsOf(log: HemostatLog, condition: string): Promise<AgentAlert[]> {
  const alerts = (await readAgentAlerts(log)).filter((alert) => alert.condition === condition);
  return alerts.sort((a, b) => (a.triggered_at < b.triggered_at ? -1 : 1));
}

/** Changes of the alerts of a condition, in the order of the log. */
export async function changesOf(log: HemostatLog, condition: string): Promise<Array<EventOf<'agent_alert'>>> {
  const stored = await readRange(log, { types: ['agent_alert'], limit: 100_000 });
  return stored.map(({ event }) => event as EventOf<'agent_alert'>).filter(({ data }) => data.alert.condition === condition);
}

/** @throws while the observer has not seen it */
export async function componentOf(log: HemostatLog, name: string): Promise<Component> {
  const found = (await readObserved(log))?.components.find((one) => one.name === name);
  if (!found) {
    throw new Error(`the observer has not seen ${name}`);
  }
  return found;
}
