import type { EventOf } from '../../../src/contract/events';
import { derivedId } from '../../runtime/ids';
import { derived } from '../../runtime/new-event';
import { waitMs } from '../../runtime/wait';
import { placeOf, type DashboardConfig } from '../config/schema';
import type { GrafanaClient } from '../grafana/client';
import { GrafanaError } from '../grafana/errors';
import { panelContent, rewritePanel, saveMessage } from './panel';
import type { UpdateLog } from './update-log';

type Insight = EventOf<'insight_made'>;
type Place = NonNullable<ReturnType<typeof placeOf>>;

const TRIES = 4;
/** Between two tries after a conflict or a failure that may heal, milliseconds; doubled each time. */
const WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;

/** Writes insights into the panels that the configuration names (R335). */
export class Pusher {
  constructor(private readonly options: { client: GrafanaClient; updateLog: UpdateLog }) {}

  /** R333: other platforms are not pushed to. */
  concerns(entry: DashboardConfig): boolean {
    return entry.push && entry.platform === 'grafana' && placeOf(entry) !== undefined;
  }

  /**
   * Pushes once: the update id stands in the panel, and where it stands already nothing is written (R334).
   * @returns the event that says what became of it; undefined when nothing is to be pushed
   * @throws the reason of the signal
   */
  async push(entry: DashboardConfig, insight: Insight, signal: AbortSignal): Promise<EventOf<'dashboard_pushed'> | undefined> {
    const place = placeOf(entry);
    if (!place || !this.concerns(entry)) {
      return undefined;
    }
    const updateId = derivedId('panel', insight.id);
    let status: number | null = 200;
    let failure: GrafanaError | undefined;
    try {
      await this.persist(place, insight, updateId, signal);
    } catch (cause) {
      if (!(cause instanceof GrafanaError)) {
        throw cause;
      }
      failure = cause;
      status = cause.status;
    }
    const told = { dashboard_uid: place.dashboard_uid, panel_id: place.panel_id, update_id: updateId };
    await this.options.updateLog.write({ dashboard_id: entry.id, status_code: status, what: 'panel', ...told, ...(failure ? { error: failure.message } : {}) });
    return derived(insight, 'dashboard_pushed', 'updater', { dashboard: entry.id, what: 'panel', ...told, status_code: status, ...(failure ? { error: failure.message, mend: failure.mend } : {}) });
  }

  private async persist(place: Place, insight: Insight, updateId: string, signal: AbortSignal): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      try {
        await this.write(place, insight, updateId, signal);
        return;
      } catch (cause) {
        if (!(cause instanceof GrafanaError) || !cause.retryable || tried === TRIES || (cause.retryAfterMs ?? 0) > LONGEST_WAIT_MS) {
          throw cause;
        }
        await waitMs(Math.max(WAIT_MS * 2 ** (tried - 1), cause.retryAfterMs ?? 0), signal);
        signal.throwIfAborted();
      }
    }
  }

  /** Reads the dashboard anew each time: after a conflict it holds what somebody else has changed. */
  private async write({ dashboard_uid: uid, panel_id: panelId }: Place, insight: Insight, updateId: string, signal: AbortSignal): Promise<void> {
    const { client } = this.options;
    const read = await client.readDashboard(uid, signal);
    if (read.meta.provisioned) {
      throw new GrafanaError('provisioned', `The dashboard ${uid} is provisioned: Grafana does not save it.`);
    }
    const rewrite = rewritePanel(read.dashboard, panelId, panelContent(insight.data, insight.time, updateId), updateId);
    if (rewrite.kind === 'no_panel') {
      throw new GrafanaError('not_found', `The dashboard ${uid} has no panel ${panelId}.`);
    }
    if (rewrite.kind === 'rewritten') {
      await client.saveDashboard({ ...read, dashboard: rewrite.dashboard }, saveMessage(insight.data, updateId), signal);
    }
  }
}
