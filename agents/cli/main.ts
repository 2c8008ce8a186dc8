import { userInfo } from 'node:os';
import { runCli } from './program';
import type { CliIo } from './output';

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

const stop = new AbortController();
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    asked += 1;
    stop.abort();
    if (asked > 1) {
      process.exit(130);
    }
  });
}
// `hemostat tail | head` closes the pipe: that is an end, not an error.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code === 'EPIPE') {
    process.exit(0);
  }
});

const environment = process.env;
const terminal = process.stdout.isTTY === true;
const io: CliIo = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  columns: terminal ? Math.max(60, process.stdout.columns) : 80,
  colour: terminal && !environment.NO_COLOR && environment.TERM !== 'dumb',
  folders: [process.cwd(), ...(process.argv[1] ? [process.argv[1]] : [])],
  user: userName(),
  signal: stop.signal,
  now: Date.now,
};

process.exitCode = await runCli(process.argv.slice(2), environment, io);
