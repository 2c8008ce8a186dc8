// Writes docs/openapi.json from the schemas of the routes.
//   node scripts/openapi.mjs           writes it
//   node scripts/openapi.mjs --check   fails when it is not up to date
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..');
const target = path.join(root, 'docs/openapi.json');

/** The sources are TypeScript; one bundle of them is loaded. */
async function documentText() {
  const folder = mkdtempSync(path.join(tmpdir(), 'hemostat-openapi-'));
  try {
    const outfile = path.join(folder, 'openapi.cjs');
    await build({ absWorkingDir: root, entryPoints: ['src/backend/http/openapi.ts'], outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
    const { openApiText } = await import(pathToFileURL(outfile).href);
    return openApiText();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const text = await documentText();
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('docs/openapi.json is not up to date. Run: node scripts/openapi.mjs');
  process.exitCode = 1;
}
