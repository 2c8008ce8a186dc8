import { t } from './text';

const METHODS: Record<string, () => string> = {
  ai: () => t('words.by-model', 'model'),
  rule_based: () => t('words.by-rules', 'rules'),
  manual: () => t('words.by-person', 'a person'),
};

/** Who judged, such as `rules`; empty when nobody has. */
export const methodWords = (method: string | undefined): string => (method && Object.hasOwn(METHODS, method) ? (METHODS[method]?.() ?? '') : '');

/** `0.91 (rules)`; empty while nothing is known. @param confidence 0..1, as text or number */
export function confidenceWords(confidence: string | number | undefined, method: string | undefined): string {
  const value = confidence === undefined || confidence === '' ? Number.NaN : Number(confidence);
  const by = methodWords(method);
  return Number.isNaN(value) ? by : `${value.toFixed(2)}${by && ` (${by})`}`;
}
