import { hostname } from 'node:os';
import { defineAgent, type AgentContext, type AgentDefinition } from '../runtime/agent';
import { readSettings } from '../runtime/settings/define';
import { responderSettings } from '../runtime/settings/responder';
import { Approvals } from './approvals';
import { Decider } from './decide';
import { Executor } from './execute';
import { Fleet } from './fleet';
import { Knowledge } from './knowledge';
import { Memory } from './memory';
import { PolicyStore } from './policy-store';
import { Responder } from './responder';
import { environmentLayer, type ResponderSettings } from './settings';
import { Verifier } from './verify';
import { connectWorlds, type Worlds } from './world';

/** Inside a container the host name is the beginning of its own id. */
function ownIds(): string[] {
  return /^[0-9a-f]{12,64}$/.test(hostname()) ? [hostname()] : [];
}

/** Puts the parts together; `worlds` is what a test replaces. */
export function createResponder(context: AgentContext, settings: ResponderSettings, worlds: Worlds) {
  const { log, logger, trouble, now } = context;
  const policies = new PolicyStore({ environment: environmentLayer(settings, context.environment), file: settings.policyFile, logger, trouble });
  const fleet = new Fleet(log);
  const memory = new Memory();
  const knowledge = new Knowledge(log, policies, logger);
  const decider = new Decider({ fleet, knowledge, memory, ownIds: ownIds(), now });
  const approvals = new Approvals();
  const { retryMax, retryDelayMs, startTimeoutMs, execTimeoutMs, actionsAtOnce } = settings;
  const act = { retryMax, retryDelayMs, startTimeoutMs, execTimeoutMs };
  const executor = new Executor({ log, fleet, knowledge, memory, decider, worlds, trouble, now, act, actionsAtOnce });
  const verifier = new Verifier({
    log,
    fleet,
    worlds,
    logger,
    now,
    verifySeconds: (event, state) => policies.effective({ container: event.container, project: state?.project ?? event.data.project ?? '', labels: state?.labels ?? {} }).verify_seconds,
  });
  const responder = new Responder({ log, fleet, knowledge, memory, decider, executor, verifier, approvals, worlds, logger, now });
  return { responder, knowledge, memory, approvals, executor, verifier };
}

/** The responder with another way to reach engines, for tests. */
export function responderWith(connect: typeof connectWorlds): AgentDefinition {
  return defineAgent({
    name: 'responder',
    group: 'responder',
    reads: ['remediation_needed', 'command', 'container_recovered', 'remediation_complete'],
    writes: ['approval_requested', 'approval_decided', 'remediation_started', 'remediation_complete', 'remediation_verified'],
    create: (context) => {
      const settings = readSettings(responderSettings, context.environment);
      const worlds = connect(settings, context.settings.host, context.logger);
      const { responder, knowledge, approvals, executor, verifier } = createResponder(context, settings, worlds);
      const state = () => ({
        mode: knowledge.policies.effective({ container: '', project: '', labels: {} }).mode,
        policy: knowledge.policies.version,
        // What holds beyond Redis: the environment and the file of this responder. Pages and API show it.
        policy_source: JSON.stringify(knowledge.policies.source),
        paused: knowledge.switches.paused !== undefined,
        approvals_waiting: approvals.size,
        acting: executor.underWay,
        verifying: verifier.underWay,
      });
      return {
        leader: true,
        // Verifications wait for a minute each and must not hold up decisions.
        concurrency: 1024,
        handle: (event, entry) => responder.handle(event, entry),
        keyOf: (event) => responder.keyOf(event),
        // A verification lasts until the effect shows, up to a minute.
        waits: (event) => event.type === 'remediation_complete',
        lead: (fenceOf) => responder.lead(fenceOf),
        run: (signal) => responder.run(signal),
        state,
        close: () => Promise.resolve(worlds.close()),
      };
    },
  });
}

/** Decides under guards, acts, and proves that it helped. Leads alone: the blast radius is counted over the whole fleet. */
export const responderAgent = responderWith(connectWorlds);
