import type { Command } from '../../../contract/events';
import { observed } from '../../../../agents/runtime/new-event';
import type { Caller } from '../types';
import type { Parts } from './route';

export interface About {
  host?: string;
  container?: string;
  incidentId?: string;
}

/**
 * Writes what a person asks for into the log: the event is also the record of it.
 * @param caller whose user the command must bear
 * @returns the id of the event
 * @throws what Redis answers. Nothing is tried again later.
 */
export async function appendCommand(parts: Parts, command: Command, about: About, caller: Caller, signal: AbortSignal): Promise<string> {
  const event = observed(
    'command',
    'operator',
    { host: about.host ?? '', container: about.container ?? '', incident_id: about.incidentId ?? '', time: new Date(parts.now()).toISOString() },
    { ...command, user: caller.user }
  );
  // A caller that is gone already must not act any more.
  signal.throwIfAborted();
  await parts.ask(signal, async () => parts.writer.append([event]));
  return event.id;
}
