// Bundles TypeScript entries so that Node runs them at once, in well under a second. Packages stay where they are.
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');

/**
 * @param {Record<string, string>} entries name of the bundle -> entry, from the checkout's root
 * @returns {Promise<Record<string, string>>} name -> file
 */
export async function bundle(entries) {
  // Not before set-up has installed it.
  const { build } = await import('esbuild');
  const folder = path.join(root, 'node_modules', '.cache', 'hemostat');
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, entry]) => ({ in: path.join(root, entry), out })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  return Object.fromEntries(Object.keys(entries).map((name) => [name, path.join(folder, `${name}.mjs`)]));
}
