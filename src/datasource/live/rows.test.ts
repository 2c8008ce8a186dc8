import { COLUMNS, logFrame, packetOf, placesOf } from '../testing/frames';
import { LiveRows } from './rows';

const line = (sequence: number, ms = 1000) => ({ place: `0/${ms}-${sequence}`, ms });

describe('live rows', () => {
  it('holds each row once, newest first, in whatever order and overlap it comes', () => {
    const rows = new LiveRows(100);
    rows.takeFrame(logFrame([line(2), line(1)]));
    expect(rows.takePacket(packetOf([line(2), line(3)]))).toBe(true);
    expect(rows.takePacket(packetOf([line(3)]))).toBe(false);
    rows.takeFrame(logFrame([line(11), line(4), line(3)]));
    expect(placesOf(rows.toFrame())).toEqual(['0/1000-11', '0/1000-4', '0/1000-3', '0/1000-2', '0/1000-1']);
  });

  it('keeps the newest rows only, and says that there are more', () => {
    const rows = new LiveRows(2);
    rows.takeFrame(logFrame([line(1)]));
    rows.takePacket(packetOf([line(2), line(3)]));
    const frame = rows.toFrame();
    expect(placesOf(frame)).toEqual(['0/1000-3', '0/1000-2']);
    expect(frame).toMatchObject({ length: 2, meta: { custom: { more: true } } });
  });

  it('puts updates that come before the first answer with it', () => {
    const rows = new LiveRows(10);
    expect(rows.takePacket(packetOf([line(5)]))).toBe(false);
    expect(rows.toFrame()).toBeUndefined();
    rows.takeFrame(logFrame([line(1)]));
    expect(placesOf(rows.toFrame())).toEqual(['0/1000-5', '0/1000-1']);
  });

  it('goes by the names of the columns, and by the last schema where an update has none', () => {
    const rows = new LiveRows(10);
    rows.takeFrame(logFrame([line(1)]));
    rows.takePacket({ names: ['stream_id', 'extra', 'timestamp'], values: [['0/1000-2'], ['x'], [1000]] });
    rows.takePacket({ names: COLUMNS, values: COLUMNS.map(() => []) });
    rows.takePacket({ values: packetOf([line(3)]).values });
    const frame = rows.toFrame();
    expect(placesOf(frame)).toEqual(['0/1000-3', '0/1000-2', '0/1000-1']);
    expect(frame?.fields[1]?.values).toEqual(['line 0/1000-3', null, 'line 0/1000-1']);
  });

  it('lets go of rows that left the time range', () => {
    const rows = new LiveRows(10);
    rows.takeFrame(logFrame([line(0, 3000), line(0, 2000), line(0, 1000)]));
    rows.forgetBefore(2000);
    expect(placesOf(rows.toFrame())).toEqual(['0/3000-0', '0/2000-0']);
    expect(rows.newest).toBe(3000);
  });

  it('hands out frames that nobody follows again, and that later rows do not change', () => {
    const rows = new LiveRows(10);
    rows.takeFrame(logFrame([line(1)], { notices: [{ severity: 'info', text: 'x' }] }));
    const before = rows.toFrame();
    rows.takePacket(packetOf([line(2)]));
    expect(before?.meta).not.toHaveProperty('channel');
    expect(before?.meta?.notices).toHaveLength(1);
    expect(before?.fields[0]?.values).toHaveLength(1);
  });
});
