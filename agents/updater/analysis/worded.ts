import type { EventData, InsightFinding as Finding, ModelCall } from '../../../src/contract/events';
import { alertSchema, anomalyResultSchema, forecastResultSchema, trendResultSchema } from './forms';
import { PARSE_FAILED, type ModelWording, type Wording, type WordingQuestion } from './types';

type Insight = EventData<'insight_made'>;

/** Those that the model ranked in its order, then the others in ours. A low one never goes before a high one. */
function ranked(findings: readonly Finding[], { ranking }: Wording): Finding[] {
  const chosen = ranking.flatMap(({ finding }) => findings[finding] ?? []);
  const ordered = [...chosen, ...findings.filter((finding) => !chosen.includes(finding))];
  const grave = (wanted: boolean) => ordered.filter(({ severity }) => (severity === 'high' || severity === 'critical') === wanted);
  return [...grave(true), ...grave(false)];
}

/** The words put in their places in the form of the kind; no figure changes. */
function withWords({ kind, result, findings }: Insight, wording: Wording): Record<string, unknown> {
  const { recommendations } = wording;
  if (kind === 'anomaly_detection') {
    const form = anomalyResultSchema.parse(result);
    const said = new Map(wording.ranking.flatMap(({ finding, text }) => (text && findings[finding] ? [[findings[finding].text, text] as const] : [])));
    const alerts = form.alerts.map((alert) => alertSchema.parse({ ...alert, explanation: said.get(alert.text) }));
    return { ...form, alerts, recommendations };
  }
  if (kind === 'trend_analysis') {
    const form = trendResultSchema.parse(result);
    const insights = wording.insights.length > 0 ? wording.insights : form.trend_data.insights;
    return { ...form, trend_data: { ...form.trend_data, insights, recommendations } };
  }
  const form = forecastResultSchema.parse(result);
  return { ...form, forecast: { ...form.forecast, recommendations } };
}

function questionOf({ kind, findings, summary, recommendations, result }: Insight): WordingQuestion {
  const trend = kind === 'trend_analysis' ? trendResultSchema.parse(result).trend_data.trend_direction : undefined;
  return { kind, findings, summary, recommendations, ...(trend ? { direction: trend } : {}) };
}

const failedToParse = (calls: readonly ModelCall[]) => calls.at(-1)?.error?.startsWith(PARSE_FAILED) ?? false;

/**
 * The insight in the model's words where they keep to the figures, else as it was, with the reason.
 * An answer that is not JSON leaves `{dashboard_id, error: "Parse failed"}` beside the statistics' result (R330): they were not asked
 * to be parsed, so they stand.
 */
export async function worded(insight: Insight, advisor: ModelWording): Promise<Insight> {
  const { answer, fallback, calls } = await advisor.word(questionOf(insight));
  const asked = { ...insight, model_calls: calls };
  if (answer) {
    return { ...asked, method: 'model', summary: answer.summary, recommendations: answer.recommendations, findings: ranked(insight.findings, answer), result: withWords(insight, answer) };
  }
  const parse = failedToParse(calls) ? { result: { ...insight.result, model_failure: { dashboard_id: insight.dashboard, error: PARSE_FAILED } } } : {};
  return { ...asked, ...parse, fallback: fallback ?? 'the model gave no answer' };
}
