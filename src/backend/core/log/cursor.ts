import { cursorBefore } from '../../../contract/log-place';
import { QueryError } from '../failure';

/** Place in the merged log: strictly before (backward) or after (forward) this entry comes the next page. */
export interface Place {
  ms: number;
  seq: number;
}

/**
 * Where a page ended.
 * Backward: one place is enough, since whatever is appended later is newer than all that was shown.
 * Forward: one place a partition, since an entry of one partition may become visible after a newer one of another.
 * Only letters, digits, `_`, `-` and `.`, so that a cursor may stand in a Live channel.
 */
export type Cursor = { direction: 'backward'; place: Place; partition: number } | { direction: 'forward'; places: Array<Place | undefined> };

const MALFORMED = 'The cursor cannot be used here: give the one from the answer to the page before, for the same query and direction, or none.';
const placeText = ({ ms, seq }: Place) => `${ms.toString(36)}-${seq.toString(36)}`;

function placeOf(text: string): Place {
  const match = /^([0-9a-z]{1,10})-([0-9a-z]{1,10})$/.exec(text);
  if (!match) {
    throw new QueryError(400, MALFORMED);
  }
  return { ms: Number.parseInt(match[1] ?? '', 36), seq: Number.parseInt(match[2] ?? '', 36) };
}

export function encodeCursor(cursor: Cursor): string {
  return cursor.direction === 'backward'
    ? cursorBefore({ ...cursor.place, partition: cursor.partition })
    : `f_${cursor.places.map((place) => (place ? placeText(place) : '')).join('_')}`;
}

/** @throws QueryError 400 when it is no cursor of this direction and number of partitions. */
export function decodeCursor(text: string, direction: Cursor['direction'], partitions: number): Cursor | undefined {
  if (text === '') {
    return undefined;
  }
  const [kind, ...parts] = text.split('_');
  if (kind === 'b' && direction === 'backward' && parts.length === 2) {
    const partition = Number.parseInt(parts[1] ?? '', 36);
    if (!(partition >= 0)) {
      throw new QueryError(400, MALFORMED);
    }
    return { direction, place: placeOf(parts[0] ?? ''), partition };
  }
  if (kind === 'f' && direction === 'forward' && parts.length === partitions) {
    return { direction, places: parts.map((part) => (part ? placeOf(part) : undefined)) };
  }
  throw new QueryError(400, MALFORMED);
}
