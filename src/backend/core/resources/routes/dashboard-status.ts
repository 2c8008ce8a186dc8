import { statusMetadataSchema, statusPayloadSchema } from '../../../../contract/observability/payloads';
import { DASHBOARD_VERSION } from '../../../../contract/observability/status';
import { HISTORY_HOURS } from '../../observability/shared-dashboard';
import { dashboardRoute } from './dashboard-route';

export const dashboardStatusRoutes = [
  dashboardRoute({
    method: 'GET',
    path: 'status',
    id: 'getSystemStatus',
    summary: 'How every part of HemoStat is: components, breakers, resources, score, alerts and the last 24 hours. What cannot be made is told as an error payload.',
    answer: statusPayloadSchema,
    handle: async ({ signal }, { dashboard }) => dashboard.status(signal),
  }),
  dashboardRoute({
    method: 'GET',
    path: 'status/metadata',
    id: 'getSystemStatusMetadata',
    summary: 'Version, age and intervals of the system status.',
    answer: statusMetadataSchema,
    handle: async ({ signal }, { dashboard, now }) => {
      const observed = await dashboard.observed(signal);
      const since = observed ? Date.parse(observed.since) : Number.NaN;
      return {
        version: DASHBOARD_VERSION,
        last_updated: observed?.at ?? null,
        uptime_seconds: Number.isNaN(since) ? 0 : Math.max(0, Math.round((now() - since) / 1000)),
        refresh_interval: dashboard.options.refreshMs / 1000,
        retention_hours: HISTORY_HOURS,
      };
    },
  }),
];
