import { applyCuts, BLACKED_OUT, type Cut, type Redacted } from './pass';

/** Words that make a name secret-like. */
const WORD =
  '(?:pass(?:word|wd|phrase|code)|(?:(?<![a-z])|db|user|smtp|admin|root)pass(?![a-z])|pwd|secret|token|api[_-]?key|apikey|(?:access|private|signing|encryption|master|account|shared|license|deploy|storage|service|auth|ssh)[_-]?key|credentials?|authorization|(?<=_)auth(?![a-z])|(?:set-)?cookie|signature|jwt|session[_-]?(?:id|key))';

/** The rest of a name that begins with such a word: DB_PASSWORD_MAIN, tokenValue, secret.key. */
const REST = '[\\w.-]{0,40}';

/** A secret-like name, the quote that closes it (maybe escaped), and what assigns. */
const ASSIGNED = new RegExp(`(${WORD})(${REST}?)(\\\\{0,8}["'\`])?\\]?[ \\t]{0,8}(?:=>|:=|={1,3}|:(?!\\/\\/)|%3d)[ \\t]{0,8}`, 'gi');

/** Options of a command and statements that need no sign: `--password x`, `IDENTIFIED BY 'x'`, `requirepass x`. */
const SPACED = new RegExp(`(?:(?<![\\w-])--[\\w-]{0,40}?${WORD}[\\w-]{0,40}|\\bidentified[ \\t]{1,4}by|\\b(?:requirepass|masterauth))[ \\t]{1,8}(?!-)`, 'gi');

/** Parameters of a URL whose names say little by themselves. */
const QUERY = /[?&](?:sig|code|key|auth)=(?=[^\s&"'#]{16})/gi;

const ELEMENT = new RegExp(`(<[\\w:.-]{0,40}?${WORD}[\\w:.-]{0,40}(?:[ \\t][^<>\\n]{0,200})?>)([^<\\n]+)(?=<)`, 'gi');

/** A secret-like word and, at most two small words later, a long run that has digits and letters. */
const NAMED_RUN = /(?:password|secret|token|key|credential)s?\b(?:[ \t]{1,4}\w{1,5}){0,2}?[ \t]{1,4}(?=[\w+/=.-]{20})/gi;
const RUN = /[\w+/=.-]+/y;

/** What such a name ends with when its value is no secret. */
const HARMLESS_WORDS = 'count,counts,length,len,type,types,expiry,expires,expires_in,expires_at,expiration,ttl,limit,limits,policy,url,uri,path,file,dir,endpoint,header,version,provider,min,max,size,budget,usage,used,age,required,enabled,disabled,valid,invalid,issuer,algorithm,alg,status,error,errors'.split(',');
const HARMLESS = new RegExp(`[_.-](?:${HARMLESS_WORDS.join('|')})$`, 'i');
const HARMLESS_CAMEL = new RegExp(`[a-z0-9](?:${HARMLESS_WORDS.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('|')})$`);

const NO_SECRET = /^(?:true|false|null|nil|none|undefined|yes|no|on|off|\*+|x{3,}|\$\{?[\w.-]{1,80}\}?)$/i;

/** Authorization and cookie carry several words. */
const HEADER = /^(?:authorization|(?:set-)?cookie)$/i;
const AUTH_SCHEME = /(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)[ \t]{1,8}/iy;

/** A separator ends a bare value only when something of its own follows it. */
const NEXT_FIELD = /[,;&][ \t]{0,4}(?:$|\s|["'`{[]|[\w.%$-]{1,60}["'`]?[ \t]{0,2}[=:])/y;
const STOPS = new Set([' ', '\t', '\n', '\r', '"', "'", '`', '<', '>', '\u2028', '\u2029']);

function sticky(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function isBareEnd(text: string, at: number): boolean {
  const char = text[at] ?? '';
  if (STOPS.has(char)) {
    return true;
  }
  if (char === '\\') {
    return /[nrt"'`\\]/.test(text[at + 1] ?? 'n');
  }
  return (char === ',' || char === ';' || char === '&') && sticky(NEXT_FIELD, text, at) !== undefined;
}

/** End of a value without quotes. */
function bareEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBareEnd(text, at)) {
    at += 1;
  }
  return at;
}

/** Where the closing quote stands: behind the same number of backslashes as the opening one, on the same line. */
function quotedEnd(text: string, from: number, quote: string, escaped: boolean): number {
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n') {
      return at;
    }
    if (char === '\\' && !escaped) {
      at += 1;
    } else if (char === quote) {
      return at;
    }
  }
  return text.length;
}

function lineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/[\r\n"'`]/.test(text[at] ?? '')) {
    at += 1;
  }
  return at;
}

/** Closing signs and full stops behind a bare value belong to the sentence around it. */
function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /[)\]},;.\\]/.test(text[end - 1] ?? '')) {
    end -= 1;
  }
  return end;
}

interface Found {
  cut?: Cut;
  /** Where the search goes on. */
  next: number;
}

const skip = (next: number): Found => ({ next });

function cutUnlessHarmless(text: string, from: number, to: number, next: number, wrap = ''): Found {
  const value = text.slice(from, to);
  return value === '' || value === BLACKED_OUT || NO_SECRET.test(value) ? skip(next) : { cut: { from, to, with: wrap + BLACKED_OUT + wrap }, next };
}

function readQuoted(text: string, at: number): Found | undefined {
  let open = at;
  while (text[open] === '\\' && open - at < 8) {
    open += 1;
  }
  const quote = text[open] ?? '';
  if (quote !== '"' && quote !== "'" && quote !== '`') {
    return undefined;
  }
  const close = quotedEnd(text, open + 1, quote, open > at);
  let end = close;
  while (open > at && end > open + 1 && text[end - 1] === '\\') {
    end -= 1;
  }
  return cutUnlessHarmless(text, open + 1, end, close + 1);
}

/** Where a list ends: its bracket, the end of the line, or the end of the JSON string that it stands in. */
function listEnd(text: string, from: number, escaped: boolean): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\n' || (char === '"' && escaped && text[at - 1] !== '\\')) {
      return at;
    }
    if (char === '"') {
      at = quotedEnd(text, at + 1, '"', escaped);
    } else if (char === '[') {
      depth += 1;
    } else if (char === ']' && (depth -= 1) === 0) {
      return at;
    }
  }
  return text.length;
}

/** `[a, b]`: all of it, since any of them may be the secret. */
function readList(text: string, at: number, nameQuote: string): Found | undefined {
  if (text[at] !== '[' || text.startsWith(BLACKED_OUT, at)) {
    return undefined;
  }
  const end = listEnd(text, at + 1, nameQuote.length > 1);
  const wrap = nameQuote.endsWith('"') ? nameQuote : '';
  const inner = text.slice(at + 1, end);
  const done = inner.trim() === '' || inner === wrap + BLACKED_OUT + wrap;
  return done ? skip(end) : { cut: { from: at + 1, to: end, with: wrap + BLACKED_OUT + wrap }, next: end };
}

function readBare(text: string, at: number, quote: string): Found {
  const stop = bareEnd(text, at);
  if (text.startsWith(BLACKED_OUT, at) && /^[)\]},;.\\]*$/.test(text.slice(at + BLACKED_OUT.length, stop))) {
    return skip(stop);
  }
  return cutUnlessHarmless(text, at, trimmedEnd(text, at, stop), stop, quote);
}

function readHeader(text: string, at: number): Found {
  const from = at + (sticky(AUTH_SCHEME, text, at)?.length ?? 0);
  const stop = lineEnd(text, from);
  if (text.startsWith(BLACKED_OUT, from)) {
    return skip(stop);
  }
  return cutUnlessHarmless(text, from, trimmedEnd(text, from, stop), stop);
}

/** The value that begins at `at`: in quotes, as a list, as the rest of a header line, or bare. */
function readValue(text: string, at: number, name: string, nameQuote: string): Found {
  const quoted = readQuoted(text, at) ?? readList(text, at, nameQuote);
  if (quoted) {
    return quoted;
  }
  if (text[at] === '{' || text[at] === '|' || text[at] === undefined) {
    return skip(at);
  }
  // Only in JSON does a bare value need quotes of its own.
  return HEADER.test(name) && nameQuote === '' ? readHeader(text, at) : readBare(text, at, nameQuote.endsWith('"') ? nameQuote : '');
}

function isHarmless(name: string): boolean {
  return HARMLESS.test(name) || HARMLESS_CAMEL.test(name);
}

/** A plural with a number ("tokens: 512") counts something. */
function isCount(word: string, rest: string, text: string, at: number): boolean {
  return /^s$/i.test(rest) && /^(?:token|secret|credential|cookie|password)s?$/i.test(word) && /^\d{1,9}(?!\w)/.test(text.slice(at, at + 12));
}

function collect(text: string, pattern: RegExp, read: (match: RegExpExecArray, at: number) => Found): Redacted {
  const cuts: Cut[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const at = match.index + match[0].length;
    const { cut, next } = read(match, at);
    if (cut) {
      cuts.push(cut);
    }
    pattern.lastIndex = Math.max(at, next);
  }
  return applyCuts(text, cuts);
}

/** `name = value` in the forms of environments, JSON (also JSON inside JSON), YAML, queries, headers, commands. */
export function redactAssignments(text: string): Redacted {
  const assigned = collect(text, ASSIGNED, ([, word = '', rest = '', quote = ''], at) =>
    isHarmless(word + rest) || isCount(word, rest, text, at) ? skip(at) : readValue(text, at, word + rest, quote)
  );
  const spaced = collect(assigned.text, SPACED, (_match, at) => readValue(assigned.text, at, '', ''));
  const query = collect(spaced.text, QUERY, (_match, at) => readBare(spaced.text, at, ''));
  return { text: query.text, count: assigned.count + spaced.count + query.count };
}

/** `<password>value</password>` */
export function redactNamedElements(text: string): Redacted {
  if (!text.includes('</')) {
    return { text, count: 0 };
  }
  let count = 0;
  const out = text.replace(ELEMENT, (match: string, open: string, value: string) => {
    if (value === BLACKED_OUT || value.trim() === '') {
      return match;
    }
    count += 1;
    return open + BLACKED_OUT;
  });
  return { text: out, count };
}

/** "the secret key is 9f86d081884c7d65…" */
export function redactNamedRuns(text: string): Redacted {
  return collect(text, NAMED_RUN, (_match, at) => {
    const run = sticky(RUN, text, at) ?? '';
    return /\d/.test(run) && /[A-Za-z]/.test(run) ? { cut: { from: at, to: at + run.length, with: BLACKED_OUT }, next: at + run.length } : skip(at);
  });
}
