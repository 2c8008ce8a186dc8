import type { InsightFinding as Finding } from '../../../src/contract/events';
import { LEAST_KNOWN, type Study } from './study';
import { nameText } from './words';

const MAX_SENTENCES = 3;
const MAX_RECOMMENDATIONS = 5;

/** What the findings come to in a few sentences: the most severe ones in full, the rest counted. */
export function summaryOf(studies: readonly Study[], findings: readonly Finding[]): string {
  const thin = studies.filter(({ known }) => known < LEAST_KNOWN);
  const few = thin.length === 0 ? '' : ` Too few values are known of ${thin.slice(0, MAX_SENTENCES).map(({ series }) => nameText(series.name)).join(', ')}${thin.length > MAX_SENTENCES ? ` and ${thin.length - MAX_SENTENCES} more` : ''} to say anything (at least ${LEAST_KNOWN} are needed).`;
  if (findings.length === 0) {
    const judged = studies.length - thin.length;
    return `${studies.length === 0 ? 'There are no series.' : judged === 0 ? 'Nothing can be said.' : `Nothing unusual in ${judged} series.`}${few}`;
  }
  const rest = findings.length - MAX_SENTENCES;
  const told = findings.slice(0, MAX_SENTENCES).map(({ text }) => text);
  return `${told.join(' ')}${rest > 0 ? ` And ${rest} more ${rest === 1 ? 'finding' : 'findings'}.` : ''}${few}`;
}

const ADVICE: Readonly<Record<string, (name: string) => string>> = {
  outlier: (name) => `Look at what happened at that time to what ${name} measures: deployments, restarts, load.`,
  level_shift: (name) => `Find what changed when ${name} took its new level: a deployment, a setting, or the load.`,
  trend: (name) => `Find what makes ${name} change steadily, before it reaches a limit.`,
  gap: (name) => `Check that whatever exposes ${name} runs and is scraped.`,
  counter_reset: (name) => `See in the log why the process that counts ${name} was started again.`,
};

/** What to do about the findings that call for it, the most severe first; each once. */
export function recommendationsOf(findings: readonly Finding[]): string[] {
  const grave = findings.filter(({ severity }) => severity !== 'low');
  return [...new Set(grave.flatMap(({ what, series }) => ADVICE[what]?.(nameText(series)) ?? []))].slice(0, MAX_RECOMMENDATIONS);
}
