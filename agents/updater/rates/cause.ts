import picomatch from 'picomatch';
import type { AnnotationPlace, Evidence, Severity } from '../../../src/contract/events';
import { ENDED_STATES, type IncidentState, type IncidentSummary } from '../../../src/contract/incident';
import { clause, plainText, sentence } from '../../../src/contract/story/plain-text';
import { durationText, percentText } from '../../../src/contract/story/time';
import { isOwnRate, type RateConfig } from '../config/schema';
import type { Episode } from './episode';
import type { Failing } from './measure';

/** Why a rate is high, as far as is known. */
export interface Explanation {
  cause: string;
  /** 0..1 */
  confidence: number;
  method: 'statistics' | 'model';
  evidence: Evidence[];
  recommendations: string[];
  /** Ids, the likeliest first. */
  incidents: string[];
}

/** An incident that may be the cause. */
export interface Suspect {
  incident: IncidentSummary;
  /** 0..1 */
  score: number;
  /** Why it is suspected. */
  why: string;
}

export interface CauseInput {
  rate: RateConfig;
  episode: Episode;
  failing: readonly Failing[];
  incidents: readonly IncidentSummary[];
}

const MINUTE_MS = 60_000;
/** How long before the crossing an incident may have begun, or ended, to be its cause. */
const BEFORE_MS = 15 * MINUTE_MS;
const ENDED_BEFORE_MS = 2 * MINUTE_MS;
const SOON_BEFORE_MS = 5 * MINUTE_MS;
const MAX_SUSPECTS = 5;
const MAX_CONFIDENCE = 0.95;
/** An incident that only happened at the same time. */
const COINCIDENCE = 0.45;

export function severityOf({ worst }: Pick<Episode, 'worst'>, threshold: number): Severity {
  if (worst >= 0.5 || worst >= threshold * 10) {
    return 'critical';
  }
  return worst >= threshold * 2 ? 'high' : 'medium';
}

const open = ({ state }: IncidentSummary) => !ENDED_STATES.includes(state);
const timeOf = (text: string | undefined) => (text ? Date.parse(text) : Number.NaN);

function near(incident: IncidentSummary, { began_at: began, seen_at: seen }: Episode): boolean {
  const opened = timeOf(incident.fields.opened_at);
  const ended = open(incident) ? Infinity : timeOf(incident.fields.ended_at);
  return incident.state !== 'false_alarm' && opened <= seen && ended >= began - ENDED_BEFORE_MS && (opened >= began - BEFORE_MS || open(incident));
}

/** Names that stand for the container in labels: its own, and its Compose service as project-service-1 holds it. */
function namesOf({ fields }: IncidentSummary): string[] {
  const { container = '', project = '' } = fields;
  const service = project && container.startsWith(`${project}-`) ? container.slice(project.length + 1).replace(/-\d+$/, '') : '';
  return [container, service].filter((name) => name.length > 2);
}

/** The label by which a failing series is of this container. */
function labelOf(incident: IncidentSummary, failing: readonly Failing[]): string | undefined {
  const names = namesOf(incident);
  for (const { labels } of failing) {
    for (const [label, value] of Object.entries(labels)) {
      const bare = value.replace(/:\d+$/, '');
      if (label !== '__name__' && names.includes(bare)) {
        return `${label}="${plainText(value, 80)}"`;
      }
    }
  }
  return undefined;
}

function belonging(incident: IncidentSummary, { rate, failing }: CauseInput): { score: number; why: string } {
  const label = labelOf(incident, failing);
  if (label) {
    return { score: 0.5, why: `the failing requests carry ${label}` };
  }
  if (isOwnRate(rate)) {
    return { score: 0.5, why: 'this rate counts it' };
  }
  const { container = '' } = incident.fields;
  return rate.containers.length > 0 && picomatch.isMatch(container, [...rate.containers], { dot: true }) ? { score: 0.4, why: 'the configuration names this container for this rate' } : { score: 0, why: 'it happened at that time' };
}

function suspectOf(incident: IncidentSummary, input: CauseInput): Suspect {
  const { episode } = input;
  const { score, why } = belonging(incident, input);
  const opened = timeOf(incident.fields.opened_at);
  const soon = opened >= episode.began_at - SOON_BEFORE_MS && opened <= episode.began_at + MINUTE_MS;
  const grave = ['critical', 'high'].includes(incident.fields.severity ?? '');
  const total = score + (soon ? 0.25 : 0.1) + (open(incident) ? 0.1 : 0) + (grave ? 0.1 : 0);
  return { incident, why, score: Math.min(score === 0 ? COINCIDENCE : MAX_CONFIDENCE, total) };
}

/** Incidents that the episode may come from, the likeliest first. */
export function suspects(input: CauseInput): Suspect[] {
  const found = input.incidents.filter((incident) => near(incident, input.episode)).map((incident) => suspectOf(incident, input));
  // Where something belongs to the rate, what merely coincides is noise.
  const known = found.filter(({ score }) => score > COINCIDENCE);
  return (known.length > 0 ? known : found)
    .sort((a, b) => b.score - a.score || timeOf(a.incident.fields.opened_at) - timeOf(b.incident.fields.opened_at))
    .slice(0, MAX_SUSPECTS);
}

const NEXT: Partial<Record<IncidentState, (name: string) => string>> = {
  awaiting_approval: (name) => `Approve or reject the action on ${name}: it waits for you.`,
  failed: (name) => `Look at ${name}: what HemoStat did has not helped.`,
  suppressed: (name) => `Look at ${name}: HemoStat may not act on it; the incident says which guard refuses.`,
  resolved: (name) => `${name} is well again: see whether the rate falls.`,
  recovered_alone: (name) => `${name} is well again: see whether the rate falls.`,
};

const nextStep = ({ incident }: Suspect) => {
  const name = plainText(incident.fields.container ?? incident.id, 80);
  return (NEXT[incident.state] ?? ((one: string) => `HemoStat is at work on ${one}: follow the incident.`))(name);
};

function when(opened: number, began: number): string {
  const ms = Math.abs(began - opened);
  if (ms < 5000) {
    return 'as the rate passed its limit';
  }
  return `${durationText(ms)} ${opened < began ? 'before' : 'after'} the rate passed its limit`;
}

function words(top: Suspect, others: number, { episode }: CauseInput): string {
  const { fields } = top.incident;
  const opened = timeOf(fields.opened_at);
  const sure = top.score > COINCIDENCE ? '' : 'Perhaps: ';
  const ill = clause(fields.illness_detail || (fields.illness ?? 'it fell ill').replaceAll('_', ' '), 160);
  const cause = fields.cause ? ` ${sentence(plainText(fields.cause, 240))}` : '';
  const more = others > 0 ? ` ${others === 1 ? 'One more container is' : `${others} more containers are`} ill as well.` : '';
  return `${sure}container ${plainText(fields.container ?? '', 80)} fell ill ${when(opened, episode.began_at)} (${ill}).${cause}${more}`;
}

function failingEvidence(failing: readonly Failing[]): Evidence[] {
  return failing.slice(0, 3).map(({ labels, share }) => ({
    what: 'share of the failures',
    value: `${percentText(share * 100)}: ${plainText(Object.entries(labels).filter(([label]) => label !== '__name__').map(([label, value]) => `${label}="${value}"`).join(', ') || 'no labels', 160)}`,
    source: 'Prometheus',
  }));
}

function measured({ rate, episode }: CauseInput): Evidence {
  const of = episode.requests === undefined ? '' : ` of ${Math.round(episode.requests)} ${isOwnRate(rate) && rate.figure === 'ill_time' ? 'containers' : 'requests'}`;
  return { what: 'error rate', value: `${percentText(episode.value * 100)}${of}, at worst ${percentText(episode.worst * 100)}; the limit is ${percentText(rate.threshold * 100)}`, source: isOwnRate(rate) ? 'HemoStat' : 'Prometheus' };
}

/** Why, without any model: from the incidents of HemoStat and the series that fail. */
export function explain(input: CauseInput): Explanation {
  const found = suspects(input);
  const evidence = [measured(input), ...failingEvidence(input.failing)];
  const [top, ...others] = found;
  if (!top) {
    const worst = input.failing[0];
    const label = worst && failingEvidence([worst])[0]?.value;
    return {
      cause: label ? `No incident of HemoStat stands near in time. Most failures: ${label}.` : 'No incident of HemoStat stands near in time, and the failures carry no labels that would tell where they come from.',
      confidence: label ? 0.3 : 0.1,
      method: 'statistics',
      evidence,
      recommendations: ['Look at what the failing requests have in common; a sum by label in errors tells it here the next time.'],
      incidents: [],
    };
  }
  const sure = top.score > COINCIDENCE;
  return {
    cause: words(top, sure ? others.length : 0, input),
    confidence: Math.round(top.score * 100) / 100,
    method: 'statistics',
    evidence: [...evidence, ...found.map(({ incident, why }) => ({ what: `incident of ${plainText(incident.fields.container ?? '', 80)}`, value: `${incident.state.replaceAll('_', ' ')} since ${incident.fields.updated_at ?? incident.fields.opened_at ?? ''}; ${why}`, source: incident.id }))],
    recommendations: found.slice(0, 3).map(nextStep),
    incidents: found.map(({ incident }) => incident.id),
  };
}

/** The same place, whatever is known of its annotation. */
export const samePlace = (a: AnnotationPlace, b: AnnotationPlace) => a.dashboard_uid === b.dashboard_uid && a.panel_id === b.panel_id;
