import type { DataFrame } from '@grafana/data';
import { newerFirst, readPlace, type LogPlace } from '../../contract/log-place';
import { eventMark, severityMark } from '../../contract/story/marks';
import { rowsOf, type Row } from '../../hooks/rows';

/** One line of the timeline. */
export interface EventRow {
  /** Place in the log; unique. */
  key: string;
  place: LogPlace;
  id: string;
  /** When it happened, by the writer's clock; milliseconds. */
  happened: number;
  type: string;
  /** `[ALERT]` (R022 to R025). */
  mark: string;
  /** low to critical; empty where the event does not say. */
  severity: string;
  /** Host and container; empty where it is about none. */
  container: string;
  incident: string;
  agent: string;
  text: string;
}

/** The words of a log line behind its marks and the name that it begins with: these stand in columns of their own. */
export function wordsOfLine(body: string, mark: string): string {
  const rest = body.startsWith(`${mark} `) ? body.slice(mark.length + 1) : body;
  // Names hold no colon with a space behind it: they are made safe to print.
  const end = rest.indexOf(': ');
  return end < 0 ? rest : rest.slice(end + 2);
}

function labelsAt(frame: DataFrame, index: number): Record<string, unknown> {
  const value: unknown = frame.fields.find(({ name }) => name === 'labels')?.values[index];
  if (typeof value === 'string') {
    try {
      return (JSON.parse(value) ?? {}) as Record<string, unknown>;
    } catch {
      return {};
    }
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

function eventRow(row: Row, labels: Record<string, unknown>): EventRow | undefined {
  const place = readPlace(row.text('stream_id'));
  if (!place) {
    return undefined;
  }
  const type = word(labels.type);
  const mark = eventMark(type);
  return {
    key: row.text('stream_id'),
    place,
    id: row.text('id'),
    happened: row.number('happened') ?? place.ms,
    type,
    mark,
    severity: word(labels.severity),
    container: row.text('container_key'),
    incident: row.text('incident'),
    agent: word(labels.agent),
    text: wordsOfLine(row.text('body'), mark),
  };
}

/** The rows of an answer to the query `events` as log lines, newest first. */
export function eventRows(frame: DataFrame | undefined): EventRow[] {
  if (!frame) {
    return [];
  }
  return rowsOf(frame)
    .flatMap((row, index) => eventRow(row, labelsAt(frame, index)) ?? [])
    .sort((left, right) => newerFirst(left.place, right.place));
}

/** `[HIGH]`; empty where there is no severity to tell. */
export const severityOf = ({ severity }: Pick<EventRow, 'severity'>): string => (severity ? severityMark(severity) : '');
