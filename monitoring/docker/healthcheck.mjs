// Health check of a service: healthcheck.mjs URL asks it; healthcheck.mjs AGENT looks for its sign of life in Redis.
import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

const [what = ''] = process.argv.slice(2);

async function answers(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(8000) });
  return answer.ok ? '' : `${url} answers ${answer.status}`;
}

/** `status` ends with code 1 when anything in the system is wrong; only this very copy counts here. */
async function isAlive(agent) {
  const run = promisify(execFile)(process.execPath, ['scripts/hemostat.mjs', '--json', 'status'], { timeout: 15_000, maxBuffer: 64 * 1024 * 1024 });
  const { stdout } = await run.catch((cause) => cause);
  const { agents = [] } = JSON.parse(stdout || '{}');
  const own = process.env.HEMOSTAT_INSTANCE || hostname();
  return agents.some((one) => one.agent === agent && one.alive && one.instance.startsWith(own)) ? '' : `no sign of life of the ${agent} of ${own}`;
}

const problem = await (what.startsWith('http') ? answers(what) : isAlive(what)).catch((cause) => cause.message);
if (problem) {
  console.error(problem);
  process.exit(1);
}
