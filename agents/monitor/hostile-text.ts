import { redactText } from '../../src/contract/redact';

/** Terminal commands: colours, cursor, titles. */
 
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Control characters besides tab and newline, and those that turn the direction of writing. */
 
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text that a container wrote, so that it can do nothing to a terminal or a page. */
export function plainText(text: string): string {
  return text.replace(ESCAPES, '').replace(CONTROLS, '');
}

export interface SafeText {
  text: string;
  redactions: number;
}

/** Plain and without secrets; cut to `max` characters only afterwards, so that no half of a secret is left over. */
export function safeText(text: string, max: number): SafeText {
  const redacted = redactText(plainText(text));
  return { text: redacted.text.length > max ? `${redacted.text.slice(0, max - 1)}…` : redacted.text, redactions: redacted.count };
}

export interface SafeLines {
  lines: string[];
  truncated: boolean;
  redactions: number;
}

/** Lines as `safeText`, the last ones when all do not fit. Redacted together, since a key may go over several lines. */
export function safeLines(lines: readonly string[], limits: { lineChars: number; totalBytes: number }): SafeLines {
  const { text, count } = redactText(lines.map(plainText).join('\n'));
  const kept: string[] = [];
  let truncated = false;
  let room = limits.totalBytes;
  for (const line of lines.length === 0 ? [] : text.split('\n').reverse()) {
    const cut = line.length > limits.lineChars ? `${line.slice(0, limits.lineChars - 1)}…` : line;
    room -= Buffer.byteLength(cut) + 1;
    if (room < 0) {
      truncated = true;
      break;
    }
    truncated ||= cut !== line;
    kept.unshift(cut);
  }
  return { lines: kept, truncated, redactions: count };
}
