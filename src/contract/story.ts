import type { HemostatEvent } from './events';
import type { IncidentSummary } from './incident';
import type { StoryOptions } from './story/event-text';
import { headlineText } from './story/headline';
import { storyLines, type StoryLine } from './story/lines';
import { summaryText } from './story/summary';

export { confidenceText, eventText, planText, type StoryOptions } from './story/event-text';
export { eventLine, subjectText } from './story/event-line';
export { alertText, anomalyText, effectText, figuresText, worstOf } from './story/figures';
export { headlineText, stateText } from './story/headline';
export type { StoryLine } from './story/lines';
export { eventMark, severityMark } from './story/marks';
export { plainText } from './story/plain-text';
export { refusalsOf, refusalText } from './story/refusal';
export { absoluteTime, clockText, DEFAULT_TIME_ZONE, durationText, percentText, relativeTime } from './story/time';

/** An incident in words. */
export interface Story {
  /** Who, what became of it, how bad, who judged. */
  headline: string;
  /** Two to four sentences: what, why, what was done or why not, whether it helped. */
  summary: string;
  lines: StoryLine[];
}

/**
 * Tells an incident from its events alone. Pure and total: the same log always gives the same story, and no sequence of events makes it throw.
 * @param events of the incident, in log order
 */
export function tellStory(
  incident: IncidentSummary,
  events: readonly HemostatEvent[],
  options: StoryOptions = {}
): Story {
  return {
    headline: headlineText(incident, events),
    summary: summaryText(incident, events, options),
    lines: storyLines(events, options),
  };
}
