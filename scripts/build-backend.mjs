// Bundles the process half of the data source into one file and lays it, with the launcher under the names that Grafana
// starts, beside the browser half. Run it after webpack, which empties its folder.
//   node scripts/build-backend.mjs [--out dist/datasource] [--entry src/backend/plugin/main.ts]
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..');
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64'];

/** zod brings its messages in forty languages; ours are English. They would be a quarter of the bundle. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, ({ path: file }) => ({ contents: file.endsWith('.cjs') ? "exports.en = require('./en.cjs').default;" : "export { default as en } from './en.js';" }));
  },
};

/** Names stay, so that a stack trace in Grafana's log can be read. */
async function bundle(entry, file) {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'eof',
    sourcemap: 'external',
    sourcesContent: false,
    plugins: [englishOnly],
    logLevel: 'warning',
  });
}

function copyLauncher(out) {
  const { executable } = JSON.parse(readFileSync(path.join(root, 'src/datasource/plugin.json'), 'utf8'));
  for (const platform of PLATFORMS) {
    const target = path.join(out, `${executable}_${platform}`);
    copyFileSync(path.join(root, 'src/datasource/launcher'), target);
    chmodSync(target, 0o755);
  }
}

const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist/datasource' }, entry: { type: 'string', default: 'src/backend/plugin/main.ts' } } });
const out = path.resolve(root, values.out);
const file = path.join(out, 'backend.cjs');
mkdirSync(out, { recursive: true });
await bundle(path.resolve(root, values.entry), file);
copyLauncher(out);

const kilobytes = (bytes) => `${Math.round(bytes / 1000)} KB`;
console.log(`backend.cjs: ${kilobytes(statSync(file).size)} (${kilobytes(gzipSync(readFileSync(file)).length)} compressed), with a launcher for ${PLATFORMS.join(', ')}`);
