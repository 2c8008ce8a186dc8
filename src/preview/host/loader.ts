import { SHARED } from './shared';

type Factory = (...dependencies: unknown[]) => unknown;
type Define = (names: string[], factory: Factory) => void;

const loaded = new Map<string, Promise<unknown>>();
/** A script does not say which `define` is its own: one at a time. */
let line: Promise<unknown> = Promise.resolve();

function run(url: string): Promise<{ names: string[]; factory: Factory }> {
  return new Promise((resolve, reject) => {
    const scope = window as unknown as { define?: Define };
    let defined: { names: string[]; factory: Factory } | undefined;
    scope.define = (names, factory) => {
      defined = { names, factory };
    };
    const script = document.createElement('script');
    script.src = url;
    const end = (problem?: string) => {
      // Scripts that come later would take it for an AMD loader.
      delete scope.define;
      script.remove();
      if (defined && !problem) {
        resolve(defined);
      } else {
        reject(new Error(problem ?? `${url} is no plugin: it defines nothing.`));
      }
    };
    script.onload = () => end();
    script.onerror = () => end(`${url} cannot be loaded.`);
    document.head.append(script);
  });
}

async function load(url: string): Promise<unknown> {
  const { names, factory } = await run(url);
  const missing = names.filter((name) => name !== 'module' && !Object.hasOwn(SHARED, name));
  if (missing.length > 0) {
    throw new Error(`${url} wants ${missing.join(', ')}, which the preview does not share. Add it to src/preview/host/shared.ts.`);
  }
  // Chunks and images are found beside the module.
  const module = { uri: new URL(url, document.baseURI).href };
  return factory(...names.map((name) => (name === 'module' ? module : SHARED[name])));
}

/** Loads a built plugin as Grafana does, once. A module with a top-level await gives a promise, which is waited for. */
export async function loadPluginModule<T>(url: string): Promise<T> {
  const known = loaded.get(url);
  if (known) {
    return (await known) as T;
  }
  const loading = line.then(async () => load(url));
  line = loading.catch(() => undefined);
  loaded.set(url, loading);
  return (await loading) as T;
}
