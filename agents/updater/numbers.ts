/** A number as people write it, not a part of a name: neither web-2 nor 3f0a nor v1. */
const NUMBER = /(?<![\w.-])[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|(?<![\w.-])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])|(?<![\w.-])[-+]?\d+(?:\.\d+)?(?=(?:ms|s|m|h|d|kB|MB|GB|MiB|GiB|x|k|M)\b)/gi;

interface Written {
  text: string;
  value: number;
  decimals: number;
}

function numbersIn(text: string): Written[] {
  return [...text.matchAll(NUMBER)].map(([written]) => ({ text: written, value: Math.abs(Number(written.replaceAll(',', ''))), decimals: /\.(\d+)/.exec(written)?.[1]?.length ?? 0 }));
}

/** Written with fewer decimals than measured is no invention; neither is a share written as percent. */
function stands({ value, decimals }: Written, facts: readonly Written[]): boolean {
  const tolerance = 0.5 * 10 ** -decimals + 1e-9;
  return facts.some((fact) => Math.abs(fact.value - value) <= tolerance || Math.abs(fact.value * 100 - value) <= tolerance);
}

/** The numbers of a text that do not stand in the facts. Words that hold digits must stand there as they are. */
export function inventedNumbers(text: string, facts: string): string[] {
  const known = numbersIn(facts);
  return numbersIn(text).filter((one) => !stands(one, known)).map((one) => one.text);
}
