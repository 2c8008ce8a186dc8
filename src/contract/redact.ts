import { redactAssignments, redactNamedElements, redactNamedRuns } from './redact/assignments';
import { redactFormats, redactPrivateKeys } from './redact/formats';
import { BLACKED_OUT, type Pass, type Redacted } from './redact/pass';

export { BLACKED_OUT, type Redacted };

/**
 * One cheap look that lets nearly every line through untouched. It must find something wherever one of the passes would:
 * a secret-like name, the beginning of a known token, `://`, or the `@` of an address.
 */
const HINT =
  /pass|pwd|secret|token|[_-]?key|credential|auth|bearer|basic |cookie|signature|session|jwt|identified|[?&](?:sig|code)=|@|PRIVATE|AKIA|ASIA|A[BCIR][CDIO]A|AIza|ya29|eyJ|gh[pousr]_|github_pat|gl[a-z]{1,6}-|xox|xapp-|sk-|[sr]k_|whsec|hooks\.|webhooks|hf_|npm_|pypi-|SG\.|do[opr]_v1|gl(?:sa|c)_|dckr_|hv[sbr]\.|shp|\d:AA|dapi|SK[0-9a-f]{32}/i;

/** A pass may lay bare what an earlier one did not see; each pass only ever takes away, so few rounds are enough. */
const MAX_ROUNDS = 6;

const PASSES: readonly Pass[] = [redactPrivateKeys, redactAssignments, redactNamedElements, redactNamedRuns, redactFormats];

/**
 * The one place where secrets are blacked out: before anything is logged, stored or sent.
 * Linear in the length of the text, never throws, and doing it twice changes nothing more.
 * JSON stays JSON: a bare value of a quoted name becomes a quoted one.
 */
export function redactText(text: string): Redacted {
  if (!HINT.test(text)) {
    return { text, count: 0 };
  }
  let current = text;
  let total = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = current;
    for (const pass of PASSES) {
      const { text: after, count } = pass(current);
      current = after;
      total += count;
    }
    if (current === before) {
      break;
    }
  }
  return { text: current, count: total };
}

/** Redacts lines that belong together, so that a private key over several lines is seen. It may return fewer lines. */
export function redactLines(lines: readonly string[]): { lines: string[]; count: number } {
  const { text, count } = redactText(lines.join('\n'));
  return { lines: text.split('\n'), count };
}
