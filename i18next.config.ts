import { defineConfig } from 'i18next-cli';
import manifest from './plugin.json';

/** `npm run texts` gathers every text of the pages into src/locales, from where Grafana takes translations. */
export default defineConfig({
  locales: manifest.languages,
  extract: {
    input: ['src/{components,hooks,pages}/**/*.{ts,tsx}', 'src/module.tsx'],
    ignore: ['src/**/*.test.{ts,tsx}'],
    output: 'src/locales/{{language}}/{{namespace}}.json',
    defaultNS: manifest.id,
    functions: ['t', '*.t'],
    transComponents: ['Trans'],
    sort: true,
  },
});
