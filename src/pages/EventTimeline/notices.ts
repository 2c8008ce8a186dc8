import type { PageMeta } from '../../hooks/readPage';

/**
 * What an answer says of itself and a reader of the list must know. That there are more events is shown by the list itself,
 * and what cannot be read is counted over all pages.
 * @param more whether another page follows
 */
export const noticesOf = (notices: PageMeta['notices'], more: boolean): string[] =>
  notices.filter(({ severity, text }) => (severity === 'info' ? !more : !text.includes('could not be read'))).map(({ text }) => text);
