import { readFileSync } from 'node:fs';
import { HemostatError } from '../errors';

/** One environment variable: how it is named, read, checked and explained. */
export interface Setting<T> {
  name: string;
  /** As it would stand in the environment; empty when there is none. */
  fallback: string;
  about: string;
  secret: boolean;
  /** Returns the value or throws an Error whose message says what is wrong with it. */
  parse(text: string): T;
}
export type SettingsShape = Record<string, Setting<unknown>>;
export type SettingsOf<S extends SettingsShape> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never };
export type Environment = Readonly<Record<string, string | undefined>>;

/** One or more variables cannot be used. Each line names the variable, the problem and the default. */
export class SettingsError extends HemostatError {
  constructor(readonly problems: readonly string[]) {
    super('settings', problems.join('\n'));
  }
}

function setting<T>(name: string, fallback: string, about: string, parse: (text: string) => T, secret = false): Setting<T> {
  return { name, fallback, about, parse, secret };
}

export const text = (name: string, fallback: string, about: string) => setting(name, fallback, about, (value) => value);

/** A secret comes from NAME, or from the file that NAME_FILE names. It is never printed. */
export const secret = (name: string, about: string) => setting(name, '', about, (value) => value, true);

export const number = (name: string, fallback: string, about: string, min: number, max: number) =>
  setting(name, fallback, about, (value) => parseNumber(value, min, max));

export const integer = (name: string, fallback: string, about: string, min: number, max: number) =>
  setting(name, fallback, about, (value) => {
    const parsed = parseNumber(value, min, max);
    if (!Number.isInteger(parsed)) {
      throw new Error('is not a whole number');
    }
    return parsed;
  });

/** Seconds in the environment, milliseconds in the program. */
export const seconds = (name: string, fallback: string, about: string, min: number, max: number) =>
  setting(name, fallback, about, (value) => Math.round(parseNumber(value, min, max) * 1000));

export const flag = (name: string, fallback: string, about: string) =>
  setting(name, fallback, about, (value) => {
    const word = value.trim().toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(word)) {
      return true;
    }
    if (['false', '0', 'no', 'off', ''].includes(word)) {
      return false;
    }
    throw new Error('is neither true nor false');
  });

export const choice = <const C extends readonly string[]>(name: string, choices: C, fallback: C[number], about: string) =>
  setting<C[number]>(name, fallback, about, (value) => {
    const found = choices.find((one) => one.toLowerCase() === value.trim().toLowerCase());
    if (found === undefined) {
      throw new Error(`is not one of ${choices.join(', ')}`);
    }
    return found;
  });

/** Comma-separated; empty parts are dropped. */
export const list = (name: string, fallback: string, about: string) =>
  setting(name, fallback, about, (value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  );

export const url = (name: string, fallback: string, about: string, protocols: readonly string[], isSecret = false) =>
  setting(
    name,
    fallback,
    about,
    (value) => {
      if (value === '') {
        return '';
      }
      if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol.replace(':', ''))) {
        throw new Error(`is not a URL that begins with ${protocols.map((one) => `${one}://`).join(' or ')}`);
      }
      return value;
    },
    isSecret
  );

function parseNumber(value: string, min: number, max: number): number {
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed)) {
    throw new Error('is not a number');
  }
  if (parsed < min || parsed > max) {
    throw new Error(`is not between ${min} and ${max}`);
  }
  return parsed;
}

function lookUp(one: Setting<unknown>, environment: Environment): { text: string; from: string } {
  const given = environment[one.name];
  if (given !== undefined && given !== '') {
    return { text: given, from: one.name };
  }
  const file = one.secret ? environment[`${one.name}_FILE`] : undefined;
  if (file) {
    try {
      return { text: readFileSync(file, 'utf8').trim(), from: `${one.name}_FILE` };
    } catch (cause) {
      throw new Error(`names the file ${file}, which cannot be read (${cause instanceof Error ? cause.message : 'unknown'})`);
    }
  }
  return { text: one.fallback, from: one.name };
}

/**
 * Reads settings once. An empty variable counts as not set.
 * @throws SettingsError that lists every variable that cannot be used.
 */
export function readSettings<S extends SettingsShape>(shape: S, environment: Environment): SettingsOf<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(shape)) {
    try {
      values[key] = one.parse(lookUp(one, environment).text);
    } catch (cause) {
      const shown = one.secret ? 'its value (kept secret)' : `"${environment[one.name] ?? one.fallback}"`;
      const problem = cause instanceof Error ? cause.message : 'cannot be read';
      problems.push(`${one.name}: ${shown} ${problem}. Default: ${one.fallback === '' ? 'not set' : one.fallback}. ${one.about}`);
    }
  }
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  return values as SettingsOf<S>;
}
