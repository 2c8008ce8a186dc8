import { t as translate } from '@grafana/i18n';

/**
 * A text in the user's language. React escapes what it draws: escaped by i18next as well, `host/web-2` would be shown as `host&#x2F;web-2`.
 * @param id literal, so that it can be gathered for translation
 */
export const t: typeof translate = (id, defaultMessage, values) => translate(id, defaultMessage, { ...values, interpolation: { escapeValue: false } });
