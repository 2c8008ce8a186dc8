import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const manifestSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  info: z.looseObject({ version: z.string().default(''), logos: z.looseObject({ small: z.string().default('') }) }),
  includes: z.array(z.looseObject({ type: z.string(), name: z.string().default(''), path: z.string().default(''), role: z.string().optional(), addToNav: z.boolean().optional(), defaultNav: z.boolean().optional() })).default([]),
});

/** One plugin of the built folder: the app, and those nested in it. */
export interface BuiltPlugin {
  id: string;
  type: string;
  folder: string;
  manifest: z.infer<typeof manifestSchema>;
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'plugin.json')
    .map((file) => path.join(folder, file));
}

/** The plugins of a built folder. @throws Error when there is no app in it */
export function readPlugins(dist: string): BuiltPlugin[] {
  const plugins = manifestsIn(dist).map((file): BuiltPlugin => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { id: manifest.id, type: manifest.type, folder: path.dirname(file), manifest };
  });
  if (!plugins.some(({ type }) => type === 'app')) {
    throw new Error(`${dist} holds no app plugin. Build it: npm run build`);
  }
  return plugins;
}

/** A plugin as Grafana tells the browser of it. */
export function metaOf({ id, manifest }: BuiltPlugin, settings: Record<string, unknown> = {}) {
  const baseUrl = `public/plugins/${id}`;
  const logo = `${baseUrl}/${manifest.info.logos.small}`;
  const info = { links: [], screenshots: [], author: { name: '' }, description: '', updated: '', ...manifest.info, logos: { small: logo, large: logo } };
  return { ...manifest, info, module: `${baseUrl}/module.js`, baseUrl, enabled: true, pinned: true, signature: 'unsigned', loadingStrategy: 'script', jsonData: {}, ...settings };
}
