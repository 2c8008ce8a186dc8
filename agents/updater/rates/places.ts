import type { AnnotationPlace } from '../../../src/contract/events';
import { isOwnRate, placeOf, type RateConfig } from '../config/schema';
import type { Dashboard, GrafanaClient } from '../grafana/client';
import { GrafanaError } from '../grafana/errors';
import { panelsThatQuery } from '../grafana/panels';
import { OWN_RATE_METRICS } from '../own/names';
import { metricNames } from '../prometheus/metric-names';
import { samePlace } from './cause';

/** Panels annotated for one rate, at most: more would hide the dashboards under marks. */
const MAX_PLACES = 50;
const SIDE_BY_SIDE = 4;
export const LOOKED_AGAIN_MS = 300_000;

interface Known {
  uid: string;
  tags: readonly string[];
  dashboard: Pick<Dashboard, 'panels'>;
}

/** The metrics that a rate is about. */
export function metricsOf(rate: RateConfig): Set<string> {
  if (isOwnRate(rate)) {
    return new Set(OWN_RATE_METRICS[rate.figure]);
  }
  return new Set([rate.ratio, rate.errors, rate.total].flatMap((expression) => (expression === undefined ? [] : [...metricNames(expression)])));
}

/** Panels that the configuration names. */
export function namedPlaces(rate: RateConfig): AnnotationPlace[] {
  return rate.panels.flatMap((panel) => placeOf(panel) ?? []);
}

/** Panels of these dashboards that a rate affects: those that query its metrics; with the tag and without such a panel, the dashboard. */
export function affectedPlaces(rate: RateConfig, dashboards: readonly Known[]): AnnotationPlace[] {
  const names = metricsOf(rate);
  return dashboards.flatMap(({ uid, tags, dashboard }) => {
    const tagged = rate.dashboard_tag !== undefined && tags.includes(rate.dashboard_tag);
    const panels = tagged || rate.find_panels ? panelsThatQuery(dashboard, names) : [];
    const places = panels.map((id) => ({ dashboard_uid: uid, panel_id: id }));
    return places.length > 0 || !tagged ? places : [{ dashboard_uid: uid, panel_id: 0 }];
  });
}

/** Finds the panels that a rate affects, and remembers the dashboards for a while. */
export class PlaceFinder {
  private known: Known[] = [];
  private lookedAt = -Infinity;

  constructor(
    private readonly client: GrafanaClient,
    private readonly now: () => number
  ) {}

  /** @throws GrafanaError, or the reason of the signal */
  async find(rate: RateConfig, signal: AbortSignal): Promise<AnnotationPlace[]> {
    const looks = rate.find_panels || rate.dashboard_tag !== undefined;
    if (looks && this.now() - this.lookedAt > LOOKED_AGAIN_MS) {
      this.known = await this.look(signal);
      this.lookedAt = this.now();
    }
    const places = [...namedPlaces(rate), ...(looks ? affectedPlaces(rate, this.known) : [])];
    return places.filter((place, index) => places.findIndex((one) => samePlace(one, place)) === index).slice(0, MAX_PLACES);
  }

  private async look(signal: AbortSignal): Promise<Known[]> {
    const hits = await this.client.searchDashboards(undefined, signal);
    const found: Known[] = [];
    for (let at = 0; at < hits.length; at += SIDE_BY_SIDE) {
      const read = hits.slice(at, at + SIDE_BY_SIDE).map(async ({ uid, tags = [] }) => {
        try {
          const { dashboard } = await this.client.readDashboard(uid, signal);
          return [{ uid, tags, dashboard: { panels: dashboard.panels } }];
        } catch (cause) {
          // Deleted meanwhile, or closed to this token: the others count all the same.
          if (cause instanceof GrafanaError && ['not_found', 'forbidden'].includes(cause.kind)) {
            return [];
          }
          throw cause;
        }
      });
      found.push(...(await Promise.all(read)).flat());
    }
    return found;
  }
}
