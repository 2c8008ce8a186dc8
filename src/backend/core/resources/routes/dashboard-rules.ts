import { z } from 'zod';
import { readRules } from '../../../../../agents/runtime/collect';
import { checkRule } from '../../../../../agents/runtime/rules';
import { byWhom } from '../../../../contract/commands';
import { alertDoneSchema, alertRulesSchema } from '../../../../contract/observability/payloads';
import { RULE_VARIABLES } from '../../../../contract/observability/rules';
import { appendCommand } from '../append';
import { ResourceError } from '../errors';
import type { Route } from '../route';
import { bodies } from '../schemas';
import { act, nextWords } from './dashboard-acts';
import { dashboardRoute } from './dashboard-route';

const ruleBody = z.record(z.string(), z.unknown()).describe('A rule as dashboard/rules lists them; what is left out has its default.');
bodies.add(ruleBody, { id: 'AlertRuleBody' });
const noBody = z.strictObject({});
bodies.add(noBody, { id: 'AlertRuleRemoveBody' });

const words = (list: readonly string[]) => list.slice(0, 20).join('; ');

export const dashboardRuleRoutes: Route[] = [
  dashboardRoute({
    method: 'GET',
    path: 'rules',
    id: 'listAlertRules',
    summary: 'The rules for alerts about HemoStat itself, and what their conditions may use.',
    answer: alertRulesSchema,
    handle: async ({ signal }, { ask, log }) => ({ rules: await ask(signal, async () => readRules(log)), scopes: Object.fromEntries(Object.entries(RULE_VARIABLES).map(([scope, variables]) => [scope, Object.keys(variables)])) }),
  }),
  act(
    dashboardRoute({
      method: 'POST',
      path: 'rules',
      role: 'Admin',
      acts: true,
      id: 'setAlertRule',
      summary: 'Adds a rule, or changes the one of this name. It is checked first.',
      body: ruleBody,
      answer: alertDoneSchema,
      handle: async ({ body, caller, signal }, parts) => {
        const read = checkRule(body);
        if (!read.ok) {
          throw new ResourceError('bad_request', `The rule cannot be used: ${words(read.problems)}.`, 'The resource dashboard/rules tells which variables each scope has.');
        }
        const eventId = await appendCommand(parts, { command: 'alert_rule', rule: { ...read.rule }, ...byWhom({ user: caller.user }) }, {}, caller, signal);
        return { status: 'rule_set' as const, rule: read.rule.name, event_id: eventId, next: await nextWords(parts, signal, 'The observer goes by it from its next evaluation on.') };
      },
    })
  ),
  act(
    dashboardRoute({
      method: 'POST',
      path: 'rules/{name}/remove',
      role: 'Admin',
      acts: true,
      id: 'removeAlertRule',
      summary: 'Takes a rule away. One that comes with HemoStat gets its default again.',
      body: noBody,
      bodyOptional: true,
      answer: alertDoneSchema,
      errors: { 404: 'There is no such rule.', 409: 'The rule is as it comes with HemoStat: there is nothing to take away.' },
      handle: async ({ params, caller, signal }, parts) => {
        const name = params.name ?? '';
        const rule = (await parts.ask(signal, async () => readRules(parts.log))).find((one) => one.name === name);
        if (!rule) {
          throw new ResourceError('not_found', `Rule ${name.slice(0, 64)} not found`, 'The resource dashboard/rules lists those that there are.');
        }
        if (rule.from === 'default') {
          throw new ResourceError('conflict', `The rule ${name} is as it comes with HemoStat.`, 'To switch it off, set it with enabled: false.');
        }
        const eventId = await appendCommand(parts, { command: 'alert_rule_remove', rule: name, ...byWhom({ user: caller.user }) }, {}, caller, signal);
        const next = rule.from === 'changed' ? 'The rule gets back the form that comes with HemoStat.' : 'The rule is gone from the next evaluation on; its alert is resolved.';
        return { status: 'rule_removed' as const, rule: name, event_id: eventId, next: await nextWords(parts, signal, next) };
      },
    })
  ),
];
