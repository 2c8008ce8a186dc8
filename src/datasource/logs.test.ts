import { FieldType, LogRowContextQueryDirection, SupplementaryQueryType, type DataFrame, type LogRowModel } from '@grafana/data';
import { contextQuery, supportedSupplements, volumeQuery, volumeResponse, withoutRow } from './logs';
import { logFrame, placesOf } from './testing/frames';
import type { HemostatDataQuery } from './types';

const row = (labels: Record<string, string>): LogRowModel =>
  ({ uid: 'u', labels, timeEpochMs: 1_000_000_000, rowIndex: 1, dataFrame: logFrame([{ place: '0/1-0', ms: 1 }, { place: '0/2-0', ms: 2 }]) }) as unknown as LogRowModel;
const { LogsVolume, LogsSample } = SupplementaryQueryType;
const query = (change: Partial<HemostatDataQuery> = {}): HemostatDataQuery => ({ refId: 'A', ...change });

describe('the context of a log line', () => {
  it('is what happened to the same container before and after, with room for the line itself', () => {
    const before = contextQuery(row({ container: 'web', host: 'h', type: 'x' }), { limit: 20, direction: LogRowContextQueryDirection.Backward, timeWindowMs: 1000 });
    expect(before.query).toMatchObject({ queryType: 'events', format: 'logs', direction: 'backward', limit: 21, filters: { containers: ['web'], hosts: ['h'] } });
    expect([before.range.from.valueOf(), before.range.to.valueOf()]).toEqual([999_999_000, 1_000_000_000]);
    const after = contextQuery(row({ container: 'web' }), { direction: LogRowContextQueryDirection.Forward, timeWindowMs: 1000 });
    expect(after.query).toMatchObject({ direction: 'forward', filters: { containers: ['web'] } });
    expect([after.range.from.valueOf(), after.range.to.valueOf()]).toEqual([1_000_000_000, 1_000_001_000]);
  });

  it('is everything around a line that is about no container', () => {
    expect(contextQuery(row({ host: 'h', type: 'agent_started' })).query.filters).toEqual({});
  });

  it('does not hold the line again', () => {
    const answer = withoutRow({ data: [logFrame([{ place: '0/3-0', ms: 3 }, { place: '0/2-0', ms: 2 }])] }, row({}));
    expect(placesOf(answer.data[0] as DataFrame)).toEqual(['0/3-0']);
    expect((answer.data[0] as DataFrame).length).toBe(1);
  });
});

describe('the histogram of the logs', () => {
  it('counts by type over the whole range', () => {
    const filters = { types: ['health_alert'] };
    expect(volumeQuery(LogsVolume, query({ filters, live: true, cursor: 'x' }))).toMatchObject({ refId: 'log-volume-A', queryType: 'frequency', filters, live: false, cursor: undefined });
    expect(supportedSupplements([query({ filters })])).toEqual([LogsVolume]);
  });

  it.each<[string, Partial<HemostatDataQuery>]>([
    ['narrowed by more than the type', { filters: { containers: ['web'] } }],
    ['narrowed by labels', { adhoc: [{ key: 'level', operator: '=', value: 'error' }] }],
    ['shown as a table', { format: 'table' }],
    ['of another type', { queryType: 'incidents' }],
  ])('is left to Grafana for a query that is %s', (_, change) => {
    expect(volumeQuery(LogsVolume, query(change))).toBeUndefined();
    expect(supportedSupplements([query(), query(change)])).toEqual([]);
  });

  it('is not a sample of logs', () => {
    expect(volumeQuery(LogsSample, query())).toBeUndefined();
  });

  it('has one count a frame, which is what Grafana draws', () => {
    const counted: DataFrame = {
      refId: 'log-volume-A',
      length: 2,
      fields: [
        { name: 'time', type: FieldType.time, config: {}, values: [1, 2] },
        { name: 'a', type: FieldType.number, config: {}, values: [1, 2] },
        { name: 'b', type: FieldType.number, config: {}, values: [10, null] },
      ],
    };
    const other = { ...counted, refId: 'B' };
    const [volume, untouched] = volumeResponse({ data: [counted, other] }).data as DataFrame[];
    expect(volume?.fields.map(({ name, values }) => [name, values])).toEqual([
      ['time', [1, 2]],
      ['Value', [11, 2]],
    ]);
    expect(untouched).toBe(other);
  });
});
