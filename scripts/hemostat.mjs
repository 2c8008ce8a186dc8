#!/usr/bin/env node
// Starts the command line: bundles it when its sources changed, and runs it in this very process.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_NODE = 22;
const self = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(self));

/** What the bundle is made of, and where it goes; `npm start` and the image use the same. */
const COMMAND_LINE = {
  entry: 'agents/cli/main.ts',
  out: 'build/hemostat.mjs',
  sources: ['agents', 'src/contract', 'src/backend', 'scripts/demo-fleet', 'package.json'],
};

function fail(line) {
  console.error(line);
  process.exit(1);
}

/** An older Node cannot run the packages: the project's own one does, and this process only passes on signals and its end. */
function runOnOwnNode() {
  const node = path.join(root, 'node_modules/.bin/node');
  if (!existsSync(node)) {
    fail(`HemoStat needs Node ${OLDEST_NODE} or newer; this is ${process.version}. Run: npm ci    (it brings Node 24 along)`);
  }
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.once('error', (cause) => fail(`${node} cannot be started: ${cause.message}`));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

async function runHere() {
  process.setSourceMapsEnabled(true);
  const { bundle } = await import('./bundle.mjs');
  let file;
  try {
    file = await bundle(COMMAND_LINE);
  } catch (cause) {
    if (cause.code === 'ERR_MODULE_NOT_FOUND') {
      fail('The packages of HemoStat are not installed. Run: npm ci');
    }
    // esbuild has named the errors already.
    fail(`The command line cannot be built from ${COMMAND_LINE.entry}.`);
  }
  await import(pathToFileURL(file).href);
}

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  runOnOwnNode();
} else {
  await runHere();
}
