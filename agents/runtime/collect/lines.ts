import { LOG_LEVELS, type LogEntry, type LogLevel } from '../../../src/contract/observability/schemas';
import type { LogQuestion } from './types';

/** Lines that one question may be answered with (R371). */
export const MAX_LOGS = 1000;
/** Errors that are grouped at once. */
export const MAX_ERRORS = 5000;

/** What narrows lines. */
export interface LineFilter extends Omit<LogQuestion, 'limit'> {
  /** Only errors: of that level and above, or with a type of error. */
  errors?: boolean;
}

const rankOf = (level: LogLevel): number => LOG_LEVELS.indexOf(level);
const isError = ({ level, attributes }: LogEntry): boolean => rankOf(level) >= rankOf('error') || attributes.error_type !== undefined;

/** True for lines that the question asks for. */
export function fitsLine(line: LogEntry, { level, agent, trace, text, errors }: LineFilter): boolean {
  return (
    (level === undefined || rankOf(line.level) >= rankOf(level)) &&
    (agent === undefined || line.agent_id === agent) &&
    (trace === undefined || line.trace_id === trace) &&
    (text === undefined || line.message.toLowerCase().includes(text.toLowerCase())) &&
    (!errors || isError(line))
  );
}

export const lineNewestFirst = (a: LogEntry, b: LogEntry): number => Date.parse(b.timestamp) - Date.parse(a.timestamp);
