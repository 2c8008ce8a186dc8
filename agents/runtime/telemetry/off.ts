import type { AgentTelemetry, StepSpan } from './types';

const NO_SPAN: StepSpan = { set: () => undefined, fail: () => undefined };

/** Does the work and tells nobody. */
export const OFF: AgentTelemetry = {
  handling: (_event, work) => work(),
  step: (_name, _attributes, work) => work(NO_SPAN),
  spanId: () => undefined,
  record: () => undefined,
  tokens: () => undefined,
};
