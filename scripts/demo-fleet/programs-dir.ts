import { existsSync } from 'node:fs';
import path from 'node:path';

const PROBE_FILE = 'service.mjs';
const FROM_ROOT = path.join('scripts', 'demo-fleet', 'programs');

function ancestors(start: string): string[] {
  const parent = path.dirname(start);
  return parent === start ? [start] : [start, ...ancestors(parent)];
}

/** Beside this file in the checkout; when the code was bundled elsewhere, under the root found from the script or the working folder. */
export function locatePrograms(): string {
  const beside = typeof __dirname === 'string' ? [path.join(__dirname, 'programs')] : [];
  const starts = [process.argv[1] === undefined ? process.cwd() : path.dirname(process.argv[1]), process.cwd()];
  const above = starts.flatMap(ancestors).map((folder) => path.join(folder, FROM_ROOT));
  const found = [...beside, ...above].find((folder) => existsSync(path.join(folder, PROBE_FILE)));
  if (found === undefined) {
    throw new Error(
      `The programs of the demo fleet were not found; start from the repository, which holds ${FROM_ROOT}.`
    );
  }
  return found;
}
