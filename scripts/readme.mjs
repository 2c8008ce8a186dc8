// npm run readme: writes the generated parts of README.md anew.
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

const file = await bundle({ entry: 'scripts/readme/main.ts', out: 'build/readme.mjs', sources: ['agents', 'src/contract', 'scripts/readme'] });
await import(pathToFileURL(file).href);
