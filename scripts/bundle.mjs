// Bundles a TypeScript entry for Node when its sources are newer than the bundle.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Time of the last change below a file or folder, in milliseconds. A folder's own time tells of removed files. */
function lastChange(place) {
  const info = statSync(place, { throwIfNoEntry: false });
  if (!info?.isDirectory()) {
    return info?.mtimeMs ?? 0;
  }
  return readdirSync(place).reduce((latest, name) => Math.max(latest, lastChange(path.join(place, name))), info.mtimeMs);
}

function isCurrent(file, sources) {
  const built = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return built > 0 && sources.every((source) => lastChange(path.join(root, source)) < built);
}

/**
 * Two starts at once each write a file of their own; the last rename wins, and both are whole.
 * @param time of the bundle: when reading began, so that a source that changed meanwhile is newer.
 */
function writeWhole(file, contents, time) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  utimesSync(draft, time, time);
  renameSync(draft, file);
}

/**
 * Packages stay outside of the bundle. In the image of production the bundle is there and its sources are not: it is taken as it is.
 * @param {{ entry: string, out: string, sources: readonly string[] }} options paths from the root of the project.
 * @returns {Promise<string>} the bundle's path.
 * @throws Error when the sources do not compile or the packages are missing.
 */
export async function bundle({ entry, out, sources }) {
  const file = path.join(root, out);
  if (isCurrent(file, sources) || (existsSync(file) && !existsSync(path.join(root, entry)))) {
    return file;
  }
  const began = new Date();
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
  });
  mkdirSync(path.dirname(file), { recursive: true });
  // The map first: whoever finds the bundle finds its map.
  for (const output of outputFiles.sort((a, b) => b.path.length - a.path.length)) {
    writeWhole(output.path, output.contents, began);
  }
  return file;
}
