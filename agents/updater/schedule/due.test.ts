import { dashboardSchema } from '../config/schema';
import { dueDashboards, significantChange } from './due';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const entry = (more: Record<string, unknown> = {}) => dashboardSchema.parse({ id: 'a', type: 'forecast', metrics: ['x'], ...more });
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const due = (more: Record<string, unknown>, last?: string, wanted = false, minimumGapMs = 300_000) =>
  dueDashboards({ dashboards: [entry(more)], last: new Map(last ? [['a', last]] : []), wanted: new Map(wanted ? [['a', { reason: 'asked', at: NOW }]] : []), now: NOW, minimumGapMs }).map(({ reason }) => reason);

describe('which dashboards are due', () => {
  it.each([
    ['never updated (R305)', {}, undefined, false, ['never updated']],
    ['null in the file (R299)', { last_update: null }, undefined, false, ['never updated']],
    ['its time is over (R306)', {}, ago(60), false, ['last update 60 minutes ago']],
    ['its time is not over (R307)', {}, ago(59), false, []],
    ['its own interval (R295)', { refresh_minutes: 15 }, ago(16), false, ['last update 16 minutes ago']],
    ['the file knows the last update', { last_update: ago(10) }, undefined, false, []],
    ['Redis knows better than the file', { last_update: ago(100) }, ago(10), false, []],
    ['a time to come holds nothing back', {}, ago(-600), false, ['never updated']],
    ['asked for after the gap (R303, R304)', {}, ago(6), true, ['asked']],
    ['asked for within the gap', {}, ago(4), true, []],
    ['its interval is shorter than the gap', { refresh_minutes: 2 }, ago(2), false, ['last update 2 minutes ago']],
  ])('%s', (_what, more, last, wanted, expected) => expect(due(more, last, wanted)).toEqual(expected));

  it('sees a significant change against the last update (R303)', () => {
    expect(significantChange({ a: 10 }, { a: 16 }, 0.5)).toBe('a');
    expect(significantChange({ a: 10 }, { a: 15 }, 0.5)).toBeUndefined();
    expect(significantChange({ a: 0 }, { a: 1 }, 0.5)).toBe('a');
    expect(significantChange({ a: 0 }, { a: 0, b: 9 }, 0.5)).toBeUndefined();
    expect(significantChange({ a: 1 }, { a: 99 }, 0)).toBeUndefined();
  });
});
