import type { Environment } from '../../runtime/settings/define';
import { isPortFree, portOwner, PORTS } from '../ports';
import type { RunFile } from '../run-file';
import { ok, warn, type Check } from './check';

async function checkPort(port: number, what: string, variable: string, ours: boolean): Promise<Check> {
  const name = `port ${port}`;
  if (await isPortFree(port)) {
    return ok(name, `free (${what})`);
  }
  const owner = (await portOwner(port)) ?? 'a process that cannot be seen from here';
  return ours ? ok(name, `${what}, ${owner}`) : warn(name, `taken by ${owner}`, `Fine if that is the ${what} that you mean; else stop it, or set ${variable} to another port.`);
}

/** Which of the system's ports are free, or by whom they are taken. */
export async function checkPorts(environment: Environment, run: RunFile | undefined): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { port, what, variable } of PORTS) {
    const chosen = Number(environment[variable]) || port;
    checks.push(await checkPort(chosen, what, variable, run?.redis?.port === chosen));
  }
  return checks;
}
