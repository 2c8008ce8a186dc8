import fc from 'fast-check';
import { agentCharts, CHART_COLORS, chartColor, makeChart } from './charts';
import { chartSchema } from './payloads';
import { distributionOf } from './histogram';
import type { Point } from './schemas';

const RANGE = { from: 0, to: 600_000 };
const at = (minute: number) => new Date(minute * 60_000).toISOString();
const series = (points: Array<[minute: number, value: number]>): Point[] => points.map(([minute, value]) => ({ timestamp: at(minute), value }));

test('R417 R418 R419: what is set where nothing else is said', () => {
  const { config: _config, ...chart } = makeChart({ title: 'T', series: [{ name: 'a', data: [] }, { name: 'b', data: [], type: 'scatter' }] });
  expect(chart).toEqual({
    title: 'T',
    type: 'line',
    series: [{ name: 'a', data: [], color: '#3b82f6', type: 'line' }, { name: 'b', data: [], color: '#10b981', type: 'scatter' }],
    xLabel: 'Time',
    yLabel: 'Value',
    showLegend: true,
    showGrid: true,
    height: 300,
  });
  expect(CHART_COLORS).toEqual(['#3b82f6', '#10b981', '#f59e0b', '#ef4444', '#8b5cf6', '#06b6d4']);
  expect([chartColor(5), chartColor(6), chartColor(13)]).toEqual(['#06b6d4', '#3b82f6', '#10b981']);
});

test('R420 R421 R422: the form for a chart library, with gaps where a series has no value', () => {
  const { config } = makeChart({ title: 'T', yLabel: 'Y', showLegend: false, series: [{ name: 'a', data: series([[2, 20], [0, 0]]) }, { name: 'b', data: series([[1, 11], [2, 22]]), type: 'area', color: '#123456' }] });
  expect(config).toEqual({
    type: 'line',
    data: {
      labels: [at(0), at(1), at(2)],
      datasets: [
        { label: 'a', data: [0, null, 20], type: 'line', borderColor: '#3b82f6', backgroundColor: '#3b82f6', tension: 0.4, fill: false },
        { label: 'b', data: [null, 11, 22], type: 'line', borderColor: '#123456', backgroundColor: '#123456', tension: 0.4, fill: true },
      ],
    },
    options: {
      responsive: true,
      plugins: { title: { display: true, text: 'T' }, legend: { display: false } },
      scales: { x: { display: true, title: { display: true, text: 'Time' }, grid: { display: true } }, y: { display: true, title: { display: true, text: 'Y' }, grid: { display: true } } },
    },
  });
});

test('R422: labels are the sorted union, and every value stands at its own label', () => {
  const points = fc.uniqueArray(fc.tuple(fc.nat(50), fc.integer()), { selector: ([minute]) => minute, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(points, { minLength: 1, maxLength: 4 }), (all) => {
      const { data } = makeChart({ title: 'T', series: all.map((one, index) => ({ name: String(index), data: series(one) })) }).config;
      expect(data.labels).toEqual([...new Set(all.flat().map(([minute]) => at(minute)))].toSorted());
      all.forEach((one, index) => {
        const values = data.datasets[index]?.data ?? [];
        expect(values).toHaveLength(data.labels.length);
        expect(data.labels.flatMap((label, position) => (values[position] === null ? [] : [[label, values[position]]]))).toEqual(series(one).map(({ timestamp, value }) => [timestamp, value]).toSorted());
      });
    })
  );
});

test('R423 to R426: the charts of the agents', () => {
  const rows = [{ minute: 60_000, agent: 'a', figures: { requests: 3, errors: 1, latency: distributionOf([10, 20]), tokens: distributionOf([50]) } }];
  const charts = agentCharts(rows, RANGE, 60_000);
  expect(Object.values(charts).map(({ title, yLabel, series: [one] }) => [title, yLabel, one?.name, one?.type, one?.color, one?.data[0]?.value])).toEqual([
    ['Request Latency', 'Latency (ms)', 'Average Latency', 'line', '#3b82f6', 15],
    ['Request Throughput', 'Requests', 'Requests', 'area', '#10b981', 3],
    ['Errors Over Time', 'Error Count', 'Errors', 'bar', '#ef4444', 1],
    ['Token Usage', 'Token Count', 'Tokens', 'area', '#8b5cf6', 50],
  ]);
  expect(Object.values(charts).map(({ type, config }) => [type, config.type])).toEqual([['line', 'line'], ['area', 'line'], ['bar', 'bar'], ['area', 'line']]);
});

test('R427: without data the charts are there and empty', () => {
  for (const chart of [...Object.values(agentCharts([], RANGE, 60_000)), makeChart({ title: 'None', series: [] })]) {
    expect(chartSchema.parse(chart).config.data.labels).toEqual([]);
  }
});
