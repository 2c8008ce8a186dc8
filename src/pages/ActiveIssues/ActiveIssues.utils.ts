import type { IncidentAnswer } from '../../contract/api';
import type { IncidentState } from '../../contract/incident-states';

export const GROUPINGS = ['none', 'severity', 'container', 'project'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const SEVERITY_ORDER: readonly string[] = ['critical', 'high', 'medium', 'low', 'unknown'];
/** States in which nothing goes on by itself come first: there a person is needed. */
const STATE_ORDER: readonly IncidentState[] = ['awaiting_approval', 'failed', 'suppressed', 'open', 'analyzing', 'remediating', 'verifying'];
const NEEDS_PERSON: readonly IncidentState[] = ['awaiting_approval', 'failed', 'suppressed'];

export interface IssueFilter {
  severities: readonly string[];
  states: readonly string[];
  projects: readonly string[];
  /** Part of the container's name, its illness or the cause; case ignored. */
  text: string;
}

/** Severity of an incident; one that nobody knows is `unknown`. */
export const severityOf = ({ fields }: IncidentAnswer): string => (SEVERITY_ORDER.includes(fields.severity ?? '') ? (fields.severity ?? '') : 'unknown');
export const projectOf = ({ fields }: IncidentAnswer): string => fields.project ?? '';
export const openedAt = ({ fields }: IncidentAnswer): number => Date.parse(fields.opened_at ?? '') || 0;

const rank = <T>(order: readonly T[], value: T): number => {
  const at = order.indexOf(value);
  return at < 0 ? order.length : at;
};

/** What somebody has taken over comes last, then what goes on by itself; worse before better, older before newer. */
function urgencyOf(one: IncidentAnswer): number[] {
  return [one.fields.acknowledged_by ? 1 : 0, NEEDS_PERSON.includes(one.state) ? 0 : 1, rank(SEVERITY_ORDER, severityOf(one)), rank(STATE_ORDER, one.state), openedAt(one)];
}

/** Most urgent first; the same incidents always stand in the same order. */
export function byUrgency(incidents: readonly IncidentAnswer[]): IncidentAnswer[] {
  return incidents
    .map((one) => ({ one, key: urgencyOf(one) }))
    .sort((a, b) => {
      const at = a.key.findIndex((value, index) => value !== b.key[index]);
      return at < 0 ? a.one.id.localeCompare(b.one.id) : (a.key[at] ?? 0) - (b.key[at] ?? 0);
    })
    .map(({ one }) => one);
}

const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
const fits = (wanted: readonly string[], value: string): boolean => wanted.length === 0 || wanted.includes(value);

export function filterIssues(incidents: readonly IncidentAnswer[], { severities, states, projects, text }: IssueFilter): IncidentAnswer[] {
  return incidents.filter((one) => {
    const { key = '', illness = '', illness_detail: detail = '', cause = '' } = one.fields;
    return fits(severities, severityOf(one)) && fits(states, one.state) && fits(projects, projectOf(one)) && contains([key, illness, detail, cause].join(' '), text);
  });
}

export interface IssueGroup {
  /** Empty for those without a project, and when nothing is grouped. */
  name: string;
  incidents: IncidentAnswer[];
}

const NAME_OF: Record<Grouping, (one: IncidentAnswer) => string> = {
  none: () => '',
  severity: severityOf,
  container: ({ fields }) => fields.key ?? '',
  project: projectOf,
};

/** Groups in the order of their most urgent incident. */
export function groupIssues(sorted: readonly IncidentAnswer[], grouping: Grouping): IssueGroup[] {
  const groups = new Map<string, IncidentAnswer[]>();
  for (const one of sorted) {
    const name = NAME_OF[grouping](one);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups].map(([name, incidents]) => ({ name, incidents }));
}

/** The values that occur, most frequent first, with how often. */
export function countBy(incidents: readonly IncidentAnswer[], valueOf: (one: IncidentAnswer) => string, order?: readonly string[]): Array<{ value: string; count: number }> {
  const counts = new Map<string, number>();
  incidents.forEach((one) => counts.set(valueOf(one), (counts.get(valueOf(one)) ?? 0) + 1));
  const list = [...counts].map(([value, count]) => ({ value, count }));
  return list.sort((a, b) => (order ? rank(order, a.value) - rank(order, b.value) : b.count - a.count || a.value.localeCompare(b.value)));
}

export const stateOrder: readonly string[] = STATE_ORDER;
