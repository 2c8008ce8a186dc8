import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.md': 'text/markdown; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** Fonts as Grafana's styles name them, and where the packages have them. */
const FONTS: Record<string, string> = {
  'inter/Inter-Regular.woff2': '@fontsource/inter/files/inter-latin-400-normal.woff2',
  'inter/Inter-Medium.woff2': '@fontsource/inter/files/inter-latin-500-normal.woff2',
  'inter/Inter-Italic.woff2': '@fontsource/inter/files/inter-latin-400-italic.woff2',
  'inter/Inter-MediumItalic.woff2': '@fontsource/inter/files/inter-latin-500-italic.woff2',
  roboto: '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2',
};

/** For icons that @grafana/ui names but does not bring along. */
const GLYPH = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24"><circle cx="12" cy="12" r="7" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="3 2"/></svg>';

/** A file below a folder, or undefined: nothing outside of it, whatever the path says. */
export function fileBelow(folder: string, relative: string): string | undefined {
  const file = path.resolve(folder, relative);
  const inside = file.startsWith(path.resolve(folder) + path.sep);
  return inside && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** Where a font of Grafana's styles stands. @param name below public/fonts */
export function fontFile(modules: string, name: string): string | undefined {
  const known = FONTS[name] ?? (name.startsWith('roboto/') ? FONTS.roboto : undefined);
  const file = known && path.join(modules, known);
  return file && existsSync(file) ? file : undefined;
}

/** Files of the host's bundle have a hash of their content in their names. */
const HASHED = /-[A-Z0-9]{8}\.(js|css)$/;

/** Sends a file byte for byte, as the hashes of the plugin's chunks want it. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: string): void {
  const { size, mtimeMs } = statSync(file);
  const tag = `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`;
  const caching = HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache';
  response.setHeader('etag', tag).setHeader('cache-control', caching).setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-length': size });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // The file may go away meanwhile, when the plugin is built anew.
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

/** An icon that is not brought along: turned round where its opposite is, else a plain glyph. @param name below `folder` */
export function sendMissingIcon(response: ServerResponse, folder: string, name: string): void {
  const opposite = name.includes('-left') ? fileBelow(folder, name.replace('-left', '-right')) : undefined;
  const svg = opposite ? readFileSync(opposite, 'utf8').replace(/(<svg[^>]*>)([\s\S]*)<\/svg>/, '$1<g transform="matrix(-1 0 0 1 24 0)">$2</g></svg>') : GLYPH;
  response.writeHead(200, { 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' }).end(svg);
}
