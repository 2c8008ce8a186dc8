import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { alertRules } from './alerts/rules';
import { dashboards } from './dashboards';

const FOLDER = 'provisioning/dashboards/hemostat';
const HEADER = '# Written by `npm run dashboards` from scripts/dashboards/alerts. Change it there.\n';

/** Every file that is made here: its path from the root of the project, and its text. */
export function generatedFiles(): Map<string, string> {
  const boards = dashboards().map(({ name, model }) => [`${FOLDER}/${name}.json`, `${JSON.stringify(model, null, 2)}\n`] as const);
  return new Map([...boards, ['provisioning/alerting/rules.yaml', HEADER + stringify(alertRules(), { lineWidth: 0, aliasDuplicateObjects: false })]]);
}

/** Paths of files that are missing or differ. Others in the folder are the users' own dashboards (R259). */
export function outdatedFiles(root: string, files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([file, text]) => !existsSync(path.join(root, file)) || readFileSync(path.join(root, file), 'utf8') !== text).map(([file]) => file);
}

export function writeFiles(root: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}
