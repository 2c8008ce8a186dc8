// npm start: sets up what is missing, then runs the whole system in the foreground until Ctrl-C.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureSetup } from './setup.mjs';
import { bundle } from './start/bundle.mjs';

const root = path.join(import.meta.dirname, '..');
const OLDEST_NODE = 22;

/** The Node that the packages bring along, where the one on the path is older than they want. */
function node() {
  const own = path.join(root, 'node_modules', 'node', 'bin', 'node');
  return Number(process.versions.node.split('.')[0]) < OLDEST_NODE && existsSync(own) ? own : process.execPath;
}

await ensureSetup();
const files = await bundle({ cli: 'agents/cli/main.ts', start: 'scripts/start/entry.ts' });

// Its standard input stays open as long as we live, so that it ends when we are killed.
const child = spawn(node(), ['--enable-source-maps', files.start], {
  stdio: ['pipe', 'inherit', 'inherit'],
  env: { ...process.env, HEMOSTAT_START_ROOT: root, HEMOSTAT_START_CLI: files.cli },
});
// Ctrl-C in a terminal reaches the child by itself; it ends all that it started, and we wait for it.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => child.kill('SIGTERM'));
}
child.stdin.on('error', () => undefined);
child.once('error', (cause) => {
  console.error(`npm start cannot run ${node()}: ${cause.message}`);
  process.exitCode = 1;
});
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
  process.exit();
});
