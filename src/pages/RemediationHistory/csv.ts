import type { Remediation } from './remediations';

type Cell = string | number | undefined;

const COLUMNS: ReadonlyArray<[string, (row: Remediation) => Cell]> = [
  ['time', ({ time }) => (Number.isFinite(time) ? new Date(time).toISOString() : '')],
  ['container', ({ container }) => container],
  ['project', ({ project }) => project],
  ['action', ({ action }) => action],
  ['status', ({ status }) => status],
  ['verdict', ({ verdict }) => verdict],
  ['reason', ({ reason }) => reason],
  ['outcome', ({ outcome }) => outcome],
  ['guard', ({ guard }) => guard],
  ['guard_reason', ({ guardReason }) => guardReason],
  ['confidence', ({ confidence }) => confidence],
  ['duration_seconds', ({ duration }) => duration],
  ['health_before', ({ health }) => health.before],
  ['health_after', ({ health }) => health.after],
  ['cpu_percent_before', ({ cpu }) => cpu.before],
  ['cpu_percent_after', ({ cpu }) => cpu.after],
  ['memory_percent_before', ({ memory }) => memory.before],
  ['memory_percent_after', ({ memory }) => memory.after],
  ['verdict_reason', ({ verdictReason }) => verdictReason],
  ['mode', ({ mode }) => mode],
  ['attempt', ({ attempt }) => attempt],
  ['authorised_by', ({ authorisedBy }) => authorisedBy],
  ['incident', ({ incident }) => incident],
  ['id', ({ id }) => id],
];

/** A spreadsheet takes such a text for a formula and runs it: what others have written must not get so far. */
const FORMULA = /^\s*[=+\-@\t\r]/;

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') {
    return cell === undefined ? '' : String(cell);
  }
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** CSV by RFC 4180: comma, CRLF, a line of names first. */
export const csvOf = (rows: readonly Remediation[]): string => [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, value]) => cellText(value(row))))].map((line) => line.join(',')).join('\r\n').concat('\r\n');

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  // The mark at the start makes Excel read UTF-8.
  const url = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; Firefox wants the address until it has.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
