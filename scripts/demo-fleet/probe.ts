import http from 'node:http';
import path from 'node:path';

import type { ProbeResult } from './engine/types';

const MAX_OUTPUT = 4096;
/** A probe that hangs is given up by the health monitor; this only closes its connection. */
const ABANDON_MS = 30_000;

/** What the check shown in inspect would print, had the container a network of its own. */
const REFUSED = "wget: can't connect to remote host (127.0.0.1): Connection refused";

/** Asks the health page of the program that lives in this folder: exit code 0 for status 200, else 1. */
export function httpProbe(runDir: string): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const request = http.get(
      { socketPath: path.join(runDir, 'http.sock'), path: '/healthz', agent: false, timeout: ABANDON_MS },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body = (body + chunk).slice(0, MAX_OUTPUT);
        });
        response.on('error', () => resolve({ exitCode: 1, output: REFUSED }));
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const healthy = status === 200;
          const failure = `wget: server returned error: HTTP/1.1 ${status}\n${body}`;
          resolve({ exitCode: healthy ? 0 : 1, output: healthy ? body : failure });
        });
      }
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve({ exitCode: 1, output: REFUSED }));
  });
}
