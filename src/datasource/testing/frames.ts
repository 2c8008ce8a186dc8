import { FieldType, type DataFrame, type DataQueryResponse } from '@grafana/data';

/** One line of the log: its place, and when the log took it in. */
export interface Line {
  place: string;
  ms: number;
  text?: string;
}

export const COLUMNS = ['timestamp', 'body', 'id', 'stream_id'];

/** A frame of log lines with the columns that following them needs. */
export function logFrame(lines: readonly Line[], meta: DataFrame['meta'] = {}): DataFrame {
  return {
    name: 'events',
    refId: 'A',
    meta: { channel: 'ds/uid/events', ...meta },
    length: lines.length,
    fields: [
      { name: 'timestamp', type: FieldType.time, config: { description: 'Time' }, values: lines.map(({ ms }) => ms) },
      { name: 'body', type: FieldType.string, config: {}, values: lines.map(({ place, text = `line ${place}` }) => text) },
      { name: 'id', type: FieldType.string, config: {}, values: lines.map(({ place }) => `id-${place}`) },
      { name: 'stream_id', type: FieldType.string, config: {}, values: lines.map(({ place }) => place) },
    ],
  };
}

export const packetOf = (lines: readonly Line[]) => ({ names: COLUMNS, values: logFrame(lines).fields.map(({ values }) => values as unknown[]) });
export const answerOf = (lines: readonly Line[]): DataQueryResponse => ({ data: [logFrame(lines)] });
export const placesOf = (frame: DataFrame | undefined): string[] => (frame?.fields.find(({ name }) => name === 'stream_id')?.values ?? []) as string[];
