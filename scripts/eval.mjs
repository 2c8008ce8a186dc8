// npm run eval: sets up, builds, judges statistics and rules by labelled data, prints a table and writes build/eval.json.
// Parts by name: npm run eval -- series incidents
import { spawn } from 'node:child_process';
import { bundle } from './bundle.mjs';
import { ensureSetup } from './setup.mjs';

const { node } = await ensureSetup({ for: 'eval' });
const file = await bundle({ entry: 'scripts/eval/main.ts', out: 'build/eval.mjs', sources: ['agents', 'src', 'scripts', 'tests/support', 'tests/eval', 'package.json'] });
const child = spawn(node, ['--enable-source-maps', file, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => child.kill(signal));
}
child.once('exit', (code) => process.exit(code ?? 1));
