import { z } from 'zod';

import { badRequest } from '../engine/errors';
import type { Exec } from '../engine/exec';
import { sendEmpty, sendJson, type Call, type Route } from './http';

const createSchema = z.object({
  Cmd: z.array(z.string()).nullish(),
  Tty: z.boolean().nullish(),
  AttachStdout: z.boolean().nullish(),
  AttachStderr: z.boolean().nullish(),
});
const startSchema = z.object({ Detach: z.boolean().nullish() });

export const RAW_STREAM = 'application/vnd.docker.raw-stream';

function parseBody<T>(schema: z.ZodType<T>, body: string): T {
  try {
    return schema.parse(JSON.parse(body === '' ? '{}' : body));
  } catch {
    throw badRequest('invalid JSON in the body of the request');
  }
}

function create({ engine, params, body, response }: Call): void {
  const container = engine.find(params[0] ?? '');
  const given = parseBody(createSchema, body);
  const exec = engine.createExec(container, {
    cmd: given.Cmd ?? [],
    tty: given.Tty ?? false,
    attachStdout: given.AttachStdout ?? false,
    attachStderr: given.AttachStderr ?? false,
  });
  sendJson(response, { Id: exec.id }, 201);
}

async function start({ engine, params, body, response }: Call): Promise<void> {
  const exec = engine.findExec(params[0] ?? '');
  if (parseBody(startSchema, body).Detach === true) {
    exec.start(() => undefined).catch(() => undefined); // Nobody listens to a detached exec.
    sendEmpty(response, 200);
    return;
  }
  exec.container.mustRun();
  response.writeHead(200, { 'Content-Type': RAW_STREAM });
  response.flushHeaders();
  await exec.start((chunk) => response.write(chunk));
  response.end();
}

function view(exec: Exec): Record<string, unknown> {
  const [entrypoint = '', ...args] = exec.config.cmd;
  return {
    ID: exec.id,
    Running: exec.running,
    ExitCode: exec.exitCode,
    ProcessConfig: { tty: exec.config.tty, entrypoint, arguments: args, privileged: false },
    OpenStdin: false,
    OpenStderr: exec.config.attachStderr,
    OpenStdout: exec.config.attachStdout,
    CanRemove: false,
    ContainerID: exec.container.id,
    DetachKeys: '',
    Pid: exec.pid,
  };
}

export const execRoutes: Route[] = [
  { method: 'POST', pattern: /^\/containers\/([^/]+)\/exec$/, handle: create },
  { method: 'POST', pattern: /^\/exec\/([^/]+)\/start$/, handle: start },
  {
    method: 'GET',
    pattern: /^\/exec\/([^/]+)\/json$/,
    handle: ({ engine, params, response }) => sendJson(response, view(engine.findExec(params[0] ?? ''))),
  },
];
