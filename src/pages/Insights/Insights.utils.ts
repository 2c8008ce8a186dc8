import type { Evidence, InsightFinding } from '../../contract/events';
import type { DataFrame } from '@grafana/data';
import { rowsOf, type Row } from '../../hooks/rows';

/** An analysis of a dashboard, or why there is none. */
export interface Insight {
  id: string;
  at: number | undefined;
  dashboard: string;
  kind: string;
  /** Empty when the analysis failed. */
  severity: string;
  summary: string;
  recommendations: string[];
  findings: Array<Pick<InsightFinding, 'series' | 'text' | 'severity'>>;
  method: string;
  fallback: string;
}

/** A time of a high error rate. */
export interface ErrorEpisode {
  id: string;
  began: number | undefined;
  /** Undefined while it lasts. */
  ended: number | undefined;
  rate: string;
  severity: string;
  /** Shares, 0..1. */
  value: number | undefined;
  worst: number | undefined;
  threshold: number | undefined;
  cause: string;
  confidence: number | undefined;
  method: string;
  recommendations: string[];
  evidence: Evidence[];
  panels: number;
  incident: string;
}

const linesOf = (text: string) => text.split('\n').filter(Boolean);

/** A column of JSON, as the data source gives it: an object, or its text. */
function listIn(frame: DataFrame | undefined, column: string, index: number, key: string): unknown[] {
  const raw: unknown = frame?.fields.find(({ name }) => name === column)?.values[index];
  const value = typeof raw === 'string' ? parsed(raw) : raw;
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return Array.isArray(list) ? list : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown, name: string): string => {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === 'string' ? found : '';
};

const insightOf = (frame: DataFrame | undefined) => (row: Row, index: number): Insight => ({
  id: row.text('id'),
  at: row.number('time'),
  dashboard: row.text('dashboard'),
  kind: row.text('kind'),
  severity: row.text('severity'),
  summary: row.text('summary'),
  recommendations: linesOf(row.text('recommendations')),
  findings: listIn(frame, 'details', index, 'findings').map((one) => ({ series: textOf(one, 'series'), text: textOf(one, 'text'), severity: textOf(one, 'severity') as InsightFinding['severity'] })),
  method: row.text('method'),
  fallback: row.text('fallback'),
});

const episodeOf = (frame: DataFrame | undefined) => (row: Row, index: number): ErrorEpisode => ({
  id: row.text('episode'),
  began: row.number('time'),
  ended: row.number('timeEnd'),
  rate: row.text('rate'),
  severity: row.text('severity'),
  value: row.number('value'),
  worst: row.number('worst'),
  threshold: row.number('threshold'),
  cause: row.text('cause'),
  confidence: row.number('confidence'),
  method: row.text('method'),
  recommendations: linesOf(row.text('recommendations')),
  evidence: listIn(frame, 'evidence', index, 'evidence').map((one) => ({ what: textOf(one, 'what'), value: textOf(one, 'value') })),
  panels: row.number('panels') ?? 0,
  incident: row.text('incident'),
});

/** What the query `insights` answers. */
export function readInsights(frames: readonly DataFrame[]): { insights: Insight[]; episodes: ErrorEpisode[] } {
  const named = (name: string) => frames.find((frame) => frame.name === name);
  const [insights, rates] = [named('insights'), named('error rates')];
  return { insights: rowsOf(insights).map(insightOf(insights)), episodes: rowsOf(rates).map(episodeOf(rates)) };
}

/** Those that last, then the newest. */
export const byUrgency = (a: ErrorEpisode, b: ErrorEpisode): number => Number(a.ended !== undefined) - Number(b.ended !== undefined) || (b.began ?? 0) - (a.began ?? 0);
