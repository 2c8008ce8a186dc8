import type { InsightFinding as Finding, InsightKind } from '../../../src/contract/events';
import type { Advice } from '../../model/talk';

/** One measured series, as it came from Prometheus or from HemoStat's own log. */
export interface SeriesInput {
  /** Name of the metric or PromQL expression, as configured. Hostile: others choose it. */
  name: string;
  /** Unit in words or as a symbol: `%`, `MB`, `requests/s`. */
  unit?: string;
  /** True for a value that only grows until its process starts anew. */
  counter?: boolean;
  /** Milliseconds since 1970, ascending. A step that is left out is a gap. */
  times: readonly number[];
  /** As many as there are times; null where nothing is known. */
  values: ReadonlyArray<number | null>;
}

export interface AnalysisInput {
  /** `id` of the entry in the configuration. */
  dashboard: string;
  kind: InsightKind;
  series: readonly SeriesInput[];
  /** Milliseconds since 1970. */
  now: number;
}

/** What the model is asked to put into words: figures that the statistics found, nothing else. */
export interface WordingQuestion {
  kind: InsightKind;
  /** Ranked by the statistics, the most severe first. */
  findings: readonly Finding[];
  /** The statistics' own wording. */
  summary: string;
  recommendations: readonly string[];
  /** Of the kind that has them: what the model must agree with where it names it. */
  direction?: 'up' | 'down' | 'stable';
}

/** The model's words, checked: it may rank and word, and it may not measure. */
export interface Wording {
  summary: string;
  recommendations: string[];
  /** Positions of findings in `WordingQuestion.findings`, the most important first, each at most once, with what is said of it. */
  ranking: Array<{ finding: number; text: string }>;
  /** Key observations (R322). */
  insights: string[];
}

/** Puts what was found into words. Throws for nothing but the closing of the agent. */
export interface ModelWording {
  word(question: WordingQuestion): Promise<Advice<Wording>>;
}

/** The record of an answer that is not JSON begins with this (R330). */
export const PARSE_FAILED = 'Parse failed';
