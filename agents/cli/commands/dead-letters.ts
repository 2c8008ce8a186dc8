import type { Command } from 'commander';
import type { Redis } from 'ioredis';
import { decodeEvent } from '../../../src/contract/codec';
import { redactText } from '../../../src/contract/redact';
import { GROUPS } from '../../../src/contract/streams';
import type { HemostatLog } from '../../runtime/log';
import type { Cli } from '../context';
import { CliError, ageText, table } from '../output';
import { parseInteger } from '../parse';

/** One dead letter with its place. */
interface Letter {
  id: string;
  partition: number;
  at: string;
  group: string;
  entry: string;
  error: string;
  deliveries: number;
  raw: string;
}

function toLetter(partition: number, [id, flat]: [string, string[]]): Letter {
  const field = (name: string) => flat[flat.findIndex((word, index) => index % 2 === 0 && word === name) + 1] ?? '';
  return {
    id: partition === 0 ? id : `${partition}:${id}`,
    partition,
    at: new Date(Number(id.split('-')[0])).toISOString(),
    group: field('group'),
    entry: field('id'),
    error: field('error'),
    deliveries: Number(field('deliveries')),
    raw: field('raw'),
  };
}

async function letters(log: HemostatLog, limit: number): Promise<Letter[]> {
  const found = await Promise.all(
    log.partitions.map(async (keys, partition) => {
      const reply = (await log.redis.xrevrange(keys.dead, '+', '-', 'COUNT', limit)) as Array<[string, string[]]>;
      return reply.map((entry) => toLetter(partition, entry));
    })
  );
  return found
    .flat()
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, limit);
}

async function letterNamed(log: HemostatLog, word: string): Promise<Letter> {
  const [, partitionText, id = ''] = /^(?:(\d+):)?(\d+-\d+)$/.exec(word) ?? [];
  const partition = Number(partitionText ?? 0);
  const keys = log.partitions[partition];
  const reply = keys && id ? ((await log.redis.xrange(keys.dead, id, id)) as Array<[string, string[]]>) : [];
  const [entry] = reply;
  if (!entry) {
    throw new CliError(`There is no dead letter "${word}".`, '`hemostat dead-letters` lists them.');
  }
  return toLetter(partition, entry);
}

/** `raw` may hold anything, also secrets that its writer should have blacked out. */
function letterJson(letter: Letter): Letter {
  return { ...letter, error: redactText(letter.error).text, raw: redactText(letter.raw).text };
}

async function list(cli: Cli, limit: number): Promise<void> {
  const found = await cli.withLog((log) => letters(log, limit));
  cli.print(found.map(letterJson), () => {
    if (found.length === 0) {
      cli.line('No dead letters: every entry could be handled.');
      return;
    }
    const lines = table<Letter>(
      [
        { title: 'LETTER', value: (one) => one.id },
        { title: 'AGE', value: (one) => ageText(cli.io.now() - Date.parse(one.at)) },
        { title: 'GROUP', value: (one) => one.group },
        { title: 'ERROR', value: (one) => redactText(one.error).text, flexible: true, min: 20 },
      ],
      found,
      cli.io.columns
    );
    lines.forEach((line) => cli.line(line));
  });
}

async function show(cli: Cli, word: string): Promise<void> {
  const letter = letterJson(await cli.withLog((log) => letterNamed(log, word)));
  cli.print(letter, () => {
    cli.line(`dead letter ${letter.id} of ${letter.at}`);
    cli.line(`given up by  ${letter.group} after ${letter.deliveries} ${letter.deliveries === 1 ? 'try' : 'tries'}`);
    cli.line(`log entry    ${letter.entry || 'none: it never came into the log'}`);
    cli.line(`error        ${letter.error}`);
    cli.line(letter.raw);
  });
}

/** The entry that the group gave up is handed to it again: what others have handled is not repeated. */
async function retry(cli: Cli, word: string): Promise<void> {
  await cli.withLog(async (log) => {
    const letter = await letterNamed(log, word);
    const keys = log.partition(letter.partition);
    const group = GROUPS.find((one) => one === letter.group);
    if (!group || !letter.entry) {
      throw new CliError(`Dead letter ${letter.id} came from "${letter.group}" and never stood in the log: it cannot be handled as it is.`, 'Mend what sent it. `hemostat dead-letters show` prints what it sent.');
    }
    const decoded = decodeEvent(letter.raw);
    if (!decoded.ok) {
      throw new CliError(`Dead letter ${letter.id} is still no event: ${decoded.error.message}`, 'It was written by another version, or is damaged. Run the version that wrote it.');
    }
    const stands = (await log.redis.xrange(keys.log, letter.entry, letter.entry)) as unknown[];
    if (stands.length === 0) {
      throw new CliError(`The entry ${letter.entry} of dead letter ${letter.id} has been trimmed away by retention.`);
    }
    // A claim makes it pending for a reader that does not live, so that a living copy takes it over.
    await (log.redis as Redis).call('XCLAIM', keys.log, group, 'retry', 0, letter.entry, 'RETRYCOUNT', 0, 'FORCE');
    await log.redis.xdel(keys.dead, letter.id.split(':').at(-1) ?? letter.id);
    cli.print({ retried: letter.id, group, entry: letter.entry }, () => cli.line(`The ${group} takes ${decoded.value.type} of ${decoded.value.container || decoded.value.agent} up again.`));
  });
}

export function registerDeadLetters(program: Command, cli: Cli): void {
  const command = program.command('dead-letters').description('entries that could not be handled');
  command
    .command('list', { isDefault: true })
    .description('list them, newest first')
    .option('--limit <n>', 'at most this many', parseInteger(1, 10_000), 50)
    .action((options: { limit: number }) => list(cli, options.limit));
  command
    .command('show')
    .description('print one')
    .argument('<id>')
    .action((word: string) => show(cli, word));
  command
    .command('retry')
    .description('hand one to its agent again')
    .argument('<id>')
    .action((word: string) => retry(cli, word));
}
