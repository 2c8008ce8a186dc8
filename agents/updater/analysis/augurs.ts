import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface Augurs {
  seasons: typeof import('@bsull/augurs/seasons');
  changepoint: typeof import('@bsull/augurs/changepoint');
  mstl: typeof import('@bsull/augurs/mstl');
  ets: typeof import('@bsull/augurs/ets');
}

let loaded: Promise<Augurs> | undefined;

/**
 * The WebAssembly modules of augurs. They are read at the first analysis: who runs no updater pays nothing for them.
 * @throws Error when the package is not installed
 */
export function loadAugurs(): Promise<Augurs> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Augurs> {
  const [seasons, changepoint, mstl, ets] = await Promise.all([import('@bsull/augurs/seasons'), import('@bsull/augurs/changepoint'), import('@bsull/augurs/mstl'), import('@bsull/augurs/ets')]);
  const modules = { seasons, changepoint, mstl, ets };
  const { resolve } = createRequire(import.meta.url);
  // The package is built for browsers, where it fetches its bytes; here they are handed over.
  Object.entries(modules).forEach(([name, { initSync }]) => initSync({ module: readFileSync(resolve(`@bsull/augurs/${name}`).replace(/\.js$/, '_bg.wasm')) }));
  return modules;
}

/** What augurs says, or undefined where it cannot: some series have no fit, and that is no error of ours. */
export function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
