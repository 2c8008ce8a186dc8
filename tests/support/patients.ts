import { execFileSync } from 'node:child_process';
import { constants, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { ContainerForTest, DockerEngine } from './docker';
import { eventually } from './eventually';
import { removeFolder, temporaryFolder } from './processes';

export interface PatientForTest extends Omit<ContainerForTest, 'cmd' | 'binds'> {
  /** Shell commands at every start, before it takes orders. */
  begin?: string;
}

/** A container that does what the test tells it, at the moment at which it is told. */
export interface Patient {
  readonly name: string;
  readonly container: Docker.Container;
  /** Has its process 1 run a shell command: `exit 1`, `while :; do :; done`. */
  order(command: string): Promise<void>;
  /** How often it was started, by its own log. */
  starts(): Promise<number>;
  /** Milliseconds since 1970. */
  startedAt(): Promise<number>;
}

export interface Hospital {
  admit(patient: PatientForTest): Promise<Patient>;
  close(): void;
}

const UP = 'patient is up';
const ORDERS = '/orders';

/** `wait` lets the shell obey a stop at once. */
const program = (name: string, begin: string) => `trap 'exit 0' TERM
echo ${UP}
${begin}
while :; do
  cat ${ORDERS}/${name} > /tmp/order & wait $!
  eval "$(cat /tmp/order)"
done`;

/** A container's whole output as text. */
export async function outputOf(container: Docker.Container): Promise<string> {
  return (await container.logs({ stdout: true, stderr: true })).toString();
}

/** Orders go through named pipes in a folder that all patients share. */
export function openHospital(docker: DockerEngine): Hospital {
  const folder = temporaryFolder('orders');
  return {
    async admit({ begin = '', ...rest }) {
      const { name } = rest;
      const pipe = path.join(folder, name);
      // An earlier patient may have had the name.
      rmSync(pipe, { force: true });
      execFileSync('mkfifo', [pipe]);
      const container = await docker.runContainer({ ...rest, cmd: program(name, begin), binds: [`${folder}:${ORDERS}`] });
      return patient(name, container, pipe);
    },
    close: () => removeFolder(folder),
  };
}

function patient(name: string, container: Docker.Container, pipe: string): Patient {
  return {
    name,
    container,
    // Without a reader the pipe cannot be opened: it listens in a moment.
    order: (command) =>
      eventually(async () => {
        const file = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
        await file.write(`${command}\n`);
        await file.close();
      }),
    starts: async () => (await outputOf(container)).split(UP).length - 1,
    startedAt: async () => Date.parse((await container.inspect()).State.StartedAt),
  };
}
