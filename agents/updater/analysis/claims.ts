import { inventedNumbers } from '../numbers';

/* What a model must not say: figures that were not measured, in digits or in words, and where to go. */

const SMALL = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const VALUES = new Map<string, number>([...SMALL.map((word, value) => [word, value] as const), ...TENS.map((word, at) => [word, (at + 2) * 10] as const)]);
/** Factors and shares that no figure stands for by itself. */
const LOOSE = /\b(?:doubl(?:e|ed|es|ing)|tripl(?:e|ed|es|ing)|quadrupl(?:e|ed|es|ing)|hal(?:f|ved|ves)|twice|thrice|\w*fold|hundreds?|thousands?|millions?|billions?|dozens?)\b/i;
const NUMBER_WORD = new RegExp(`\\b(${[...VALUES.keys()].join('|')})\\b`, 'gi');
const ADDRESS = /\b[a-z][a-z\d+.-]{1,20}:\/\/|\bwww\.|\b(?:curl|wget|sudo|rm -\w+)\b/i;

/** Numbers in words as digits. "One" counts nothing most of the time: "at one point". */
const inDigits = (text: string): string => text.replace(NUMBER_WORD, (word) => (word.toLowerCase() === 'one' ? word : String(VALUES.get(word.toLowerCase()) ?? word)));

/**
 * Why a text of the model may not stand; undefined when it may.
 * @param facts all figures that it was given, in words
 * @param names of series, which may hold digits and are no figures
 */
export function unfounded(text: string, facts: string, names: readonly string[]): string | undefined {
  // Longest first: one name may be a part of another.
  const bare = [...names].sort((a, b) => b.length - a.length).reduce((rest, name) => (name ? rest.replaceAll(name, ' ') : rest), text);
  const address = ADDRESS.exec(bare)?.[0];
  if (address) {
    return `the model names an address or a command ("${address}")`;
  }
  const loose = LOOSE.exec(bare)?.[0];
  if (loose) {
    return `the model tells a figure in words ("${loose}") that cannot be checked`;
  }
  const [invented] = inventedNumbers(inDigits(bare), facts);
  return invented === undefined ? undefined : `the model tells a figure (${invented}) that was not measured`;
}
