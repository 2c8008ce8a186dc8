import { alertRuleSchema, type AlertRule } from '../../../src/contract/observability/schemas';
import { mergeRules } from '../../../src/contract/observability/rules';
import type { HemostatLog } from '../../runtime/log';
import type { Logger } from '../../runtime/logger';
import { parseJson } from '../../runtime/queries';
import { checkRule, compile, type Compiled } from '../../runtime/rules';
import type { TroubleBoard } from '../../runtime/trouble';

/** A rule in force. One that cannot be evaluated has an error in place of a condition; the others go on. */
export interface BookedRule {
  rule: AlertRule;
  compiled: Compiled;
}

interface RuleBookOptions {
  log: HemostatLog;
  /** With the limits of the environment. */
  defaults: readonly AlertRule[];
  trouble: TroubleBoard;
  logger: Logger;
}

const PART = 'rules';
const MEND = 'Set the rule again (POST /api/dashboard/rules), or remove it to get its default.';

/** The rules about HemoStat itself: the defaults and what people made of them at run time (R441, R456). Each is compiled when it changes. */
export class RuleBook {
  private readonly known = new Map<string, { json: string; booked: BookedRule }>();

  constructor(private readonly options: RuleBookOptions) {}

  /** Rules in force, with those that are switched off. */
  async read(): Promise<BookedRule[]> {
    const { log, defaults } = this.options;
    const fields = Object.entries(await log.redis.hgetall(this.key));
    const read = fields.map(([name, json]) => ({ name, parsed: alertRuleSchema.safeParse(parseJson(json)) }));
    const merged = mergeRules(defaults, read.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : [])));
    const booked = merged.map(({ from: _from, ...rule }) => this.booked(rule));
    this.tell([
      ...read.flatMap(({ name, parsed }) => (parsed.success ? [] : [`${name} cannot be read.`])),
      ...booked.flatMap(({ rule, compiled }) => (compiled.ok ? [] : [`${rule.name}: ${compiled.error}`])),
    ]);
    return booked;
  }

  /** @returns why not, in words; undefined when it is set */
  async set(given: unknown): Promise<string | undefined> {
    const checked = checkRule(given);
    if (!checked.ok) {
      return checked.problems.join(' ');
    }
    await this.options.log.redis.hset(this.key, checked.rule.name, JSON.stringify(checked.rule));
    return undefined;
  }

  /** One that comes with HemoStat gets its default again. */
  async remove(name: string): Promise<boolean> {
    return (await this.options.log.redis.hdel(this.key, name)) === 1;
  }

  private booked(rule: AlertRule): BookedRule {
    const json = JSON.stringify(rule);
    const known = this.known.get(rule.name);
    if (known?.json === json) {
      return known.booked;
    }
    const booked = { rule, compiled: compile(rule, (words) => this.options.logger.warn({ rule: rule.name }, words)) };
    this.known.set(rule.name, { json, booked });
    return booked;
  }

  private tell(problems: readonly string[]): void {
    if (problems.length > 0) {
      this.options.trouble.report(PART, `${problems.length} alert ${problems.length === 1 ? 'rule' : 'rules'} cannot be evaluated: ${problems.join(' ')}`.slice(0, 500), MEND);
    } else {
      this.options.trouble.clear(PART);
    }
  }

  private get key(): string {
    return this.options.log.partition(0).agentAlertRules;
  }
}
