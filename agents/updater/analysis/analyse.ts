import { setImmediate } from 'node:timers/promises';
import { INSIGHT_KINDS, type EventData } from '../../../src/contract/events';
import { isKnownKind } from '../config/schema';
import { findingsOf } from './findings';
import { levelOf, resultOf } from './forms';
import { study, type Study } from './study';
import { recommendationsOf, summaryOf } from './summary';
import type { AnalysisInput, ModelWording } from './types';
import { worded } from './worded';
import { nameText } from './words';

/**
 * Analyses the series of one dashboard: the statistics find and say what is to be said, a model may word and rank it.
 * @returns data of the event `insight_made`
 * @throws Error for an unknown kind (R329), or when the agent is closing while the model is asked; never for what the series hold
 */
export async function analyse(input: AnalysisInput, advisor?: ModelWording): Promise<EventData<'insight_made'>> {
  const began = performance.now();
  const { dashboard, kind, now } = input;
  if (!isKnownKind(kind)) {
    throw new Error(`"${nameText(kind)}" is no type of analysis. There are ${INSIGHT_KINDS.join(', ')}.`);
  }
  const studies: Study[] = [];
  for (const one of input.series) {
    studies.push(await study(one, now, kind !== 'anomaly_detection'));
    // A cycle of many series must not keep the agent from its other work.
    await setImmediate();
  }
  const findings = findingsOf(studies, now);
  const recommendations = recommendationsOf(findings);
  const insight: EventData<'insight_made'> = {
    dashboard,
    kind,
    severity: levelOf(findings),
    summary: summaryOf(studies, findings),
    recommendations,
    findings,
    method: 'statistics',
    result: resultOf(kind, { dashboard, studies, findings, recommendations, now }),
    model_calls: [],
    duration_seconds: 0,
  };
  const told = advisor ? await worded(insight, advisor) : insight;
  return { ...told, duration_seconds: Math.round(performance.now() - began) / 1000 };
}
