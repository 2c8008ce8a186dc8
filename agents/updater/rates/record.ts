import { z } from 'zod';
import type { AnnotationPlace, Evidence } from '../../../src/contract/events';
import { derivedId } from '../../runtime/ids';
import type { Explanation } from './cause';
import type { Episode } from './episode';
import type { Told } from './text';

const placeSchema = z.object({
  dashboard_uid: z.string(),
  panel_id: z.number(),
  /** Grafana's id, once it is known. */
  annotation_id: z.number().optional(),
  /** Milliseconds: when the annotation was written last. */
  written_at: z.number().optional(),
  /** It carries its end. */
  closed: z.boolean().optional(),
  /** Why it will not be written (any more): the dashboard or the annotation is gone. */
  given_up: z.string().optional(),
  /** The kind of the last failure, so that it is told once. */
  failure: z.string().optional(),
});
export type RecordPlace = z.infer<typeof placeSchema>;

const episodeSchema: z.ZodType<Episode> = z.object({
  began_at: z.number(),
  last_at: z.number(),
  seen_at: z.number(),
  value: z.number(),
  worst: z.number(),
  requests: z.number().optional(),
  low_since: z.number().optional(),
  unknown_since: z.number().optional(),
});

const evidenceSchema: z.ZodType<Evidence> = z.object({ what: z.string(), value: z.string(), source: z.string().optional() });
const explanationSchema: z.ZodType<Explanation> = z.object({
  cause: z.string(),
  confidence: z.number(),
  method: z.enum(['statistics', 'model']),
  evidence: z.array(evidenceSchema),
  recommendations: z.array(z.string()),
  incidents: z.array(z.string()),
});

/** An episode with its annotations, as Redis keeps it: enough for another copy to go on. */
export const recordSchema = z.object({
  id: z.string(),
  /** Id of the rate in the configuration; its name and limit as they were when the episode began. */
  rate: z.string(),
  name: z.string(),
  threshold: z.number(),
  episode: episodeSchema,
  explanation: explanationSchema,
  /** Milliseconds; set when it is over and only its annotations are to be closed. */
  ended_at: z.number().optional(),
  /** Milliseconds of the last event that was written of it. */
  told_at: z.number().optional(),
  told_end: z.boolean().optional(),
  /** What the model was asked about: it is not asked twice about the same. */
  asked: z.string().optional(),
  places: z.array(placeSchema),
  /** False as long as Grafana could not say which panels are affected. */
  places_known: z.boolean(),
});
export type EpisodeRecord = z.infer<typeof recordSchema>;

export const episodeId = (rate: string, beganAt: number) => derivedId('error_rate_episode', rate, beganAt);
/** Tells every try of one annotation from all others, also in Grafana. */
export const updateId = (record: Pick<EpisodeRecord, 'id'>, place: AnnotationPlace) => derivedId('annotation', record.id, place.dashboard_uid, place.panel_id);

/** What is to be said of an episode. */
export const toldOf = ({ name, threshold, episode, explanation, ended_at: endedAt }: EpisodeRecord): Told => ({ name, threshold, episode, explanation, ...(endedAt === undefined ? {} : { endedAt }) });
