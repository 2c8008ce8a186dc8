// Container names, reasons and model answers are hostile: they may carry terminal escapes, new lines or marks that turn the writing direction.
const ANSI = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;

/** Printable ASCII in words of single spaces. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/**
 * Text that is safe on a terminal, in a log line and in a message: one line, nothing invisible, no escapes, no direction marks.
 * @param max longest result in characters; what is cut is shown by an ellipsis.
 */
export function plainText(text: string, max = 300): string {
  // Most text is plain already.
  if (text.length <= max && PLAIN.test(text)) {
    return text;
  }
  // What lies far behind the limit is never shown, so it need not be looked at.
  const clean = text
    .slice(0, max * 8)
    .replace(ANSI, '')
    .replace(INVISIBLE, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...clean];
  return characters.length > max
    ? `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`
    : clean;
}

/** A full stop at the end. Empty stays empty, and names keep their small letters. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Plain text that can stand inside a sentence: without its own full stop. */
export function clause(text: string, max = 300): string {
  return plainText(text, max).replace(/[.\s]+$/, '');
}
