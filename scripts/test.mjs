// Every check of the project: `npm test`, or `npm test -- lint unit` for some of its steps.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ensureSetup, root } from './setup.mjs';

const MINUTE_MS = 60_000;
/** After its results are written jest has this long to end; a test that left something open would hold it for ever. */
const EXIT_GRACE_MS = 20_000;
/** What is asked to end has this long before it is killed. */
const END_GRACE_MS = 20_000;
const POLL_MS = 250;

const script = (file, ...args) => [path.join(root, 'node_modules', file), ...args];
const tsc = (...args) => script('typescript/bin/tsc', '--noEmit', '--pretty', 'false', ...args);
const playwright = (...args) => script('@playwright/test/cli.js', 'test', ...args);
const jest = (...args) => script('jest/bin/jest.js', '--ci', ...args);

/**
 * Steps of one row run side by side, rows one after the other, the quick ones first. A step runs its commands side by side;
 * `jest` and `playwright` mark those whose tests are counted. A failed step keeps no other from running: what else is wrong is shown too.
 */
const ROWS = [
  [
    { name: 'typecheck', limit: 10, commands: [tsc('-p', 'tsconfig.json'), tsc('-p', 'agents/tsconfig.json'), tsc('-p', 'tests/browser/tsconfig.json')] },
    { name: 'lint', limit: 10, commands: [script('eslint/bin/eslint.js', '--max-warnings', '0', '.')] },
    // Fails when a text of the pages is not in src/locales: npm run texts.
    { name: 'texts', limit: 5, commands: [script('i18next-cli/dist/esm/cli.js', 'extract', '--ci')] },
  ],
  [
    { name: 'unit', limit: 15, jest: true, commands: [jest('--selectProjects', 'unit', 'ui')] },
    {
      name: 'build',
      limit: 10,
      commands: [
        script('webpack/bin/webpack.js', '--disable-interpret', '-c', './webpack.config.ts', '--env', 'production'),
        // Beside dist, which webpack empties meanwhile.
        [path.join(root, 'scripts/build-backend.mjs'), '--out', 'build/backend-check'],
      ],
    },
  ],
  // Its browsers need both cores; it shows what `build` has made.
  [{ name: 'browser', limit: 30, playwright: true, commands: [playwright('--project=preview', '--reporter=list,json')] }],
  [{ name: 'integration', limit: 30, jest: true, commands: [jest('--maxWorkers', '2', '--selectProjects', 'integration')] }],
  // One engine at a time, so that what a test measures is its own.
  [{ name: 'scenarios', limit: 45, jest: true, commands: [jest('--runInBand', '--selectProjects', 'scenarios')] }],
];
const { GRAFANA_URL } = process.env;
if (GRAFANA_URL) {
  ROWS.push([{ name: 'e2e', limit: 45, playwright: true, commands: [playwright('-c', 'tests/e2e', '--reporter=list,json')] }]);
}
const NAMES = ROWS.flat().map(({ name }) => name);
const STEPS_WITH_TESTS = new Set(ROWS.flat().filter((step) => step.jest || step.playwright).map(({ name }) => name));
/** No registry carries a Grafana server: it is the one part that may be missing. */
const SKIPPED = GRAFANA_URL ? '' : 'Skipped: the suite in a real Grafana. GRAFANA_URL=http://… npm run e2e runs it, with the plugin in that Grafana.';

const running = new Set();
let interrupted = false;

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Commands lead process groups, so that what they started ends with them. They are asked first: a Docker engine that is killed
 * leaves its containers running.
 */
async function endGroup(child) {
  signalGroup(child, 'SIGTERM');
  const end = performance.now() + END_GRACE_MS;
  while (signalGroup(child, 0) && performance.now() < end) {
    await wait(POLL_MS);
  }
  signalGroup(child, 'SIGKILL');
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  process.once(signal, async () => {
    interrupted = true;
    console.log(`\nInterrupted: ending what was started.`);
    await Promise.all([...running].map(endGroup));
    process.exit(code);
  });
}

/** Ends a command that takes too long, or that has written its results and does not end. Gives the reason. */
function watchdog(child, { limit, results }, explain) {
  const began = performance.now();
  let written;
  const timer = setInterval(() => {
    const now = performance.now();
    written ??= results && existsSync(results) ? now : undefined;
    if (now - began > limit * MINUTE_MS) {
      explain(`It took longer than ${limit} minutes and was ended.`);
      stop();
    } else if (written !== undefined && now - written > EXIT_GRACE_MS) {
      explain('All tests ran, but the process did not end: a test leaves a server, connection or timer open.');
      stop();
    }
  }, POLL_MS);
  const stop = () => {
    clearInterval(timer);
    void endGroup(child);
  };
  return timer;
}

/** @returns {Promise<{ ok: boolean, output: string }>} */
function runCommand(node, args, options, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(node, args, {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: undefined, FORCE_COLOR: '0', NO_COLOR: undefined, ...environment },
    });
    running.add(child);
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let reason = '';
    const timer = watchdog(child, options, (words) => {
      reason = words;
    });
    const finish = (ok, words) => {
      clearInterval(timer);
      running.delete(child);
      resolve({ ok, output: [output.trimEnd(), words].filter(Boolean).join('\n') });
    };
    child.once('error', (cause) => finish(false, `${node} cannot be started: ${cause.message}`));
    child.once('close', (code) => finish(code === 0, reason));
  });
}

/** Counts of one jest run, and what is wrong with it although jest itself may be content. */
function readResults(file) {
  if (!existsSync(file)) {
    return { passed: 0, failed: 0, skipped: 0, complaints: ['jest wrote no results.'] };
  }
  const results = JSON.parse(readFileSync(file, 'utf8'));
  const skipped = results.numPendingTests + results.numTodoTests;
  const empty = results.testResults.filter(({ assertionResults }) => assertionResults.length === 0);
  const complaints = [
    ...results.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => !['passed', 'failed'].includes(status))
        .map(({ fullName, status }) => `${path.relative(root, name)}: "${fullName}" did not run (${status}).`)
    ),
    ...empty.map(({ name }) => `${path.relative(root, name)} ran no test.`),
  ];
  // A file that could not be loaded has no tests to count: it counts as one that failed.
  return { passed: results.numPassedTests, failed: results.numFailedTests + empty.length, skipped, complaints };
}

const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];

/** The same of one run of Playwright. A test that passed only when it was tried again is a fault as well. */
function readBrowserResults(file) {
  if (!existsSync(file)) {
    return { passed: 0, failed: 0, skipped: 0, complaints: ['Playwright wrote no results.'] };
  }
  const { stats, suites, errors } = JSON.parse(readFileSync(file, 'utf8'));
  const odd = specsOf({ suites }).filter(({ tests }) => tests.some(({ status }) => ['skipped', 'flaky'].includes(status)));
  const complaints = [
    ...odd.map(({ file: spec, title, tests }) => `${spec}: "${title}" was ${tests.map(({ status }) => status).join(', ')}.`),
    ...errors.map(({ message }) => message),
    ...(stats.expected + stats.unexpected === 0 ? ['Playwright ran no test.'] : []),
  ];
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped, complaints };
}

/** How a step is told to write its results, and how they are read. */
function resultsOf(step, folder) {
  const file = path.join(folder, `${step.name}.json`);
  if (step.jest) {
    return { file, args: ['--json', '--outputFile', file], read: readResults };
  }
  if (step.playwright) {
    return { file, args: [], environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: file }, read: readBrowserResults };
  }
  return { args: [], read: () => ({ passed: 0, failed: 0, skipped: 0, complaints: [] }) };
}

async function runStep(node, step, folder) {
  const began = performance.now();
  console.log(`      ${step.name} …`);
  const { file: results, args: more, environment, read } = resultsOf(step, folder);
  const ran = await Promise.all(
    step.commands.map((args) => runCommand(node, [args[0], ...more, ...args.slice(1)], { limit: step.limit, results }, environment))
  );
  const counts = read(results);
  const ok = ran.every((one) => one.ok) && counts.complaints.length === 0;
  const seconds = (performance.now() - began) / 1000;
  console.log(`${ok ? 'ok   ' : 'FAIL '} ${step.name} (${seconds.toFixed(1)} s)`);
  if (!ok) {
    // The results themselves are a single line of JSON; what a person reads is all the rest.
    const output = ran.map((one) => one.output.split('\n').filter((line) => !line.startsWith('{"numFailedTestSuites"')).join('\n'));
    console.log([...output, ...counts.complaints].filter(Boolean).join('\n'));
  }
  // A failed step without a failed test, such as lint, counts as one.
  const failed = ok ? 0 : Math.max(1, counts.failed);
  return { name: step.name, ok, seconds, ...counts, failed };
}

function printSummary(done) {
  const width = Math.max(...done.map(({ name }) => name.length));
  console.log('');
  for (const { name, ok, seconds, passed, failed, skipped } of done) {
    const tests = STEPS_WITH_TESTS.has(name) ? `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}` : '';
    console.log(`${name.padEnd(width)}  ${ok ? 'ok  ' : 'FAIL'}  ${seconds.toFixed(1).padStart(6)} s  ${tests}`.trimEnd());
  }
  const sum = (key) => done.reduce((total, one) => total + one[key], 0);
  const skipped = sum('skipped');
  console.log(`\n${SKIPPED}\n`);
  console.log(`Tests: ${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}`);
}

function chooseSteps(wanted) {
  const unknown = wanted.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(', ')}. Steps: ${NAMES.join(', ')}.`);
    process.exit(2);
  }
  return ROWS.map((row) => row.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
}

const rows = chooseSteps(process.argv.slice(2));
const { node } = await ensureSetup({ for: 'test' });
const folder = mkdtempSync(path.join(tmpdir(), 'hemostat-results-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const done = [];
for (const row of rows) {
  done.push(...(await Promise.all(row.map((step) => runStep(node, step, folder)))));
  if (interrupted) {
    // The handler of the signal ends this process; no further step begins.
    await new Promise(() => undefined);
  }
}
printSummary(done);
process.exitCode = done.every(({ ok }) => ok) ? 0 : 1;
