import type { Command } from 'commander';
import type { Command as OperatorCommand, HemostatEvent } from '../../../src/contract/events';
import { ENDED_STATES, type IncidentSummary } from '../../../src/contract/incident';
import { appendCommand } from '../append-command';
import type { Cli } from '../context';
import { describeIncident, incidentNamed, shortId } from '../incident-of';
import { actionOutcome, rejectOutcome, waitForOutcome, type Outcome } from '../outcome';
import { CliError } from '../output';
import { parseInteger } from '../parse';

export interface IncidentOptions {
  digest?: string;
  reason?: string;
  minutes?: number;
  wait?: boolean | number;
}

/** One command about one incident. */
interface IncidentCommand {
  name: string;
  about: string;
  /** Makes the event, or throws a CliError that says why it makes no sense now. */
  make(incident: IncidentSummary, options: IncidentOptions, by: { user: string; reason?: string }, now: number): OperatorCommand;
  /** What happens next, in one line. */
  next(incident: IncidentSummary, command: OperatorCommand): string;
  outcomeOf?: (event: HemostatEvent) => Outcome;
}

/** Seconds that --wait waits when no number is given. */
export const WAIT_SECONDS = 120;

/** The digest of the action that waits for an answer. */
function waitingDigest(incident: IncidentSummary, given: string | undefined, now: number): string {
  const { digest = '', expires_at: expires = '' } = incident.fields;
  if (incident.state !== 'awaiting_approval' || digest === '') {
    throw new CliError(`Incident ${shortId(incident.id)} waits for no approval; it is ${incident.state}.`, '`hemostat incidents` shows which are awaiting_approval.');
  }
  if (given !== undefined && (given.length < 8 || !digest.startsWith(given))) {
    throw new CliError(`The action that waits has the digest ${digest}, not ${given}: it is not the one you looked at.`, `See \`hemostat explain ${shortId(incident.id)}\` and decide anew.`);
  }
  if (Date.parse(expires) < now) {
    throw new CliError(`The request has expired at ${expires}.`, 'The responder asks anew when the container is still ill.');
  }
  return digest;
}

function notEnded(incident: IncidentSummary): void {
  if (ENDED_STATES.includes(incident.state)) {
    throw new CliError(`Incident ${shortId(incident.id)} has ended already: it is ${incident.state}.`, '`hemostat incidents` lists the active ones.');
  }
}

export const INCIDENT_COMMANDS: readonly IncidentCommand[] = [
  {
    name: 'approve',
    about: 'allow the action that waits for approval',
    make: (incident, options, by, now) => ({ command: 'approve', digest: waitingDigest(incident, options.digest, now), ...by }),
    next: (incident) => `The responder checks its guards again and then does: ${incident.fields.action ?? 'the action'} of ${incident.fields.key ?? ''}.`,
    outcomeOf: actionOutcome,
  },
  {
    name: 'reject',
    about: 'refuse the action that waits for approval',
    make: (incident, options, by, now) => ({ command: 'reject', digest: waitingDigest(incident, options.digest, now), ...by }),
    next: () => 'Nothing is done. The incident stays on the list until the container is well.',
    outcomeOf: rejectOutcome,
  },
  {
    name: 'acknowledge',
    about: 'mark an incident as seen by you',
    make: (incident, _options, by) => {
      notEnded(incident);
      return { command: 'acknowledge', ...by };
    },
    next: () => 'It is marked as seen; healing goes on.',
  },
  {
    name: 'silence',
    about: 'send no notices about an incident for some minutes',
    make: (incident, options, by, now) => {
      notEnded(incident);
      return { command: 'silence', until: new Date(now + (options.minutes ?? 60) * 60_000).toISOString(), ...by };
    },
    next: (_incident, command) => `No notices about it until ${'until' in command ? command.until : ''}; healing goes on.`,
  },
  {
    name: 'unsilence',
    about: 'send notices about an incident again',
    make: (incident, _options, by) => {
      if (!incident.fields.silenced_until) {
        throw new CliError(`Incident ${shortId(incident.id)} is not silenced.`);
      }
      return { command: 'unsilence', ...by };
    },
    next: () => 'Notices about it are sent again.',
  },
  {
    name: 'resolve',
    about: 'close an incident by hand',
    make: (incident, _options, by) => {
      notEnded(incident);
      return { command: 'resolve', ...by };
    },
    next: () => 'It is closed. When the container is still ill, the next alert opens a new one.',
  },
];

export function waitSeconds(wait: boolean | number | undefined): number | undefined {
  return wait === true ? WAIT_SECONDS : typeof wait === 'number' ? wait : undefined;
}

/** Who asks, for the record. */
export function byWhom(cli: Cli, reason: string | undefined): { user: string; reason?: string } {
  return { user: cli.user, ...(reason ? { reason } : {}) };
}

async function perform(cli: Cli, one: IncidentCommand, word: string, options: IncidentOptions): Promise<void> {
  await cli.withLog(async (log, settings) => {
    const incident = await incidentNamed(log, word);
    const command = one.make(incident, options, byWhom(cli, options.reason), cli.io.now());
    const { host = '', container = '' } = incident.fields;
    const written = await appendCommand(cli, log, command, { host, container, incidentId: incident.id });
    const seconds = waitSeconds(options.wait);
    if (!cli.options.json) {
      cli.line(`${one.name}: ${describeIncident(incident)}`);
      cli.line(one.next(incident, command));
    }
    const outcomeOf = one.outcomeOf;
    const outcome =
      seconds !== undefined && outcomeOf
        ? await waitForOutcome(cli, log, settings, { partition: written.partition, from: written.streamId, seconds, mine: (event) => event.incident_id === incident.id, outcomeOf })
        : undefined;
    if (cli.options.json) {
      cli.json({ incident_id: incident.id, event_id: written.eventId, ...command, ...(outcome ? { outcome } : {}) });
    }
  });
}

export function registerIncidentCommands(program: Command, cli: Cli): void {
  for (const one of INCIDENT_COMMANDS) {
    const command = program
      .command(one.name)
      .description(one.about)
      .argument('<incident>', 'incident id, its beginning, or a container')
      .option('--reason <text>', 'why, for the record')
      .option('--wait [seconds]', `wait for the outcome (${WAIT_SECONDS} s)`, parseInteger(1, 86_400));
    if (one.name === 'approve' || one.name === 'reject') {
      command.option('--digest <digest>', 'only when the waiting action has this digest (8 characters at least)');
    }
    if (one.name === 'silence') {
      command.requiredOption('--minutes <n>', 'for how long, 5 to 1440', parseInteger(5, 1440));
    }
    command.action((word: string, options: IncidentOptions) => perform(cli, one, word, options));
  }
}
