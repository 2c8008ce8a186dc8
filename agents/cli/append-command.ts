import type { Command as OperatorCommand } from '../../src/contract/events';
import type { HemostatLog } from '../runtime/log';
import { observed } from '../runtime/new-event';
import type { Cli } from './context';

export interface About {
  host?: string;
  container?: string;
  incidentId?: string;
}

/** Where a command stands in the log. */
export interface Written {
  eventId: string;
  streamId: string;
  partition: number;
}

/** Writes what a person asks for into the log, with who asks. */
export async function appendCommand(cli: Cli, log: HemostatLog, command: OperatorCommand, about: About = {}): Promise<Written> {
  const container = about.container ?? '';
  const event = observed('command', 'operator', { host: about.host ?? '', container, incident_id: about.incidentId ?? '', time: new Date(cli.io.now()).toISOString() }, command);
  const [appended] = await log.append([event]);
  return { eventId: event.id, streamId: appended?.streamId ?? '', partition: log.partitionOf(container) };
}
