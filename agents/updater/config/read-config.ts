import { LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml';
import { z } from 'zod';
import { plainText } from '../../../src/contract/story/plain-text';
import { INSIGHT_KINDS } from '../../../src/contract/events';
import { configSchema, isKnownKind, OWN_ERROR_RATES, type UpdaterConfig } from './schema';

export interface ConfigProblem {
  /** From 1. */
  line: number;
  message: string;
}
export type ReadConfig = { ok: true; config: UpdaterConfig; warnings: ConfigProblem[] } | { ok: false; problems: ConfigProblem[] };

type Path = readonly PropertyKey[];

const API_KEY = 'must not stand in this file: Grafana has no API keys any more, and files get shared. Put the token of a service account into HEMOSTAT_GRAFANA_TOKEN or the file that HEMOSTAT_GRAFANA_TOKEN_FILE names, and take it out here';

const place = (path: Path) => path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '') || 'the file';

/** The line of a key, or of the nearest thing around it that stands in the text. */
function lineOf(document: Document.Parsed<ParsedNode>, lines: LineCounter, path: Path, key?: string): number {
  const keys = path.filter((part) => typeof part !== 'symbol');
  const inner = key === undefined ? undefined : keyNode(document.getIn(keys, true), key);
  for (let length = keys.length; inner === undefined && length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(keys.slice(0, length), true);
    const start = rangeStart(node);
    if (start !== undefined) {
      return lines.linePos(start).line;
    }
  }
  return inner === undefined ? 1 : lines.linePos(inner).line;
}

function rangeStart(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
}

function keyNode(map: unknown, key: string): number | undefined {
  const items = typeof map === 'object' && map !== null && 'items' in map && Array.isArray(map.items) ? (map.items as Array<{ key?: { value?: unknown } }>) : [];
  return rangeStart(items.find((item) => item.key?.value === key)?.key);
}

function problemsOf(document: Document.Parsed<ParsedNode>, lines: LineCounter, error: z.ZodError): ConfigProblem[] {
  return error.issues.flatMap((issue): ConfigProblem[] => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    if (unknown.length === 0) {
      return [{ line: lineOf(document, lines, issue.path), message: `${place(issue.path)} ${clauseOf(issue)}` }];
    }
    return unknown.map((key) => ({
      line: lineOf(document, lines, issue.path, key),
      message: key === 'api_key' ? `${place([...issue.path, key])} ${API_KEY}` : `${place([...issue.path, plainText(key, 60)])} is not known here`,
    }));
  });
}

function clauseOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'custom' || issue.code === 'invalid_union' ? issue.message : `: ${issue.message}`.replace(/^: /, 'is wrong: ');
}

/**
 * Reads a configuration: JSON, or YAML, of which JSON is a part. Every mistake has its line.
 * Warnings are of entries that can never be carried out, while the rest can.
 */
export function readConfig(text: string): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, message: plainText(error.message.split(' at line ')[0] ?? '') })) };
  }
  // An alias bomb would otherwise grow in memory.
  const raw: unknown = document.toJS({ maxAliasCount: 20 }) ?? {};
  const parsed = configSchema.safeParse(raw);
  if (!parsed.success) {
    return { ok: false, problems: problemsOf(document, lines, parsed.error) };
  }
  const { model, dashboards, error_rates: errorRates } = parsed.data;
  const warnings = dashboards.flatMap((entry, index) =>
    isKnownKind(entry.type) ? [] : [{ line: lineOf(document, lines, ['dashboards', index, 'type']), message: `dashboards[${index}].type: ${unknownType(entry.type)}` }]
  );
  return { ok: true, config: { ...(model ? { model } : {}), dashboards, errorRates: errorRates ?? OWN_ERROR_RATES }, warnings };
}

/** R329. */
export function unknownType(type: string): string {
  return `"${plainText(type, 60)}" is no type of analysis. There are ${INSIGHT_KINDS.join(', ')}.`;
}

export function problemLines(file: string, problems: readonly ConfigProblem[]): string {
  return problems.map(({ line, message }) => `${file}:${line} ${message}`).join('; ');
}
