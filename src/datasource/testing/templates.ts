import type { ScopedVars } from '@grafana/data';

type Format = string | ((value: string | string[], variable: { name: string }) => string);

export interface FakeVariable {
  value: string | string[];
  /** Set to "All": the text that Grafana shows for it. */
  text?: string;
  /** Given in place of all values, past any format, as Grafana does. */
  allValue?: string;
}

/** Grafana's template service, as far as data sources see it: `$name`, `${name}`, `${name:text}` and a format of one's own. */
export function fakeTemplates(variables: Record<string, FakeVariable>) {
  return {
    replace: (target = '', _scopedVars?: ScopedVars, format?: Format): string =>
      target.replace(/\$(\w+)|\$\{(\w+)(?::(\w+))?\}/g, (match: string, plain: string | undefined, braced: string | undefined, named: string | undefined) => {
        const name = plain ?? braced ?? '';
        const variable = variables[name];
        if (!variable) {
          return match;
        }
        if (named === 'text') {
          return variable.text ?? [variable.value].flat().join(' + ');
        }
        if (variable.allValue !== undefined) {
          return variable.allValue;
        }
        return typeof format === 'function' ? format(variable.value, { name }) : [variable.value].flat().join(',');
      }),
    getVariables: () => Object.keys(variables).map((name) => ({ name })),
    containsTemplate: (target = '') => target.includes('$'),
    updateTimeRange: () => undefined,
  };
}
