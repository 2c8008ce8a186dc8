export { analyse } from './analyse';
export { unfounded } from './claims';
export { InsightWording } from './wording';
export type { AnalysisInput, ModelWording, SeriesInput, Wording, WordingQuestion } from './types';
