export const testIds = {
  queryEditor: {
    type: 'data-testid hemostat query type',
    filter: (name: string) => `data-testid hemostat filter ${name}`,
    text: 'data-testid hemostat filter text',
    target: 'data-testid hemostat target',
    metrics: 'data-testid hemostat metrics',
    aggregation: 'data-testid hemostat aggregation',
    policy: 'data-testid hemostat policy',
    options: 'data-testid hemostat options',
    limit: 'data-testid hemostat limit',
    live: 'data-testid hemostat live',
    format: 'data-testid hemostat format',
  },
  variableEditor: { kind: 'data-testid hemostat variable kind' },
  help: { example: 'data-testid hemostat example' },
  configEditor: {
    field: (name: string) => `data-testid hemostat setting ${name}`,
  },
};
