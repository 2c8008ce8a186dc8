import { screen, within } from '@testing-library/react';
import React from 'react';
import { frameFrom } from '../../components/testing/frame';
import { renderPage } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import { layOut } from '../../datasource/testing/layout';
import Insights from './Insights';
import { readInsights } from './Insights.utils';

const NOW = Date.now();
const insight = { time: NOW - 60_000, id: 'e1', dashboard: 'sales', kind: 'trend_analysis', severity: 'high', summary: 'Revenue falls by 12 % a day.', recommendations: 'Look at the checkout.\nTell sales.', method: 'statistics', fallback: '', details: JSON.stringify({ findings: [{ series: 'revenue', text: 'revenue falls', severity: 'high' }] }) };
const lasting = { time: NOW - 300_000, timeEnd: null, episode: 'p1', rate: 'the shop', severity: 'critical', value: 0.22, worst: 0.31, threshold: 0.05, cause: 'Container shop-web-1 fell ill.', confidence: 0.85, method: 'statistics', recommendations: 'Approve the restart.', evidence: { evidence: [{ what: 'error rate', value: '22 % of 180 requests' }] }, panels: 2, incident: 'i1' };
const over = { ...lasting, time: NOW - 3_600_000, timeEnd: NOW - 3_480_000, episode: 'p0', incident: '', panels: 0 };
const frames = (insights: Array<Record<string, unknown>>, episodes: Array<Record<string, unknown>>) => ({ insights: [frameFrom(insights, 'insights'), frameFrom(episodes, 'error rates')] });

describe('the page Insights', () => {
  beforeEach(layOut);
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('shows why an error rate is high, those that last first, with a way to the incident', async () => {
    renderPage(<Insights />, { frames: frames([], [over, lasting]) });
    const [first, second] = await screen.findAllByTestId(testIds.insights.rate);
    expect(first).toHaveTextContent('lasts');
    expect(first).toHaveTextContent('22 % of the requests fail, at worst 31 %; the limit is 5 %');
    expect(first).toHaveTextContent('Confidence 85 %, by statistics and incidents');
    expect(first).toHaveTextContent('Cause: Container shop-web-1 fell ill.');
    expect(first).toHaveTextContent('annotated on panels: 2');
    expect(within(first as HTMLElement).getByRole('link', { name: 'open the incident' })).toHaveAttribute('href', expect.stringContaining('/incidents/i1'));
    expect(second).toHaveTextContent('over');
    expect(second).toHaveTextContent('lasted 2 min');
  });

  it('shows what was found, what to do, and analyses that failed', async () => {
    const twice = { ...insight, id: 'e3', details: JSON.stringify({ findings: [{ series: 'revenue', text: insight.summary, severity: 'high' }] }) };
    renderPage(<Insights />, { frames: frames([insight, { ...insight, id: 'e2', severity: null, summary: 'No analysis: Prometheus is away.', details: null }, twice], []) });
    const [made, failed, told] = await screen.findAllByTestId(testIds.insights.insight);
    expect(made).toHaveTextContent('Revenue falls by 12 % a day.');
    expect(made).toHaveTextContent('high: revenue falls');
    expect(told).toHaveTextContent('Revenue falls by 12 % a day.');
    expect(told).not.toHaveTextContent('high:');
    expect(within(made as HTMLElement).getByText('Look at the checkout.')).toBeVisible();
    expect(failed).toHaveTextContent('no analysis');
    expect(screen.getByText('No error rate was above its limit in this time range.')).toBeVisible();
  });

  it('says what would put something there', async () => {
    renderPage(<Insights />, { frames: frames([], []) });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('npx hemostat agent updater');
  });

  it('asks for the severity that the address names, and says when nothing fits', async () => {
    const { source } = renderPage(<Insights />, { frames: frames([], []), search: '?severity=critical' });
    expect(await screen.findByTestId(testIds.state.empty)).toHaveTextContent('Nothing of this severity');
    expect(source.queries[0]?.filters?.severities).toEqual(['critical']);
  });

  it('shows a failure with a way to try again', async () => {
    renderPage(<Insights />, { frames: { insights: new Error('Redis is away.') } });
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis is away.');
  });

  it('takes nothing in a frame for granted', () => {
    expect(readInsights([])).toEqual({ insights: [], episodes: [] });
    const odd = frameFrom([{ id: 7, details: '{', time: 'never' }, { details: '{"findings":[3,null]}' }], 'insights');
    expect(readInsights([odd]).insights.map(({ findings }) => findings.length)).toEqual([0, 2]);
  });
});
