import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorText, HemostatError } from '../../agents/runtime/errors';
import { answerApi, type ApiParts } from './api';
import type { PreviewDoor } from './door';
import { fileBelow, fontFile, sendFile, sendMissingIcon } from './files';
import { sendJson, type Json } from './forward';
import { firstPage, pageOf, waitingPage, type HostFiles } from './page';
import { readPlugins, type BuiltPlugin } from './plugins';
import { strangerOf, visitorOf } from './visitor';

export interface PreviewOptions {
  /** The checkout. */
  root: string;
  /** The built plugin; `dist` of the checkout when not given. */
  dist?: string;
  /** Where the host's bundle lies. */
  hostFolder: string;
  door: PreviewDoor;
  bindHost: string;
  /** 0: any free one. */
  port: number;
  /** Where the settings of the app are kept; only in memory when not given. */
  settingsFile?: string;
  log?: (line: string) => void;
}

export interface PreviewServer {
  url: string;
  port: number;
  /** Calls of Grafana's API that nobody answers here, as `GET /api/x`; what a page quietly uses shows so. */
  unanswered: string[];
  /** From now on pages are served; until then visitors are told to wait. */
  ready(files: HostFiles): void;
  close(): Promise<void>;
}

const ICONS = '/public/build/img/icons/';

function settingsOf(file: string | undefined): ApiParts['settings'] {
  let held: Json = {};
  try {
    held = file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Json) : {};
  } catch {
    // As if nothing had been saved: the page shows the defaults.
  }
  return {
    read: () => held,
    write: (settings) => {
      held = settings;
      if (file) {
        writeFileSync(file, JSON.stringify(settings, null, 2), { mode: 0o600 });
      }
    },
  };
}

/** Every file of a plugin is asked for by the plugin's name: the manifests are read again only when the plugin was built anew. */
function pluginsOf(dist: string): () => BuiltPlugin[] {
  let known: { builtAt: number; plugins: BuiltPlugin[] } | undefined;
  return () => {
    const builtAt = statSync(path.join(dist, 'plugin.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    known = known?.builtAt === builtAt && builtAt > 0 ? known : { builtAt, plugins: readPlugins(dist) };
    return known.plugins;
  };
}

class Preview {
  readonly unanswered: string[] = [];
  host: HostFiles | undefined;
  private readonly dist: string;
  private readonly modules: string;
  private readonly icons: string;
  private readonly parts: ApiParts;

  constructor(private readonly options: PreviewOptions) {
    this.dist = options.dist ?? path.join(options.root, 'dist');
    this.modules = path.join(options.root, 'node_modules');
    this.icons = path.join(this.modules, '@grafana/ui/dist/public/img/icons');
    this.parts = { door: options.door, plugins: pluginsOf(this.dist), settings: settingsOf(options.settingsFile) };
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('x-content-type-options', 'nosniff').setHeader('x-frame-options', 'DENY').setHeader('referrer-policy', 'same-origin');
    const stranger = strangerOf(request, this.options.bindHost);
    if (stranger) {
      sendJson(response, 403, { message: stranger });
      return;
    }
    const url = new URL(request.url ?? '/', 'http://preview');
    if (url.pathname.startsWith('/api/') || url.pathname.startsWith('/apis/')) {
      await this.api(request, response, url);
    } else if (url.pathname.startsWith('/public/')) {
      this.file(request, response, decodeURIComponent(url.pathname));
    } else {
      this.page(request, response, url);
    }
  }

  private async api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (await answerApi({ request, response, url, visitor: visitorOf(request), parts: this.parts })) {
      return;
    }
    const call = `${request.method ?? ''} ${url.pathname}`;
    this.unanswered.push(call);
    this.options.log?.(`nobody answers here: ${call}`);
    response.setHeader('x-preview-unanswered', 'yes');
    sendJson(response, 404, { message: `The preview has no ${call}: that is Grafana's own.` });
  }

  private file(request: IncomingMessage, response: ServerResponse, pathname: string): void {
    const file = this.fileOf(pathname);
    if (file) {
      sendFile(request, response, file);
    } else if (pathname.startsWith(ICONS)) {
      sendMissingIcon(response, this.icons, pathname.slice(ICONS.length));
    } else {
      sendJson(response, 404, { message: `There is no file ${pathname}.` });
    }
  }

  private fileOf(pathname: string): string | undefined {
    const [, , area = '', ...rest] = pathname.split('/');
    if (area === 'plugins') {
      const plugin = this.parts.plugins().find(({ id }) => id === rest[0]);
      return plugin && fileBelow(plugin.folder, rest.slice(1).join('/'));
    }
    if (area === 'fonts') {
      return fontFile(this.modules, rest.join('/'));
    }
    if (pathname.startsWith(ICONS)) {
      return fileBelow(this.icons, pathname.slice(ICONS.length));
    }
    return area === 'build' ? fileBelow(this.options.hostFolder, rest.join('/')) : undefined;
  }

  private page(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const html = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    if (!this.host) {
      response.writeHead(503, { ...html, 'retry-after': '1' }).end(waitingPage('HemoStat builds its pages; they open here within a minute.'));
      return;
    }
    const plugins = this.parts.plugins();
    if (url.pathname === '/') {
      response.writeHead(302, { location: firstPage(plugins) }).end();
      return;
    }
    response.writeHead(200, html).end(pageOf(plugins, { pathname: url.pathname, visitor: visitorOf(request), appSettings: this.parts.settings.read() }, this.host));
  }
}

/** The system's error in words. */
function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const { code = '' } = cause;
  const why = { EADDRINUSE: 'is taken', EACCES: 'may not be used by this user', EADDRNOTAVAIL: 'is no address of this machine' }[code];
  return why ? new HemostatError('listen', `HEMOSTAT_PREVIEW_PORT: ${host}:${port} ${why}. Set it to a free port.`, { cause }) : cause;
}

/**
 * Serves the pages as Grafana would, as far as they need it. It listens at once; pages come when `ready` was called.
 * @throws HemostatError `listen` that names the variable when the port cannot be used
 */
export async function startPreview(options: PreviewOptions): Promise<PreviewServer> {
  const preview = new Preview(options);
  const server = createServer((request, response) => {
    preview.handle(request, response).catch((cause: unknown) => {
      options.log?.(`${request.method ?? ''} ${request.url ?? ''}: ${errorText(cause)}`);
      if (response.headersSent) {
        response.destroy();
      } else {
        sendJson(response, 500, { message: errorText(cause) });
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(cause, options.bindHost, options.port)));
    server.listen(options.port, options.bindHost, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const shown = options.bindHost === '127.0.0.1' ? 'localhost' : options.bindHost;
  return {
    url: `http://${shown}:${port}`,
    port,
    unanswered: preview.unanswered,
    ready: (files) => {
      preview.host = files;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
