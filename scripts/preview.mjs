// npm run preview: shows the pages without Grafana, from the log of a running npm start or, with --demo-day, from a recorded day.
import { spawn } from 'node:child_process';
import { bundle } from './bundle.mjs';
import { PREVIEW } from './preview/bundle.mjs';
import { ensureSetup, root } from './setup.mjs';

const { node } = await ensureSetup({ for: 'start' });
const file = await bundle(PREVIEW);
// Its standard input stays open as long as we live, so that it ends when we are killed.
const child = spawn(node, ['--enable-source-maps', file, ...process.argv.slice(2)], { stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, HEMOSTAT_START_ROOT: root } });
child.stdin.on('error', () => undefined);
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill('SIGTERM'));
}
child.once('error', (cause) => {
  console.error(`${node} cannot be started: ${cause.message}`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
