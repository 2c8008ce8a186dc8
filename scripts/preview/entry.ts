import { preview } from './main';

// The only place of the preview that sees the process; scripts/preview.mjs and npm start set the variable.
const { HEMOSTAT_START_ROOT: root = process.cwd(), ...environment } = process.env;
const stop = new AbortController();
const end = () => stop.abort();
process.on('SIGINT', end).on('SIGTERM', end);
// Whoever started us was killed: end what we started.
process.stdin.once('end', end).once('close', end).resume();
process.stdout.on('error', end);

const code = await preview({ root, environment, argv: process.argv.slice(2), print: (line) => void process.stdout.write(`${line}\n`), signal: stop.signal });
process.exit(code);
