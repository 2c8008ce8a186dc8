import { durationText } from '../../contract/story/time';

/** A limit or a measured value as a guard writes it: `2880 s` as `48 min`; anything else stays. */
export const readable = (text = ''): string => text.replace(/^(\d+(?:\.\d+)?) s$/, (_, seconds: string) => durationText(Number(seconds) * 1000));
