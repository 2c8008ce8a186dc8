import type { AlertRulesAnswer } from '../../contract/observability/payloads';
import { durationText, percentText } from '../../contract/story/time';
import { t } from '../../components/text';

/** Limits of the rules that are switched on (R098 to R102); undefined where no rule sets one. */
export interface Limits {
  /** Percent, as the next two. */
  cpu: number | undefined;
  memory: number | undefined;
  disk: number | undefined;
  /** Milliseconds. */
  response: number | undefined;
  /** Share of calls, 0 to 1. */
  failures: number | undefined;
}

/** The rules that come with HemoStat, by what they limit. */
const RULES: Readonly<Record<keyof Limits, string>> = { cpu: 'high_cpu_usage', memory: 'high_memory_usage', disk: 'high_disk_usage', response: 'slow_response_times', failures: 'high_breaker_failure_rate' };

/** What is in force now, which a person may have changed. */
export function limitsOf(answer: Pick<AlertRulesAnswer, 'rules'> | undefined): Limits {
  const of = (name: string) => answer?.rules.find((rule) => rule.name === name && rule.enabled)?.threshold;
  return { cpu: of(RULES.cpu), memory: of(RULES.memory), disk: of(RULES.disk), response: of(RULES.response), failures: of(RULES.failures) };
}

/** `CPU 80 %`, a line each. */
export function limitWords({ cpu, memory, disk, response, failures }: Limits): string[] {
  const lines: Array<[string, string | undefined]> = [
    [t('system.cpu', 'CPU'), cpu === undefined ? undefined : percentText(cpu)],
    [t('system.memory', 'Memory'), memory === undefined ? undefined : percentText(memory)],
    [t('system.disk', 'Disk'), disk === undefined ? undefined : percentText(disk)],
    [t('system.chart-response', 'Mean response time'), response === undefined ? undefined : durationText(response)],
    [t('system.limit-failures', 'Failures of a breaker'), failures === undefined ? undefined : percentText(failures * 100)],
  ];
  return lines.flatMap(([name, limit]) => (limit === undefined ? [] : [`${name} ${limit}`]));
}
