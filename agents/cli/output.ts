/** Where a command writes, and what it knows of the terminal. */
export interface CliIo {
  out(text: string): void;
  err(text: string): void;
  /** Characters in a line; 80 where output is no terminal. */
  columns: number;
  /** True on a terminal that wants colour. Colour never carries meaning alone. */
  colour: boolean;
  /** Where the search for `.hemostat/run.json` begins: each folder and those above it. */
  folders: readonly string[];
  /** Name of the operating system's user. */
  user: string;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  now(): number;
}

/** Something is wrong that the user can mend: exit code 1. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly mend = ''
  ) {
    super(message);
  }
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends CliError {}

const ESC = '\u001b[';
const CODES = { red: '31', green: '32', yellow: '33', cyan: '36', dim: '2', bold: '1' } as const;
export type Paint = keyof typeof CODES;

/**
 * Names, labels and log lines are hostile: without their control characters they cannot steer the terminal.
 * Marks that turn the direction of writing go too, because they disguise text.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

export function paint(io: Pick<CliIo, 'colour'>, text: string, colour: Paint | undefined): string {
  return io.colour && colour ? `${ESC}${CODES[colour]}m${text}${ESC}0m` : text;
}

/** JSON for programs: on a terminal its control characters do nothing either. */
export function jsonText(value: unknown, pretty = true): string {
  return JSON.stringify(value, null, pretty ? 2 : undefined).replace(/[\u007f-\u009f\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}

export interface Column<T> {
  title: string;
  value: (row: T) => string;
  /** Gives way first when the line is too long. */
  flexible?: boolean;
  /** Shortest width of a flexible column. Default 8. */
  min?: number;
}

/** Rows under titles, two spaces apart, cut to the width of the terminal. */
export function table<T>(columns: ReadonlyArray<Column<T>>, rows: readonly T[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row)).replace(/\n/g, ' ')));
  const widths = columns.map((column, index) => Math.max(column.title.length, ...cells.map((row) => row[index]?.length ?? 0)));
  let excess = widths.reduce((sum, one) => sum + one, 0) + 2 * (columns.length - 1) - width;
  columns.forEach((column, index) => {
    if (column.flexible && excess > 0) {
      const narrower = Math.max(column.min ?? 8, (widths[index] ?? 0) - excess);
      excess -= (widths[index] ?? 0) - narrower;
      widths[index] = narrower;
    }
  });
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cut(cell, widths[index] ?? 0).padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...cells.map(line)];
}

/** Words in lines of at most `width` characters, each behind `indent`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && indent.length + line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(indent + line);
  }
  return lines;
}

/** An age as a person says it: 4 s, 12 min, 3 h, 2 d. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) {
    return `${seconds} s`;
  }
  if (seconds < 7200) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0)} MB`;
}
