import type { EventData } from '../../../src/contract/events';
import { panelContent, rewritePanel } from './panel';

const insight: EventData<'insight_made'> = { dashboard: 'a', kind: 'forecast', severity: 'high', summary: 'It <img src=x onerror=alert(1)> [grows](javascript:alert(1))', recommendations: ['Look'], findings: [], method: 'statistics', result: {}, model_calls: [], duration_seconds: 0 };
const content = panelContent(insight, '2026-11-21T12:00:00Z', 'u1');

describe('a panel that is rewritten (R335, R336)', () => {
  it('shows foreign text as text', () => {
    expect(content).not.toContain('<img');
    expect(content).not.toMatch(/(?<!\\)\[grows/);
    expect(content).toContain('hemostat-update u1');
  });

  it('changes this panel and nothing else, also within a row, and only once', () => {
    const other = { id: 2, type: 'stat', custom: { kept: true } };
    const dashboard = { uid: 'd', version: 3, title: 't', annotations: { list: [] }, panels: [{ id: 9, type: 'row', panels: [{ id: 7, type: 'text', title: 'x', options: { code: {} } }] }, other] };
    const done = rewritePanel(dashboard, 7, content, 'u1');
    expect(done).toEqual({ kind: 'rewritten', dashboard: { ...dashboard, panels: [{ id: 9, type: 'row', panels: [{ id: 7, type: 'text', title: 'x', options: { code: {}, mode: 'markdown', content } }] }, other] } });
    expect(done.kind === 'rewritten' && rewritePanel(done.dashboard, 7, content, 'u1')).toEqual({ kind: 'done' });
    expect(rewritePanel(dashboard, 2, content, 'u1')).toMatchObject({ dashboard: { panels: [{ id: 9 }, { ...other, description: content }] } });
    expect(rewritePanel(dashboard, 99, content, 'u1')).toEqual({ kind: 'no_panel' });
    expect(rewritePanel(dashboard, 9, content, 'u1')).toEqual({ kind: 'no_panel' });
  });
});
