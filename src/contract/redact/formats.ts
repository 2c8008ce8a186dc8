import { applyCuts, BLACKED_OUT, type Cut, type Redacted } from './pass';

/*
 * Every pattern here is linear: it begins at a literal or at the start of a run (look-behind), so that no stretch of
 * text is scanned from each of its characters.
 */

/** User and password of a URL, whatever they hold up to the last `@` before the path. */
const URL_USER = /(?<=:\/\/)[^\s/?#"'`<>\\]*(?=@)/g;

/** Tokens that are known by how they begin. */
const TOKENS = new RegExp(
  [
    // Amazon, Google
    String.raw`\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])`,
    String.raw`\bAIza[\w-]{30,}`,
    String.raw`\bya29\.[\w-]{20,}`,
    // GitHub, GitLab
    String.raw`\bgh[pousr]_[A-Za-z0-9]{20,}`,
    String.raw`\bgithub_pat_\w{20,}`,
    String.raw`\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[\w.-]{16,}`,
    // Slack, Discord, Telegram
    String.raw`\bxox[a-z](?:\.[a-z]{4})?-[\w-]{8,}`,
    String.raw`\bxapp-[\w-]{8,}`,
    String.raw`(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{8,}`,
    String.raw`(?<=discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{8,}`,
    String.raw`\b\d{6,12}:AA[\w-]{30,}`,
    // Language models
    String.raw`\bsk-[\w-]{16,}`,
    String.raw`\bhf_[A-Za-z0-9]{20,}`,
    // Payment, mail, phone
    String.raw`\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}`,
    String.raw`\bwhsec_[A-Za-z0-9+/=]{16,}`,
    String.raw`\bSG\.[\w-]{16,64}\.[\w-]{16,}`,
    String.raw`\bSK[0-9a-f]{32}(?![A-Za-z0-9])`,
    // Packages, registries, hosts, dashboards, vaults
    String.raw`\bnpm_[A-Za-z0-9]{30,}`,
    String.raw`\bpypi-[\w-]{40,}`,
    String.raw`\bdckr_(?:pat|oat)_[\w-]{16,}`,
    String.raw`\bdo[opr]_v1_[0-9a-f]{32,}`,
    String.raw`\bgl(?:sa|c)_[\w+/=]{20,}`,
    String.raw`\bhv[sbr]\.[\w-]{20,}`,
    String.raw`\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}`,
    String.raw`\bdapi[0-9a-f]{32}`,
    // JSON Web Tokens, with or without signature
    String.raw`(?<![\w-])eyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*){0,3}`,
  ].join('|'),
  'g'
);

/** A scheme of HTTP authentication and what follows it. */
const SCHEMES = /\b(?:bearer|basic)(?:[ \t]{1,8}|%20|\+)(?=[\w.~+/=-]{6})/gi;
const CREDENTIAL = /[\w.~+/=-]+/y;
/** Words do not have these; what is encoded has at least one. */
const ENCODED = /[0-9=+/~_]|[a-z][A-Z]|[A-Z]{2}[a-z]|\.[A-Za-z]/;

const MAIL = /(?<![\w.%+-])[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?![A-Za-z0-9-])/g;

const KEY_BLOCK = /-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^"'<>]*?(?:-----END[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?=["'<>])|$)/g;
const KEY_END = /-----END[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_ROW = /^[A-Za-z0-9+/=]{4,}\r?\n$/;

function replaceAll(text: string, pattern: RegExp): Redacted {
  let count = 0;
  const out = text.replace(pattern, (match: string) => {
    if (match === '' || match === BLACKED_OUT) {
      return match;
    }
    count += 1;
    return BLACKED_OUT;
  });
  return { text: out, count };
}

/** `Bearer` and `Basic` with a credential behind them; plain words ("basic authentication") stay. */
function redactSchemes(text: string): Redacted {
  const cuts: Cut[] = [];
  SCHEMES.lastIndex = 0;
  for (let match = SCHEMES.exec(text); match; match = SCHEMES.exec(text)) {
    CREDENTIAL.lastIndex = match.index + match[0].length;
    const value = CREDENTIAL.exec(text)?.[0] ?? '';
    SCHEMES.lastIndex += value.length;
    if (ENCODED.test(value)) {
      cuts.push({ from: match.index + match[0].length, to: SCHEMES.lastIndex, with: BLACKED_OUT });
    }
  }
  return applyCuts(text, cuts);
}

/** Everything that is known by its form, wherever it stands. */
export function redactFormats(text: string): Redacted {
  const urls = replaceAll(text, URL_USER);
  const schemes = redactSchemes(urls.text);
  const tokens = replaceAll(schemes.text, TOKENS);
  const mail = replaceAll(tokens.text, MAIL);
  return { text: mail.text, count: urls.count + schemes.count + tokens.count + mail.count };
}

/** Rows of a key whose first line was cut off, as it happens with the last lines of a log. */
function redactKeyTails(text: string): Redacted {
  const cuts: Cut[] = [];
  let floor = 0;
  KEY_END.lastIndex = 0;
  for (let match = KEY_END.exec(text); match; match = KEY_END.exec(text)) {
    let from = match.index;
    // Back over rows of base64, never further than the end of the key before: linear in all.
    while (from > floor) {
      const start = Math.max(floor, text.lastIndexOf('\n', from - 2) + 1);
      if (!KEY_ROW.test(text.slice(start, from))) {
        break;
      }
      from = start;
    }
    floor = KEY_END.lastIndex;
    cuts.push({ from, to: floor, with: BLACKED_OUT });
  }
  return applyCuts(text, cuts);
}

/** PEM and PGP private keys, whole or cut at either end. */
export function redactPrivateKeys(text: string): Redacted {
  if (!text.includes('PRIVATE KEY')) {
    return { text, count: 0 };
  }
  const blocks = replaceAll(text, KEY_BLOCK);
  const tails = redactKeyTails(blocks.text);
  return { text: tails.text, count: blocks.count + tails.count };
}
