/** What the preview's bundle is made of, and where it goes; `npm start` and `npm run preview` use the same. */
export const PREVIEW = {
  entry: 'scripts/preview/entry.ts',
  out: 'build/preview.mjs',
  sources: ['agents', 'src/contract', 'src/backend', 'scripts/preview', 'scripts/demo-fleet/random.ts', 'tests/support', 'package.json'],
};
