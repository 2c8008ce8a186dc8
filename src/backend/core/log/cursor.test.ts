import fc from 'fast-check';
import { QueryError } from '../failure';
import { decodeCursor, encodeCursor, type Cursor } from './cursor';
import { decodeScored, encodeScored } from './scored';

const place = fc.record({ ms: fc.integer({ min: 0, max: 8_640_000_000_000 }), seq: fc.integer({ min: 0, max: 1e9 }) });
const backward = fc.record({ direction: fc.constant('backward' as const), place, partition: fc.integer({ min: 0, max: 255 }) });
const forward = fc.record({ direction: fc.constant('forward' as const), places: fc.array(fc.option(place, { nil: undefined }), { minLength: 1, maxLength: 256 }) });

describe('cursors', () => {
  it('come back as they were, and fit into a query', () => {
    fc.assert(
      fc.property(fc.oneof(backward, forward), (cursor: Cursor) => {
        const text = encodeCursor(cursor);
        expect(text).toMatch(/^[a-z0-9_-]+$/);
        expect(text.length).toBeLessThanOrEqual(8192);
        expect(decodeCursor(text, cursor.direction, cursor.direction === 'forward' ? cursor.places.length : 1)).toEqual(cursor);
      })
    );
  });

  it('are refused when they are none', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        for (const read of [() => decodeCursor(text, 'backward', 1), () => decodeCursor(text, 'forward', 2), () => decodeScored(text)]) {
          try {
            read();
          } catch (cause) {
            expect(cause).toBeInstanceOf(QueryError);
          }
        }
      })
    );
    expect(() => decodeCursor('f_1-1', 'forward', 2)).toThrow(QueryError);
    expect(() => decodeCursor('f_1-1', 'backward', 1)).toThrow(QueryError);
  });

  it('of sorted sets come back as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_640_000_000_000 }), fc.string(), (ms, member) => {
        expect(decodeScored(encodeScored({ ms, member }))).toEqual({ ms, member });
      })
    );
  });
});
