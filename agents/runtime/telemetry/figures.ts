import type { Meter } from '@opentelemetry/api';
import { HISTOGRAM_BOUNDS } from '../../../src/contract/observability/histogram';
import { METRIC_NAMES } from '../../../src/contract/observability/schemas';
import type { TokenUse } from './types';

/** Names under which agents are measured. */
export const FIGURE = {
  ...METRIC_NAMES,
  cost: 'agent.cost.total',
  tokensOfCall: 'agent.tokens.call',
  /** By the semantic conventions of OpenTelemetry. */
  genAiTokens: 'gen_ai.client.token.usage',
} as const;

/** Counts what agents do. Each count costs less than a microsecond, so nothing is ever left out here. */
export class Figures {
  private readonly requests;
  private readonly errors;
  private readonly latency;
  private readonly tokens;
  private readonly tokensOfCall;
  private readonly genAiTokens;
  private readonly cost;

  constructor(meter: Meter) {
    const advice = { explicitBucketBoundaries: [...HISTOGRAM_BOUNDS] };
    this.requests = meter.createCounter(FIGURE.requests, { description: 'Handlings and rounds of an agent.' });
    this.errors = meter.createCounter(FIGURE.errors, { description: 'Those that failed.' });
    this.latency = meter.createHistogram(FIGURE.latency, { unit: 'ms', description: 'How long they took.', advice });
    this.tokens = meter.createCounter(FIGURE.tokens, { unit: '{token}', description: 'Tokens of language models.' });
    this.tokensOfCall = meter.createHistogram(FIGURE.tokensOfCall, { unit: '{token}', description: 'Tokens of each model call, prompt and answer.', advice });
    this.genAiTokens = meter.createHistogram(FIGURE.genAiTokens, { unit: '{token}', description: 'Tokens of each model call, by type.', advice });
    this.cost = meter.createCounter(FIGURE.cost, { unit: 'USD', description: 'Cost of model calls where prices are set.' });
  }

  /** @param ms undefined when its time says nothing */
  request(agent: { agent: string }, ms: number | undefined, failed: boolean): void {
    this.requests.add(1, agent);
    if (ms !== undefined) {
      this.latency.record(ms, agent);
    }
    if (failed) {
      this.errors.add(1, agent);
    }
  }

  call({ agent }: { agent: string }, { model, provider, input, output, costUsd, operation }: TokenUse): void {
    const named = { agent, 'gen_ai.operation.name': operation, 'gen_ai.provider.name': provider, 'gen_ai.request.model': model };
    this.tokens.add(input, { agent, direction: 'input' });
    this.tokens.add(output, { agent, direction: 'output' });
    this.tokensOfCall.record(input + output, { agent });
    this.genAiTokens.record(input, { ...named, 'gen_ai.token.type': 'input' });
    this.genAiTokens.record(output, { ...named, 'gen_ai.token.type': 'output' });
    if (costUsd !== undefined) {
      this.cost.add(costUsd, { agent });
    }
  }
}
