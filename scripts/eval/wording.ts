import { analyse, InsightWording } from '../../agents/updater/analysis';
import { INSIGHT_KINDS } from '../../src/contract/events';
import { prepare, type Recipe } from '../../tests/eval/generator';
import type { OpenModel } from './model';

export interface WordingVerdict {
  name: string;
  /** The model's words stand: well-formed, and no figure in them that was not measured. */
  accepted: boolean;
  fallback?: string;
}

/** Lets the model word what the statistics found in the first `count` series, each kind of analysis in turn. */
export async function judgeWording(recipes: readonly Recipe[], open: OpenModel, count: number): Promise<WordingVerdict[]> {
  const advisor = new InsightWording(open);
  const verdicts: WordingVerdict[] = [];
  const stride = Math.max(1, Math.floor(recipes.length / count));
  const chosen = recipes.filter((_, at) => at % stride === 0).slice(0, count);
  for (const [at, recipe] of chosen.entries()) {
    const { series } = prepare(recipe);
    const kind = INSIGHT_KINDS[at % INSIGHT_KINDS.length] ?? 'anomaly_detection';
    const { method, fallback } = await analyse({ dashboard: 'eval', kind, series: [series], now: series.times.at(-1) ?? 0 }, advisor);
    verdicts.push({ name: `${recipe.name}, ${kind}`, accepted: method === 'model', ...(fallback === undefined ? {} : { fallback }) });
  }
  return verdicts;
}
