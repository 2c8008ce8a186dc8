import type { EventData } from '../../../src/contract/events';
import { plainText } from '../../../src/contract/story/plain-text';
import type { Dashboard } from '../grafana/client';

type Insight = EventData<'insight_made'>;

const MAX_FINDINGS = 10;

/** What Markdown and HTML would read as more than text. */
const escapeMarkdown = (text: string) => text.replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char).replace(/([\\`*_{}[\]()#+!|~])/g, '\\$1');

const marker = (updateId: string) => `hemostat-update ${updateId}`;

/** The result in the words of a text panel (R336). What comes from outside is escaped. */
export function panelContent(insight: Insight, time: string, updateId: string): string {
  const line = (text: string) => escapeMarkdown(plainText(text, 600));
  return [
    `**${line(insight.summary)}**`,
    '',
    ...insight.findings.slice(0, MAX_FINDINGS).map(({ text, severity }) => `- ${severity}: ${line(text)}`),
    ...(insight.recommendations.length > 0 ? ['', '**To do**', '', ...insight.recommendations.map((one) => `- ${line(one)}`)] : []),
    '',
    `*Severity ${insight.severity}; by ${insight.method === 'model' ? 'a language model over statistics' : 'statistics'}; HemoStat, ${time}; ${marker(updateId)}*`,
  ].join('\n');
}

type RawPanel = Record<string, unknown>;

const isObject = (value: unknown): value is RawPanel => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text panel gets the content; any other its description, which Grafana shows at its title. */
function rewritten(panel: RawPanel, content: string): RawPanel {
  if (panel.type !== 'text') {
    return { ...panel, description: content };
  }
  const options = isObject(panel.options) ? panel.options : {};
  return { ...panel, options: { ...options, mode: 'markdown', content } };
}

function shownBy(panel: RawPanel): string {
  const options = isObject(panel.options) ? panel.options : {};
  return [options.content, panel.description].filter((text) => typeof text === 'string').join('\n');
}

export type Rewrite = { kind: 'rewritten'; dashboard: Dashboard } | { kind: 'done' } | { kind: 'no_panel' };

/**
 * The dashboard with one panel changed and all else as it was.
 * @returns `done` when the panel carries this update already: a copy was killed after it had saved
 */
export function rewritePanel(dashboard: Dashboard, panelId: number, content: string, updateId: string): Rewrite {
  let outcome: Rewrite['kind'] = 'no_panel';
  const visit = (raw: unknown): unknown => {
    if (!isObject(raw)) {
      return raw;
    }
    if (raw.id === panelId && raw.type !== 'row') {
      outcome = shownBy(raw).includes(marker(updateId)) ? 'done' : 'rewritten';
      return outcome === 'done' ? raw : rewritten(raw, content);
    }
    return Array.isArray(raw.panels) ? { ...raw, panels: (raw.panels as unknown[]).map(visit) } : raw;
  };
  const panels = (dashboard.panels ?? []).map(visit) as RawPanel[];
  return (outcome as Rewrite['kind']) === 'rewritten' ? { kind: 'rewritten', dashboard: { ...dashboard, panels } } : { kind: outcome as 'done' | 'no_panel' };
}

/** One line of what was pushed, for the history of versions in Grafana. */
export const saveMessage = (insight: Insight, updateId: string) => `HemoStat: ${insight.kind.replaceAll('_', ' ')}, ${insight.findings.length} findings (${marker(updateId)})`;
