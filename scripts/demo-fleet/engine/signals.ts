import os from 'node:os';

import { badRequest } from './errors';

const byName = new Map(Object.entries(os.constants.signals));

export interface Signal {
  name: NodeJS.Signals;
  number: number;
}

function isSignal(name: string): name is NodeJS.Signals {
  return byName.has(name);
}

/** Reads a signal as `docker kill` takes it: "SIGTERM", "TERM", "15"; absent means SIGKILL. */
export function parseSignal(text: string | null): Signal {
  const given = text ?? 'SIGKILL';
  const upper = given.toUpperCase();
  for (const [name, number] of byName) {
    if ([name, name.slice(3), String(number)].includes(upper) && isSignal(name)) {
      return { name, number };
    }
  }
  throw badRequest(`Invalid signal: ${given}`);
}
