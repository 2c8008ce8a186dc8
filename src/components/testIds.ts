export const testIds = {
  app: { root: 'data-testid hemostat app' },
};
