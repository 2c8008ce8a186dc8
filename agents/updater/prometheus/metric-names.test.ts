import fc from 'fast-check';
import { metricNames, sharesMetric } from './metric-names';

describe('the metrics of an expression', () => {
  it.each([
    ['up', ['up']],
    ['sum by (code, job) (rate(http_requests_total{code=~"5..", path!="/up"}[5m])) / on(job) group_left sum(rate(http_all[1m]))', ['http_requests_total', 'http_all']],
    ['histogram_quantile(0.95, sum(rate(x_bucket[$__rate_interval])) by (le)) > bool 5e3', ['x_bucket']],
    ['{__name__="named_total", a="b"} offset 5m', ['named_total']],
    ['job:errors:ratio5m and on() vector(1) # errors of up', ['job:errors:ratio5m']],
    ['a_total{x="rate(b_total)"} or absent(c_total)', ['a_total', 'c_total']],
    ['', []],
  ])('%s', (expression, names) => {
    expect([...metricNames(expression)].sort()).toEqual([...names].sort());
  });

  it('never throws, and finds what two expressions share', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => metricNames(text) instanceof Set));
    expect(sharesMetric(metricNames('rate(a_total[1m])'), 'increase(a_total{b="c"}[2h])')).toBe(true);
    expect(sharesMetric(metricNames('rate(a_total[1m])'), 'b_total{x="a_total"}')).toBe(false);
    expect(sharesMetric(new Set(), 'a')).toBe(false);
  });
});
