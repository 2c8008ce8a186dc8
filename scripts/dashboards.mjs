// npm run dashboards: writes provisioning/dashboards/hemostat/*.json and provisioning/alerting/rules.yaml from scripts/dashboards.
//   npm run dashboards -- --check   writes nothing; fails when a file is not what the sources say
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

const file = await bundle({ entry: 'scripts/dashboards/main.ts', out: 'build/dashboards.mjs', sources: ['scripts/dashboards', 'src/constants.ts', 'src/plugin.json', 'src/contract', 'src/datasource'] });
await import(pathToFileURL(file).href);
