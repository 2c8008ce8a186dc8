import type { SettingsOf } from '../settings/define';
import type { telemetrySettings } from '../settings/telemetry';

export type TelemetrySettings = SettingsOf<typeof telemetrySettings>;

/** How the memory ceiling is divided. Errors are a part of the logs, kept apart so that a day of them outlives a flood of other lines. */
const SHARES = { logs: 0.36, errors: 0.09, traces: 0.45, figures: 0.1 } as const;
export type Share = keyof typeof SHARES;

export const ceilingBytes = (settings: Pick<TelemetrySettings, 'telemetryMaxMegabytes'>): number => settings.telemetryMaxMegabytes * 1_048_576;

/** Bytes that one kind may take. */
export const shareOf = (settings: Pick<TelemetrySettings, 'telemetryMaxMegabytes'>, share: Share): number => Math.floor(ceilingBytes(settings) * SHARES[share]);
