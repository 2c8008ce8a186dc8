import { z } from 'zod';
import { sharesMetric } from '../prometheus/metric-names';
import type { Dashboard } from './client';

const targetSchema = z.looseObject({ expr: z.string().optional(), query: z.unknown().optional(), hide: z.boolean().optional() });
const panelSchema = z.looseObject({ id: z.number().int().optional(), type: z.string().optional(), targets: z.array(z.unknown()).optional(), panels: z.array(z.unknown()).optional() });
export type Panel = z.infer<typeof panelSchema>;

/** Every panel of a dashboard, those of collapsed rows too. */
export function panelsOf(dashboard: Pick<Dashboard, 'panels'>): Panel[] {
  const read = (raw: unknown): Panel[] => {
    const parsed = panelSchema.safeParse(raw);
    return parsed.success ? [parsed.data, ...(parsed.data.panels ?? []).flatMap(read)] : [];
  };
  return (dashboard.panels ?? []).flatMap(read).filter((panel) => panel.type !== 'row');
}

function expressionsOf(panel: Panel): string[] {
  return (panel.targets ?? []).flatMap((raw) => {
    const target = targetSchema.safeParse(raw);
    if (!target.success || target.data.hide) {
      return [];
    }
    const { expr, query } = target.data;
    return [expr, query].filter((text): text is string => typeof text === 'string');
  });
}

/** Ids of the panels that ask for one of these metrics. */
export function panelsThatQuery(dashboard: Pick<Dashboard, 'panels'>, names: ReadonlySet<string>): number[] {
  return panelsOf(dashboard).flatMap((panel) => (panel.id !== undefined && expressionsOf(panel).some((expression) => sharesMetric(names, expression)) ? [panel.id] : []));
}
