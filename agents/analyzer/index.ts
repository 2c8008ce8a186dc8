import { chooseModel } from '../model/model';
import { SdkModel } from '../model/sdk-model';
import { RedisTokenBudget } from '../model/tokens';
import { defineAgent, type AgentContext } from '../runtime/agent';
import { analyzerSettings, type AnalyzerSettings } from '../runtime/settings/analyzer';
import { readSettings } from '../runtime/settings/define';
import { Advisor } from './advisor';
import { Analyzer } from './analyzer';
import { RedisStore, type AnalyzerStore } from './store';

/** Alerts judged at the same time: those that wait for the model or for Redis hold up no other container. */
const CONCURRENCY = 256;

function openAdvisor(context: AgentContext, settings: AnalyzerSettings, store: AnalyzerStore): Advisor | undefined {
  const chosen = chooseModel(settings);
  if ('none' in chosen) {
    context.logger.info(chosen.none);
    return undefined;
  }
  context.logger.info({ model: chosen.model, provider: chosen.provider, server: new URL(chosen.baseUrl).origin, when: settings.aiWhen }, 'a model is asked as well');
  return new Advisor({
    model: new SdkModel(chosen, settings.aiJsonSchema),
    settings,
    store,
    budget: new RedisTokenBudget(context.log),
    trouble: context.trouble,
    announce: async (event) => void (await context.log.append([event])),
    signal: context.signal,
    now: context.now,
  });
}

/** Says why a container is ill and what may help: one verdict for each alert. */
export const analyzerAgent = defineAgent({
  name: 'analyzer',
  group: 'analyzer',
  reads: ['health_alert'],
  writes: ['analysis_started', 'remediation_needed', 'false_alarm'],
  create: (context) => {
    const settings = readSettings(analyzerSettings, context.environment);
    const store = new RedisStore(context.log, settings);
    const advisor = openAdvisor(context, settings, store);
    const analyzer = new Analyzer({ settings, store, ...(advisor ? { advisor } : {}) });
    return {
      handle: (event) => analyzer.handle(event),
      concurrency: CONCURRENCY,
      state: () => ({ ...analyzer.counts, ...(advisor?.state() ?? { model: 'none' }) }),
    };
  },
});
