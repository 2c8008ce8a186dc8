import manifest from '../../package.json';

/** The one version number. */
export const VERSION: string = manifest.version;
