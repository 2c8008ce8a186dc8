import { redactText } from '../../src/contract/redact';

/*
 * Text that others wrote: log lines, names, labels, images, answers of a model. It is stripped of what a terminal or a
 * reader would not see, redacted, and then cut: cut first, half a secret might no longer be known for one.
 */

// Colours and other commands to a terminal.
const TERMINAL = /\u001b(?:\[[0-?]{0,40}[ -/]{0,8}[@-~]|\][^\u0007\u001b\n]{0,400}(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// Control characters (line feed and tab stay), invisible and direction-changing ones, and the tag characters that hide text.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

// A character outside the basic plane is two units; a cut may leave the first one alone.
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

const MAX_READ = 16_384;

/** Without what a terminal obeys or a reader does not see. Not yet redacted. */
export function visibleText(text: string): string {
  return text.slice(0, MAX_READ).replace(TERMINAL, '').replace(INVISIBLE, '');
}

/** Visible, redacted text over several lines. */
export function cleanText(text: string, maxLength: number): string {
  return cut(redactText(visibleText(text)).text, maxLength);
}

/** The same on one line. */
export function cleanLine(text: string, maxLength: number): string {
  return cleanText(text.slice(0, MAX_READ).replace(/\s+/g, ' ').trim(), maxLength);
}

export function cut(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, Math.max(0, maxLength - 1)).replace(HALF_A_CHARACTER, '')}…`;
}
