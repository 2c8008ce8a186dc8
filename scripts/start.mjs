// npm start: sets up what is missing, then runs the whole system in the foreground until Ctrl-C.
import { spawn } from 'node:child_process';
import { bundle } from './bundle.mjs';
import { PREVIEW } from './preview/bundle.mjs';
import { ensureSetup, root } from './setup.mjs';

const { node } = await ensureSetup({ for: 'start' });
const sources = ['agents', 'src/contract', 'src/backend', 'scripts/demo-fleet', 'package.json'];
const cli = await bundle({ entry: 'agents/cli/main.ts', out: 'build/hemostat.mjs', sources });
const start = await bundle({ entry: 'scripts/start/entry.ts', out: 'build/start.mjs', sources: [...sources, 'scripts/start'] });
const preview = await bundle(PREVIEW);

// Its standard input stays open as long as we live, so that it ends when we are killed.
const child = spawn(node, ['--enable-source-maps', start], {
  stdio: ['pipe', 'inherit', 'inherit'],
  env: { ...process.env, HEMOSTAT_START_ROOT: root, HEMOSTAT_START_CLI: cli, HEMOSTAT_START_PREVIEW: preview },
});
child.stdin.on('error', () => undefined);
// Ctrl-C in a terminal reaches the child by itself; it ends all that it started, and we wait for it.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill('SIGTERM'));
}
child.once('error', (cause) => {
  console.error(`${node} cannot be started: ${cause.message}`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
