/** The Python original's messages: read leniently, written in one form. */
export { decodeLegacy, legacyTime, type LegacyMessage } from './legacy/decode';
export { encodeLegacy, legacyCommands, type LegacyLists } from './legacy/encode';
