import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from './read-config';
import { panelOfUrl, placeOf, spanOf } from './schema';

const problems = (text: string) => {
  const read = readConfig(text);
  return read.ok ? [] : read.problems.map(({ line, message }) => `${line}: ${message}`);
};
const entry = (more: string) => `{\n "dashboards": [\n  { "id": "a", "type": "forecast", "metrics": ["up"],\n    ${more} }\n ]\n}`;

describe('dashboard_config.json', () => {
  it('takes the shipped examples (R289 to R302)', () => {
    const read = readConfig(readFileSync(path.join(__dirname, '../../../provisioning/examples/dashboard_config.json'), 'utf8'));
    expect(read).toMatchObject({ ok: true, warnings: [], config: { model: 'llama3' } });
    const dashboards = read.ok ? read.config.dashboards : [];
    expect(dashboards.map(({ id, type, refresh_minutes, time_range }) => [id, type, refresh_minutes, time_range])).toEqual([
      ['sales_anomalies', 'anomaly_detection', 15, undefined],
      ['inventory_trends', 'trend_analysis', 60, '7d'],
      ['demand_forecast', 'forecast', 240, '30d'],
    ]);
    expect(dashboards[0]?.metrics).toEqual(['revenue', 'orders', 'conversion_rate']);
    expect(dashboards[0] && placeOf(dashboards[0])).toEqual({ dashboard_uid: 'sales', panel_id: 4 });
  });

  it.each([
    ['a missing comma', '{\n "dashboards": [] \n "model": "x"\n}', /^3: /],
    ['an unknown key', entry('"refresh": 5'), /^4: dashboards\[0\]\.refresh is not known here/],
    ['a key for Grafana (R298)', entry('"api_key": "eyJhbGciOi"'), /^4: dashboards\[0\]\.api_key must not stand in this file.*HEMOSTAT_GRAFANA_TOKEN/],
    ['an odd span (R294)', entry('"time_range": "7 days"'), /^4: dashboards\[0\]\.time_range must be a span such as/],
    ['an odd interval (R295)', entry('"refresh_minutes": -1'), /^4: dashboards\[0\]\.refresh_minutes is wrong/],
    ['a URL of nothing (R297)', entry('"panel_url": "https://grafana.example/explore"'), /^4: dashboards\[0\]\.panel_url names no dashboard/],
    ['a push to nowhere', entry('"push": true'), /^4: dashboards\[0\]\.push is true, but no panel is named/],
    ['no metric', '{"dashboards":[{"id":"a","type":"forecast","metrics":[]}]}', /^1: dashboards\[0\]\.metrics is wrong: must name at least one metric/],
    ['twins', '{"dashboards":[{"id":"a","type":"forecast","metrics":["x"]},\n{"id":"a","type":"forecast","metrics":["x"]}]}', /^2: dashboards\[1\]\.id "a" is used twice/],
    ['half a rate', '{"error_rates":[\n{"id":"a","errors":"x"}]}', /^2: error_rates\[0\]\.id needs either ratio, or errors and total/],
    ['an end above the limit', '{"error_rates":[\n{"id":"a","ratio":"x",\n"ends_below":0.5}]}', /^3: error_rates\[0\]\.ends_below must not be above threshold/],
  ])('names the line of %s', (_what, text, expected) => {
    const found = problems(text);
    expect(found[0]).toMatch(expected);
    expect(found.join()).not.toContain('eyJhbGciOi');
  });

  it('lets the others work beside a type that is none (R329)', () => {
    expect(readConfig('{"dashboards":[\n{"id":"a","type":"magic","metrics":["x"]}]}')).toMatchObject({ ok: true, warnings: [{ line: 2, message: expect.stringContaining('"magic" is no type') as string }] });
  });

  it('watches HemoStat itself where no rates are named (R338), with 5 % (R339)', () => {
    const read = readConfig('{}');
    expect(read.ok && read.config.errorRates.map(({ threshold }) => threshold)).toEqual([0.05, 0.05, 0.05]);
    expect(readConfig('{"error_rates":[]}')).toMatchObject({ config: { errorRates: [] } });
  });

  it.each([
    ['https://g.example/sub/d/abc-1/name?orgId=1&viewPanel=panel-12&from=now-1h', { dashboard_uid: 'abc-1', panel_id: 12 }],
    ['https://g.example/d-solo/abc/name?panelId=3', { dashboard_uid: 'abc', panel_id: 3 }],
    ['/api/dashboards/uid/sales/panels/5', { dashboard_uid: 'sales', panel_id: 5 }],
    ['https://g.example/d/abc', { dashboard_uid: 'abc', panel_id: 0 }],
    ['https://g.example/', undefined],
  ])('finds dashboard and panel in %s (R297)', (url, expected) => expect(panelOfUrl(url)).toEqual(expected));

  it('reads spans', () => expect(['7d', '30m', '2w', '7', 'd', '-1d'].map(spanOf)).toEqual([604_800_000, 1_800_000, 1_209_600_000, undefined, undefined, undefined]));
});
