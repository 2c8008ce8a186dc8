import type { AppSettings } from '../../components/App/settings';
import { t } from '../../components/text';

/** The settings as a person types them. */
export interface Draft {
  datasourceUid: string;
  refresh: string;
  timeZone: string;
  recentMinutes: string;
  maxEvents: string;
}

export type Problems = Partial<Record<keyof Draft, string>>;

/** Bounds of what may be typed. */
export const RECENT_MINUTES = { min: 1, max: 1440 } as const;
export const MAX_EVENTS = { min: 10, max: 10_000 } as const;
/** As Grafana's own picker offers them; empty: only by hand. */
export const INTERVALS = ['', '5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h'] as const;
/** First what is asked for most. */
const FIRST_ZONES = ['', 'America/New_York', 'UTC'];

export const draftOf = ({ datasourceUid, refresh, timeZone, recentMinutes, maxEvents }: Required<AppSettings>): Draft => ({ datasourceUid, refresh, timeZone, recentMinutes: String(recentMinutes), maxEvents: String(maxEvents) });

function wholeNumber(text: string, { min, max }: { min: number; max: number }): string | undefined {
  const fits = /^\d+$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;
  return fits ? undefined : t('configuration.number', '"{{text}}" is not a whole number from {{min}} to {{max}}.', { text, min, max });
}

/** What cannot be saved, by field, with what would do. */
export function problemsOf({ datasourceUid, recentMinutes, maxEvents }: Draft): Problems {
  const found: Problems = {
    ...(datasourceUid === '' ? { datasourceUid: t('configuration.no-source', 'Choose the data source that the pages read.') } : {}),
    recentMinutes: wholeNumber(recentMinutes, RECENT_MINUTES),
    maxEvents: wholeNumber(maxEvents, MAX_EVENTS),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
}

export const settingsFrom = ({ datasourceUid, refresh, timeZone, recentMinutes, maxEvents }: Draft): Required<AppSettings> => ({ datasourceUid, refresh, timeZone, recentMinutes: Number(recentMinutes), maxEvents: Number(maxEvents) });

/** IANA zones, those asked for most in front; empty stands for that of the browser. */
export function zonesOf(known: readonly string[] = Intl.supportedValuesOf('timeZone')): string[] {
  return [...FIRST_ZONES, ...known.filter((zone) => !FIRST_ZONES.includes(zone))];
}
