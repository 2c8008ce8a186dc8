// npm run bench: sets up, builds, measures, prints a table and writes build/bench.json. Parts by name: npm run bench -- redis chain
import { spawn } from 'node:child_process';
import { bundle } from './bundle.mjs';
import { ensureSetup } from './setup.mjs';

const { node } = await ensureSetup({ for: 'bench' });
const sources = ['agents', 'src', 'scripts', 'tests/support', 'package.json'];
await bundle({ entry: 'agents/cli/main.ts', out: 'build/hemostat.mjs', sources });
const file = await bundle({ entry: 'scripts/bench/main.ts', out: 'build/bench.mjs', sources });
const child = spawn(node, ['--enable-source-maps', file, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => child.kill(signal));
}
child.once('exit', (code) => process.exit(code ?? 1));
