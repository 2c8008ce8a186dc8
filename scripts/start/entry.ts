import { start } from './main';

// The only place of `npm start` that sees the process; scripts/start.mjs sets the three variables.
const { HEMOSTAT_START_ROOT: root = process.cwd(), HEMOSTAT_START_CLI: cli = '', HEMOSTAT_START_PREVIEW: preview = '', ...environment } = process.env;
const stop = new AbortController();

function end(): void {
  stop.abort();
}
process.on('SIGINT', end).on('SIGTERM', end);
// Whoever started us was killed: end what we started.
process.stdin.once('end', end).once('close', end).resume();
process.stdout.on('error', end);

process.exitCode = await start({
  root,
  environment,
  cli,
  ...(preview ? { preview } : {}),
  print: (line) => {
    if (!process.stdout.destroyed) {
      process.stdout.write(`${line}\n`);
    }
  },
  signal: stop.signal,
});
process.exit();
