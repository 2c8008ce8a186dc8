import type { Decoded } from '../../src/contract/codec';
import { isEventType } from '../../src/contract/codec';
import { containerKey, type HemostatEvent } from '../../src/contract/events';
import { ENDED_STATES, INCIDENT_STATES, SETTLED_STATES, nextState, patchOf, type IncidentState } from '../../src/contract/incident';
import { OTHER } from '../../src/contract/metrics';
import { count, countsOf, type Count } from './counts';
import { DraftMap } from './draft-map';
import { containerLabels, definitionOf, splitKey } from './names';
import { copyOf, emptySeries, observe, readSeries, seriesText, takeOver, type Exemplar, type Series } from './series';

/** Fields that remember instead of count begin so; no metric does. */
const INCIDENT = '@incident ';
const CREATED = '@created ';
const SEEN = '@seen ';

/** Series of one metric that is not about containers: whoever names models or channels cannot fill Prometheus. */
const MAX_SERIES = 500;
/** Incidents and created containers that are remembered at once. */
const MAX_REMEMBERED = 20_000;
const DAY_MS = 86_400_000;
/** An incident that did not end for so long is not in the log any more. */
const INCIDENT_KEPT_MS = 60 * DAY_MS;

export interface BookOptions {
  /** Containers of this partition that get series of their own; the others are counted together. */
  maxContainers: number;
}

/** An entry of the log as it was read. */
export interface ReadEntry {
  /** Milliseconds of the server when it was appended. */
  at: number;
  /** As the entry says; any text. */
  type: string;
  event: Decoded<HemostatEvent>;
}

const isAboutContainers = (name: string) => definitionOf(name).labels.includes('container_name');

/**
 * What was counted in one partition of the log. The same entries in the same order always give the same figures, so a copy that
 * goes on from the last commit of another one counts exactly as that one would have.
 */
export class Book {
  private readonly series = new DraftMap<Series>(takeOver);
  private readonly notes = new DraftMap<string>();
  private readonly seriesOf = new Map<string, number>();
  private containers = 0;
  private remembered = 0;

  /** @param stored the fields that a commit wrote, as Redis holds them. */
  constructor(
    private readonly options: BookOptions,
    stored: Readonly<Record<string, string>> = {}
  ) {
    for (const [field, text] of Object.entries(stored)) {
      if (field.startsWith('@')) {
        this.note(field, text);
        continue;
      }
      const series = readSeries(field, text);
      if (series) {
        this.put(field, series);
      }
    }
    this.commit();
  }

  /** What was committed. */
  committed(): ReadonlyMap<string, Series> {
    return this.series.entries();
  }

  /** Another number, of all books, whenever a series has come or gone. While it stays, the same objects change in place. */
  get version(): number {
    return this.series.version;
  }

  /** Fields to write with the next commit; undefined stands for deleted. */
  changes(): Array<[field: string, text: string | undefined]> {
    const series = [...this.series.changes()].map(([field, one]): [string, string | undefined] => [field, one && seriesText(one)]);
    return [...series, ...this.notes.changes()];
  }

  commit(): void {
    this.series.commit();
    this.notes.commit();
  }

  /** Counts one entry, as a draft. */
  add(entry: ReadEntry): void {
    this.apply(count('hemostat_log_entries_total', { type: isEventType(entry.type) ? entry.type : OTHER }));
    if (!entry.event.ok) {
      this.apply(count('hemostat_log_unreadable_total', {}));
      return;
    }
    const event = entry.event.value;
    const known = event.container === '' || this.knows(event, entry.at);
    // Beyond the bound all containers share one series.
    const shown = known ? event : { ...event, host: '', container: OTHER };
    const exemplar = exemplarOf(event, entry.at);
    for (const one of [...countsOf(shown), ...this.restart(event, shown), ...this.incident(event)]) {
      this.apply(one, exemplar);
    }
  }

  /**
   * Forgets containers that nothing was heard of for a day and that are no longer there, so that the bound is for those that are;
   * and incidents without an end that the log has long trimmed.
   * @param present keys of the containers that the monitor knows
   */
  forget(present: ReadonlySet<string>, now: number): void {
    const gone = new Set<string>();
    for (const [field, text] of this.notes.entries()) {
      if (field.startsWith(INCIDENT) && now - Date.parse(text.split(' ')[1] ?? '') > INCIDENT_KEPT_MS) {
        this.note(field, undefined);
      }
      const key = field.startsWith(SEEN) ? field.slice(SEEN.length) : undefined;
      if (key !== undefined && now - Number(text) > DAY_MS && !present.has(key)) {
        this.note(field, undefined);
        gone.add(key);
      }
    }
    this.dropContainers(gone);
  }

  private dropContainers(gone: ReadonlySet<string>): void {
    for (const key of gone.size > 0 ? this.series.entries().keys() : []) {
      const { labels } = splitKey(key);
      if (labels.container_name !== undefined && gone.has(containerKey({ host: labels.host ?? '', container: labels.container_name }))) {
        this.series.delete(key);
      }
    }
  }

  private apply(one: Count, exemplar?: Exemplar): void {
    const key = this.series.has(one.key) || !this.isFull(one.name) ? one.key : [one.name, ...definitionOf(one.name).labels.map(() => OTHER)].join('\t');
    let series = this.series.drafted(key);
    if (!series) {
      const known = this.series.get(key);
      series = known ? copyOf(known) : emptySeries(key);
      this.put(key, series);
    }
    observe(series, one.value, exemplar && { ...exemplar, value: one.value });
  }

  private isFull(name: string): boolean {
    return !isAboutContainers(name) && (this.seriesOf.get(name) ?? 0) >= MAX_SERIES;
  }

  private put(key: string, series: Series): void {
    if (!this.series.has(key)) {
      this.seriesOf.set(series.name, (this.seriesOf.get(series.name) ?? 0) + 1);
    }
    this.series.set(key, series);
  }

  private note(field: string, text: string | undefined): void {
    const change = Number(text !== undefined) - Number(this.notes.has(field));
    if (field.startsWith(SEEN)) {
      this.containers += change;
    } else {
      this.remembered += change;
    }
    if (text === undefined) {
      this.notes.delete(field);
    } else {
      this.notes.set(field, text);
    }
  }

  /** True for containers that have series of their own. The time is written once an hour: it decides about days. */
  private knows(event: HemostatEvent, at: number): boolean {
    const field = SEEN + containerKey(event);
    const before = this.notes.get(field);
    if (before === undefined && this.containers >= this.options.maxContainers) {
      return false;
    }
    if (before === undefined || at - Number(before) > DAY_MS / 24) {
      this.note(field, String(at));
    }
    return true;
  }

  /** A start is a restart, unless it is the first one of a container that was created before our eyes. */
  private restart(event: HemostatEvent, shown: HemostatEvent): readonly Count[] {
    if (event.type !== 'container_event') {
      return [];
    }
    const field = CREATED + event.data.container_id;
    if (event.data.action === 'create' && this.remembered < MAX_REMEMBERED) {
      this.note(field, '1');
    }
    const isFirst = this.notes.has(field);
    if (isFirst && (event.data.action === 'start' || event.data.action === 'destroy')) {
      this.note(field, undefined);
    }
    return event.data.action === 'start' && !isFirst ? [count('hemostat_container_restarts_total', containerLabels(shown))] : [];
  }

  /** Follows each incident by the contract's own table, and counts where it goes. */
  private incident(event: HemostatEvent): readonly Count[] {
    const { effect } = patchOf(event);
    if (event.incident_id === '' || effect === 'none') {
      return [];
    }
    const field = INCIDENT + event.incident_id;
    const note = this.notes.get(field);
    const { state: before, opened } = readNote(note, event.time);
    // What comes after the end of an incident is no new one; an alert begins it again.
    const isKnown = note !== undefined || ((effect === 'alert' || event.id === event.incident_id) && this.remembered < MAX_REMEMBERED);
    const state = isKnown ? nextState(before, effect) : undefined;
    if (state === undefined || state === before) {
      return [];
    }
    this.note(field, ENDED_STATES.includes(state) ? undefined : `${state} ${opened}`);
    return [...(before === undefined ? [count('hemostat_incidents_opened_total', {})] : []), ...reached(state, opened, event.time)];
  }
}

/** What is remembered of an incident: its state and when it began. */
function readNote(note: string | undefined, now: string): { state: IncidentState | undefined; opened: string } {
  const [state, opened = now] = note?.split(' ') ?? [];
  return { state: INCIDENT_STATES.find((one) => one === state), opened };
}

function reached(state: IncidentState, opened: string, time: string): Count[] {
  if (SETTLED_STATES.includes(state)) {
    return [count('hemostat_incidents_settled_total', { state })];
  }
  const seconds = Math.max(0, (Date.parse(time) - Date.parse(opened)) / 1000);
  return ENDED_STATES.includes(state) ? [count('hemostat_incidents_ended_total', { state }), count('hemostat_incident_duration_seconds', { state }, seconds)] : [];
}

function exemplarOf(event: HemostatEvent, at: number): Exemplar | undefined {
  const traceId = event.trace_id || event.incident_id;
  return /^[0-9a-f]{1,64}$/.test(traceId) ? { traceId, value: 0, timestamp: at / 1000 } : undefined;
}
