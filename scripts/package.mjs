// Packs dist/ as the zip that Grafana's plugin installer takes: one folder named after the app, programs marked as such.
//   node scripts/package.mjs [--dist dist] [--out artifacts]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';

const root = path.join(import.meta.dirname, '..');
const UNIX = 3;
/** A regular file and its rights, as zip keeps them for Unix. */
const attributes = (mode) => ((0o100000 | mode) << 16) >>> 0;
/** The oldest time that a zip can hold: equal content then gives an equal file. */
const EPOCH = new Date(1980, 0, 1, 12);

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

const { values } = parseArgs({ options: { dist: { type: 'string', default: 'dist' }, out: { type: 'string', default: 'artifacts' } } });
const dist = path.resolve(root, values.dist);
const needed = ['plugin.json', 'module.js', 'datasource/plugin.json', 'datasource/module.js', 'datasource/backend.cjs', 'datasource/gpx_hemostat_events_linux_amd64'];
const missing = needed.filter((name) => !existsSync(path.join(dist, name)));
if (missing.length > 0) {
  console.error(`${values.dist} is not complete: ${missing.join(', ')} missing. Run \`npm run build\` first.`);
  process.exit(1);
}

const { id, info } = JSON.parse(readFileSync(path.join(dist, 'plugin.json'), 'utf8'));
const entries = filesIn(dist).map((file) => {
  const name = `${id}/${path.relative(dist, file).split(path.sep).join('/')}`;
  const mode = statSync(file).mode & 0o111 ? 0o755 : 0o644;
  return [name, [readFileSync(file), { os: UNIX, attrs: attributes(mode), mtime: EPOCH }]];
});
const zip = zipSync(Object.fromEntries(entries), { level: 9 });
const out = path.resolve(root, values.out);
const target = path.join(out, `${id}-${info.version}.zip`);
mkdirSync(out, { recursive: true });
writeFileSync(target, zip);
writeFileSync(`${target}.sha256`, `${createHash('sha256').update(zip).digest('hex')}  ${path.basename(target)}\n`);
console.log(`${path.relative(root, target)}: ${(zip.length / 1e6).toFixed(2)} MB, ${entries.length} files`);
