import type { DataFrame } from '@grafana/data';

/** One row of a frame, by name of its columns. Frames are what a server said: nothing in them is taken for granted. */
export interface Row {
  /** Empty when there is none. */
  text: (column: string) => string;
  /** Undefined when there is none, or it is no number. */
  number: (column: string) => number | undefined;
  flag: (column: string) => boolean;
}

/** The rows of a frame; none when there is no frame. */
export function rowsOf(frame: DataFrame | undefined): Row[] {
  const columns = new Map(frame?.fields.map(({ name, values }) => [name, values as unknown[]]));
  return Array.from({ length: frame?.length ?? 0 }, (_, index) => ({
    text: (column) => {
      const value = columns.get(column)?.[index];
      return typeof value === 'string' ? value : '';
    },
    number: (column) => {
      const value = columns.get(column)?.[index];
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    },
    flag: (column) => columns.get(column)?.[index] === true,
  }));
}

/** The first frame that answers a query. */
export const frameOf = (frames: readonly DataFrame[], refId: string): DataFrame | undefined => frames.find((frame) => frame.refId === refId);
