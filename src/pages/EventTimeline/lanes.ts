import type { EventRow } from './event-rows';

/** Lines that can stand side by side at the left. */
export const LANES = 4;

/** What is drawn at the left of one row in one lane. */
export interface LanePart {
  incident: string;
  lane: number;
  /** The event of this row is one of the incident; else the line only passes. */
  own: boolean;
  /** The line goes on to the row above, and to the one below. */
  up: boolean;
  down: boolean;
}

/** The lane and colour of an incident: always the same, so that nothing moves when rows come and go. */
export function laneOf(incident: string): number {
  let sum = 0;
  for (let index = 0; index < incident.length; index += 1) {
    sum = (sum * 31 + incident.charCodeAt(index)) >>> 0;
  }
  return sum % LANES;
}

/** First and last row of each incident among those given. */
export function spansOf(rows: ReadonlyArray<EventRow | undefined>, from: number): Map<string, { first: number; last: number }> {
  const spans = new Map<string, { first: number; last: number }>();
  rows.forEach((row, offset) => {
    if (row?.incident) {
      const known = spans.get(row.incident);
      spans.set(row.incident, { first: known?.first ?? from + offset, last: from + offset });
    }
  });
  return spans;
}

/** The lines beside one row. Where two incidents meet in one lane, that of the row's own event is drawn. */
export function lanePartsOf(index: number, own: string, spans: ReadonlyMap<string, { first: number; last: number }>): LanePart[] {
  const parts = new Map<number, LanePart>();
  for (const [incident, { first, last }] of spans) {
    const lane = laneOf(incident);
    if (index >= first && index <= last && (incident === own || !parts.has(lane))) {
      parts.set(lane, { incident, lane, own: incident === own, up: index > first, down: index < last });
    }
  }
  return [...parts.values()];
}
