import { choice, integer, number, seconds, type SettingsOf } from './define';
import { modelSettings } from './model';

export const analyzerSettings = {
  confidenceThreshold: number('ANALYZER_CONFIDENCE_THRESHOLD', '0.7', 'Confidence (0 to 1) under which a verdict is a false alarm.', 0, 1),
  historySize: integer('ANALYZER_HISTORY_SIZE', '10', 'Earlier alerts of a container that trends are read from.', 1, 19),
  historyTtlMs: seconds('ANALYZER_HISTORY_TTL', '3600', 'Seconds after which an earlier alert no longer counts.', 1, 7200),
  ...modelSettings,
  aiWhen: choice('HEMOSTAT_AI_WHEN', ['always', 'unsure'] as const, 'always', 'always: the model judges every alert; unsure: only where the rules are under the confidence threshold.'),
  aiTokensPerIncident: integer('HEMOSTAT_AI_TOKENS_PER_INCIDENT', '30000', 'Tokens that one incident may use; then the rules decide.', 0, 100_000_000),
  aiLogLines: integer('HEMOSTAT_AI_LOG_LINES', '60', 'Log lines that the model sees, at most.', 0, 1000),
};
export type AnalyzerSettings = SettingsOf<typeof analyzerSettings>;
