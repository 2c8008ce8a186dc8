import type { Setting } from '../../agents/runtime/settings/define';
import { analyzerSettings } from '../../agents/runtime/settings/analyzer';
import { apiSettings } from '../../agents/runtime/settings/api';
import { commonSettings } from '../../agents/runtime/settings/common';
import { dockerSettings } from '../../agents/runtime/settings/docker';
import { modelSettings } from '../../agents/runtime/settings/model';
import { exporterSettings } from '../../agents/runtime/settings/exporter';
import { monitorSettings } from '../../agents/runtime/settings/monitor';
import { observerSettings } from '../../agents/runtime/settings/observer';
import { notifierSettings } from '../../agents/runtime/settings/notifier';
import { responderSettings } from '../../agents/runtime/settings/responder';
import { startSettings } from '../../agents/runtime/settings/start';
import { telemetrySettings } from '../../agents/runtime/settings/telemetry';
import { updaterSettings } from '../../agents/runtime/settings/updater';

/** Every part with its variables; one that a part shares with an earlier one is listed once. */
const PARTS: ReadonlyArray<[string, Record<string, unknown>]> = [
  ['Redis and every agent', Object.fromEntries(Object.entries(commonSettings).filter(([key]) => !(key in telemetrySettings)))],
  ['What the agents tell of themselves', telemetrySettings],
  ['Docker', dockerSettings],
  ['Monitor', monitorSettings],
  ['Language model', modelSettings],
  ['Analyzer', analyzerSettings],
  ['Responder', responderSettings],
  ['Notifier', notifierSettings],
  ['HTTP API', apiSettings],
  ['Exporter', exporterSettings],
  ['Updater', updaterSettings],
  ['Observer and the views of system and agents', observerSettings],
  ['npm start', startSettings],
];

export const TABLE_BEGINS = '<!-- settings: written by npm run readme -->';
export const TABLE_ENDS = '<!-- settings end -->';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function row(setting: Setting<unknown>): string {
  const name = setting.secret ? `\`${setting.name}\` (or \`${setting.name}_FILE\`)` : `\`${setting.name}\``;
  return `| ${name} | ${setting.fallback === '' ? '' : `\`${cell(setting.fallback)}\``} | ${cell(setting.about)} |`;
}

/** The table of all settings, as it stands in the README. */
export function settingsTable(): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const [part, shape] of PARTS) {
    const fresh = (Object.values(shape) as Array<Setting<unknown>>).filter((setting) => !seen.has(setting.name));
    fresh.forEach((setting) => seen.add(setting.name));
    if (fresh.length > 0) {
      lines.push(`| **${part}** | | |`, ...fresh.map(row));
    }
  }
  return [TABLE_BEGINS, '| variable | default | what it is |', '|---|---|---|', ...lines, TABLE_ENDS].join('\n');
}

/** @throws Error when the README lacks the marks that the table stands between. */
export function withTable(readme: string): string {
  const begin = readme.indexOf(TABLE_BEGINS);
  const end = readme.indexOf(TABLE_ENDS);
  if (begin < 0 || end < begin) {
    throw new Error(`README.md must hold the lines ${TABLE_BEGINS} and ${TABLE_ENDS}; the table stands between them.`);
  }
  return readme.slice(0, begin) + settingsTable() + readme.slice(end + TABLE_ENDS.length);
}
