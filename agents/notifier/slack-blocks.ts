import { eventLine, plainText } from '../../src/contract/story';
import type { Message } from './channel';
import { messageTitle, missedText, newestOfEach, wordingOf, type Wording } from './wording';

/** Slack's limits. */
export const MAX_BLOCKS = 50;
export const MAX_SECTION = 3000;
/** Events told one by one in a message of many. */
const MAX_LISTED = 60;
/** Room for the title, the notes and the counts beside the lines. */
const MAX_LINE_SECTIONS = 40;

export type SlackBlock =
  | { type: 'section'; text: { type: 'mrkdwn'; text: string } }
  | { type: 'context'; elements: Array<{ type: 'mrkdwn'; text: string }> };

export interface SlackMessage {
  /** For notifications and screen readers. */
  text: string;
  blocks: SlackBlock[];
}

/** Text in which nothing is a command for Slack: no link, no mention, no call to everyone. */
export function escapeSlack(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // Where a workspace links names by itself, these words would call everyone.
      .replace(/@(?=channel|here|everyone|group)/gi, '＠')
  );
}

/** @param max of the raw text; escaping makes it five times as long at most. */
const safe = (text: string, max = 500) => escapeSlack(plainText(text, max));
const section = (text: string): SlackBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });
const context = (text: string): SlackBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });

function linkText(link: string, about: string): string {
  // A link is ours, but stands between signs that Slack reads.
  return link ? `<${link.replace(/[<>|\s]/g, '')}|Open the ${about}>` : '';
}

function singleBlocks(wording: Wording, about: string): SlackBlock[] {
  const notes = [linkText(wording.link, about)].filter(Boolean);
  return [
    section(`*${safe(wording.title, 250)}*`),
    section(safe(wording.text)),
    ...wording.details.map((detail) => section(safe(detail, 300))),
    ...notes.map(context),
  ];
}

/** Lines packed into as few sections as the limit allows. */
export function packLines(lines: readonly string[]): SlackBlock[] {
  const packs: string[] = [];
  for (const line of lines) {
    const last = packs.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= MAX_SECTION) {
      packs[packs.length - 1] = `${last}\n${line}`;
    } else {
      packs.push(line);
    }
  }
  return packs.slice(0, MAX_LINE_SECTIONS).map(section);
}

function manyBlocks(message: Message): SlackBlock[] {
  const notices = message.style === 'digest' ? newestOfEach(message.notices) : message.notices;
  const lines = notices
    .slice(0, MAX_LISTED)
    .map((notice) => `• ${safe(eventLine(notice.event, { time: message.style === 'digest' }), 400)}`);
  const more = notices.length - lines.length;
  return [
    section(`*${safe(messageTitle(message))}*`),
    ...packLines(lines),
    ...(more > 0 ? [context(`and ${more} more: npx hemostat tail --since 1h`)] : []),
  ];
}

/** A message as Slack takes it, within its limits whatever the texts are. */
export function slackMessage(message: Message, publicUrl: string): SlackMessage {
  const [first] = message.notices;
  const missed = missedText(message.missed);
  const notes = missed ? [context(safe(missed))] : [];
  if (message.style === 'single' && first) {
    const wording = wordingOf(first, publicUrl);
    return { text: safe(`${wording.title}: ${wording.text}`, 600), blocks: [...singleBlocks(wording, first.kind === 'healer' ? 'alert' : 'incident'), ...notes] };
  }
  return { text: safe(messageTitle(message)), blocks: [...manyBlocks(message), ...notes].slice(0, MAX_BLOCKS) };
}
