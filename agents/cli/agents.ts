import type { AgentDefinition } from '../runtime/agent';

/** Every agent, in the order in which they are started. */
export const AGENT_NAMES = ['bridge', 'monitor', 'analyzer', 'responder', 'notifier'] as const;
export type AgentName = (typeof AGENT_NAMES)[number];

/** Loaded when they are run: other commands start faster without them. */
const LOADERS: Record<AgentName, () => Promise<AgentDefinition>> = {
  bridge: async () => (await import('../bridge')).bridgeAgent,
  monitor: async () => (await import('../monitor')).monitorAgent,
  analyzer: async () => (await import('../analyzer')).analyzerAgent,
  responder: async () => (await import('../responder')).responderAgent,
  notifier: async () => (await import('../notifier')).notifierAgent,
};

export function loadAgents(names: readonly AgentName[]): Promise<AgentDefinition[]> {
  return Promise.all(names.map((name) => LOADERS[name]()));
}
