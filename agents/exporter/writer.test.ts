import { MetricsWriter, type Metric, type Page } from './writer';
import type { Family } from './sheet';

const metric = (family: Family, more: Partial<Metric> = {}): Metric => ({ name: 'shop_visits_total', type: 'counter', help: 'Visits.', family, ...more });
const textOf = (page: Page) => page.body.toString();
const write = (metrics: readonly Metric[], openMetrics = false) => textOf(new MetricsWriter().write(metrics, openMetrics, ''));

describe('writing metrics as text', () => {
  it('writes help and type once, then each series', () => {
    const text = write([
      metric((emit) => {
        emit('door="a"', 1);
        emit('door="b"', 2.5, 'day="mon"');
        emit('', 3, 'day="tue"');
        emit('', 4);
      }),
    ]);
    expect(text).toBe(
      ['# HELP shop_visits_total Visits.', '# TYPE shop_visits_total counter', 'shop_visits_total{door="a"} 1', 'shop_visits_total{door="b",day="mon"} 2.5', 'shop_visits_total{day="tue"} 3', 'shop_visits_total 4', ''].join('\n')
    );
  });

  it('leaves out a metric without a series', () => {
    expect(write([metric(() => undefined)])).toBe('');
  });

  it('names the family of a counter without its ending in OpenMetrics, and the series with it', () => {
    expect(write([metric((emit) => emit('', 1))], true)).toBe('# HELP shop_visits Visits.\n# TYPE shop_visits counter\nshop_visits_total 1\n');
  });

  it('writes an exemplar in OpenMetrics only', () => {
    const bucket = metric((emit) => emit('', 3, 'le="5"', '_bucket', { traceId: 'ab12', value: 4.5, timestamp: 1700000000.25 }), { name: 'shop_wait_seconds', type: 'histogram' });
    expect(write([bucket], true)).toContain('\nshop_wait_seconds_bucket{le="5"} 3 # {trace_id="ab12"} 4.5 1700000000.25\n');
    expect(write([bucket], false)).toContain('\nshop_wait_seconds_bucket{le="5"} 3\n');
  });

  it('escapes help, and writes numbers as Prometheus reads them', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, 1e-7, -0.5];
    const text = write([metric((emit) => values.forEach((value) => emit('', value)), { help: 'a\\b\nc' })]);
    expect(text.split('\n')).toEqual(['# HELP shop_visits_total a\\\\b\\nc', '# TYPE shop_visits_total counter', ...['NaN', '+Inf', '-Inf', '1e+21', '1e-7', '-0.5'].map((number) => `shop_visits_total ${number}`), '']);
  });

  it.each([1, 23, 24, 25, 300])('writes other letters than ASCII in a label of %d characters', (length) => {
    const labels = `d="${'é🐋\ufffd'.repeat(length)}"`;
    expect(write([metric((emit) => emit(labels, 1))])).toContain(`\nshop_visits_total{${labels}} 1\n`);
  });

  it('grows as far as is needed, and loses nothing', () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => index);
    const lines = write([metric((emit) => rows.forEach((row) => emit(`row="${row}"`, row)))]).trimEnd().split('\n').slice(2);
    expect(lines).toEqual(rows.map((row) => `shop_visits_total{row="${row}"} ${row}`));
  });

  it('writes the end behind everything', () => {
    expect(textOf(new MetricsWriter().write([metric((emit) => emit('', 1))], true, '# EOF\n')).endsWith('shop_visits_total 1\n# EOF\n')).toBe(true);
  });

  it('leaves an answer alone that is still on its way, and uses its bytes again afterwards', () => {
    const writer = new MetricsWriter();
    const numbered = (value: number) => writer.write([metric((emit) => emit('', value))], false, '');
    const first = numbered(1);
    const second = numbered(2);
    expect([textOf(first), textOf(second)].map((text) => text.at(-2))).toEqual(['1', '2']);
    first.release();
    const third = numbered(3);
    expect(third.body.buffer).toBe(first.body.buffer);
    numbered(4);
    expect([textOf(second), textOf(third)].map((text) => text.at(-2))).toEqual(['2', '3']);
  });
});
