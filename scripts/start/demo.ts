import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startDemoFleet, type DemoFleet } from '../demo-fleet';
import type { Environment } from '../../agents/runtime/settings/define';

/** Longest path of a unix socket, with the terminating zero. */
const MAX_SOCKET_PATH = 107;

/**
 * What the demo sets where the user sets nothing: it heals by itself, and soon again.
 * Every value is printed.
 */
const DEMO_SETTINGS: Readonly<Record<string, string>> = {
  HEMOSTAT_MODE: 'auto',
  RESPONDER_COOLDOWN_SECONDS: '60',
  RESPONDER_MAX_RETRIES_PER_HOUR: '20',
};

/** The usual blast radius would end the demo after a third of its small fleet. */
const DEMO_POLICY = `# Written by npm start for the demo fleet.
version: 1
defaults:
  # The fleet's own start counts as a start by hand.
  manual_grace_seconds: 5
  start_grace_seconds: 3
  blast_radius:
    containers_per_hour: 100
    per_project_per_hour: 100
    fleet_share: 1
`;

/** Settings for the demo, with its policy file in the folder. */
export function demoEnvironment(environment: Environment, folder: string): Record<string, string> {
  const file = path.join(folder, 'demo-policy.yaml');
  const settings = Object.entries({ ...DEMO_SETTINGS, HEMOSTAT_POLICY_FILE: file }).filter(([name]) => !environment[name]);
  if (!environment.HEMOSTAT_POLICY_FILE) {
    writeFileSync(file, DEMO_POLICY);
  }
  return Object.fromEntries(settings);
}

/** Starts the demo fleet with its socket in the folder, or where paths are shorter. */
export async function startDemo(folder: string): Promise<DemoFleet> {
  const wanted = path.join(folder, 'docker.sock');
  const socketPath = Buffer.byteLength(wanted) <= MAX_SOCKET_PATH ? wanted : path.join(os.tmpdir(), `hemostat-${process.pid}.sock`);
  // A killed npm start leaves its socket file; nobody listens there any more, since only one runs in a checkout.
  rmSync(socketPath, { force: true });
  return startDemoFleet({ socketPath });
}
