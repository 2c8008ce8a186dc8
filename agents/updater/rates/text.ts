import { plainText, sentence } from '../../../src/contract/story/plain-text';
import { clockOrDate, durationText, percentText } from '../../../src/contract/story/time';
import type { Explanation } from './cause';
import type { Episode } from './episode';

const MAX_TEXT = 3000;
/** An episode that has only begun has no duration worth telling. Milliseconds. */
const SHORT_MS = 5000;

export interface Told {
  /** Name of the rate. */
  name: string;
  /** The limit, 0..1. */
  threshold: number;
  episode: Episode;
  explanation: Explanation;
  endedAt?: number;
}

/** What a rate is called in sentences. */
export const rateName = (rate: { id: string; name?: string | undefined }) => plainText(rate.name ?? rate.id, 80);

function headline({ name, threshold, episode, endedAt }: Told): string {
  const { value, worst, began_at: began, seen_at: seen } = episode;
  const limit = percentText(threshold * 100);
  if (endedAt !== undefined) {
    return `The error rate of ${name} was above ${limit} for ${durationText(Math.max(0, endedAt - began))}, at worst ${percentText(worst * 100)}.`;
  }
  if (value <= threshold) {
    return `The error rate of ${name} is ${percentText(value * 100)} again; it passed ${limit} ${durationText(seen - began)} ago, at worst ${percentText(worst * 100)}.`;
  }
  const lasting = seen - began < SHORT_MS ? '' : `, for ${durationText(seen - began)} now; at worst ${percentText(worst * 100)}`;
  return `The error rate of ${name} is ${percentText(value * 100)}, above ${limit}${lasting}.`;
}

/** The explanation in lines: what, why, how sure, since when, what to do (R340, R315). Plain text. */
export function episodeLines(told: Told): string[] {
  const { episode, explanation, endedAt } = told;
  const first = new Date(episode.began_at).toISOString();
  const last = new Date(endedAt ?? episode.last_at).toISOString();
  const evidence = explanation.evidence.map(({ what, value }) => `${plainText(what, 80)}: ${plainText(value, 240)}`);
  return [
    headline(told),
    `Cause: ${sentence(explanation.cause)}`,
    `Confidence: ${percentText(explanation.confidence * 100)} (${explanation.method === 'model' ? 'worded by a language model over what the statistics found' : 'by statistics and the incidents of HemoStat'}).`,
    ...(evidence.length > 0 ? [`Evidence: ${evidence.join('; ')}.`] : []),
    `First ${clockOrDate(first, last)} UTC, last ${clockOrDate(last, first)} UTC.`,
    ...(explanation.recommendations.length > 0 ? [`To do: ${explanation.recommendations.map((one) => sentence(plainText(one, 240))).join(' ')}`] : []),
  ];
}

export function episodeText(told: Told): string {
  return episodeLines(told).join('\n').slice(0, MAX_TEXT);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/**
 * The text as Grafana shows it: HTML, of which nothing comes from outside.
 * @param links to incidents, the likeliest first; none where no public address is set
 */
export function annotationHtml(text: string, links: ReadonlyArray<{ href: string; name: string }>): string {
  const lines = text.split('\n').map(escapeHtml);
  const anchors = links.map(({ href, name }) => `<a href="${escapeHtml(href)}">${escapeHtml(name)}</a>`);
  return [...lines, ...anchors].join('<br>\n');
}
