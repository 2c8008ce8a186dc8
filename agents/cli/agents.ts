import { setFlagsFromString } from 'node:v8';
import type { AgentDefinition } from '../runtime/agent';

/** The agents that heal, in the order in which they are started: what `all` means. */
export const HEALERS = ['bridge', 'monitor', 'analyzer', 'responder', 'notifier'] as const;
/** Every agent by its name; `api` serves the HTTP API, `exporter` the metrics, `updater` explains on dashboards, `observer` watches HemoStat itself. */
export const AGENT_NAMES = [...HEALERS, 'api', 'exporter', 'updater', 'observer'] as const;
export type AgentName = (typeof AGENT_NAMES)[number];

/** Loaded when they are run: other commands start faster without them. */
const LOADERS: Record<AgentName, () => Promise<AgentDefinition>> = {
  bridge: async () => (await import('../bridge')).bridgeAgent,
  monitor: async () => (await import('../monitor')).monitorAgent,
  analyzer: async () => (await import('../analyzer')).analyzerAgent,
  responder: async () => (await import('../responder')).responderAgent,
  notifier: async () => (await import('../notifier')).notifierAgent,
  api: async () => (await import('../api')).apiAgent,
  exporter: async () => (await import('../exporter')).exporterAgent,
  updater: async () => (await import('../updater')).updaterAgent,
  observer: async () => (await import('../observer')).observerAgent,
};

/**
 * Loads agents. The exporter by itself keeps little and throws away much, and by default V8 lets the heap of such a process grow to
 * several times what it holds, and gives nothing back. Told to mind the size it counts slower, but fast enough (`npm run bench -- exporter`).
 * With other agents in the process nothing is set: they must answer fast.
 */
export function loadAgents(names: readonly AgentName[]): Promise<AgentDefinition[]> {
  if (names.every((name) => name === 'exporter')) {
    setFlagsFromString('--optimize-for-size');
  }
  return Promise.all(names.map((name) => LOADERS[name]()));
}
