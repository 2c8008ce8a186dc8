import { z } from 'zod';
import { plainText } from '../../../src/contract/story/plain-text';
import { parseJson } from '../../runtime/queries';
import { ask, type Request } from '../../runtime/http';
import { errorOf, GrafanaError } from './errors';

export interface GrafanaOptions {
  url: string;
  token: string;
  timeoutMs: number;
}

/** Times are milliseconds. */
export interface Annotation {
  dashboardUID: string;
  /** Left out for the whole dashboard. */
  panelId?: number;
  time: number;
  timeEnd: number;
  tags: string[];
  text: string;
}

const annotationSchema = z.object({ id: z.number().int(), tags: z.array(z.string()).nullish(), dashboardUID: z.string().nullish(), panelId: z.number().nullish() });
const createdSchema = z.object({ id: z.number().int() });

/** A dashboard as Grafana keeps it: what is not known here stays as it is. */
export const dashboardSchema = z.looseObject({ uid: z.string(), version: z.number().int().optional(), title: z.string().optional(), panels: z.array(z.looseObject({})).optional() });
export type Dashboard = z.infer<typeof dashboardSchema>;
const readSchema = z.object({ dashboard: dashboardSchema, meta: z.looseObject({ provisioned: z.boolean().optional(), folderUid: z.string().optional(), canSave: z.boolean().optional() }) });
export type ReadDashboard = z.infer<typeof readSchema>;

const hitSchema = z.object({ uid: z.string(), title: z.string().optional(), tags: z.array(z.string()).optional() });
export type DashboardHit = z.infer<typeof hitSchema>;

const PAGE = 500;
const MAX_DASHBOARDS = 1000;

/** Grafana's HTTP API, as far as the updater needs it. Every failure is a GrafanaError with what to do. */
export class GrafanaClient {
  private readonly base: string;

  constructor(private readonly options: GrafanaOptions) {
    this.base = options.url.replace(/\/+$/, '');
  }

  /** Annotations that carry all these tags. */
  async annotationsWith(tags: readonly string[], signal: AbortSignal): Promise<Array<{ id: number }>> {
    const query = new URLSearchParams([...tags.map((tag): [string, string] => ['tags', tag]), ['limit', '100'], ['type', 'annotation']]);
    return this.call(`/api/annotations?${query.toString()}`, { signal }, z.array(annotationSchema));
  }

  /** @returns the id */
  async createAnnotation(annotation: Annotation, signal: AbortSignal): Promise<number> {
    const { id } = await this.call('/api/annotations', { method: 'POST', body: annotation, signal }, createdSchema);
    return id;
  }

  async patchAnnotation(id: number, change: Partial<Pick<Annotation, 'text' | 'tags' | 'time' | 'timeEnd'>>, signal: AbortSignal): Promise<void> {
    await this.call(`/api/annotations/${id}`, { method: 'PATCH', body: change, signal }, z.unknown());
  }

  /** Dashboards, those with this tag where one is given. */
  async searchDashboards(tag: string | undefined, signal: AbortSignal): Promise<DashboardHit[]> {
    const found: DashboardHit[] = [];
    for (let page = 1; found.length < MAX_DASHBOARDS; page += 1) {
      const query = new URLSearchParams({ type: 'dash-db', limit: String(PAGE), page: String(page), ...(tag === undefined ? {} : { tag }) });
      const hits = await this.call(`/api/search?${query.toString()}`, { signal }, z.array(hitSchema));
      found.push(...hits);
      if (hits.length < PAGE) {
        break;
      }
    }
    return found.slice(0, MAX_DASHBOARDS);
  }

  async readDashboard(uid: string, signal: AbortSignal): Promise<ReadDashboard> {
    return this.call(`/api/dashboards/uid/${encodeURIComponent(uid)}`, { signal }, readSchema);
  }

  /** Saves it as the version that follows the one that was read. @throws GrafanaError `conflict` when another one follows it already */
  async saveDashboard({ dashboard, meta }: ReadDashboard, message: string, signal: AbortSignal): Promise<void> {
    const body = { dashboard, ...(meta.folderUid ? { folderUid: meta.folderUid } : {}), message, overwrite: false };
    await this.call('/api/dashboards/db', { method: 'POST', body, signal }, z.unknown());
  }

  private async call<T>(path: string, request: Pick<Request, 'method' | 'body' | 'signal'>, schema: z.ZodType<T>): Promise<T> {
    const { token, timeoutMs } = this.options;
    const what = `${request.method ?? 'GET'} ${path.split('?')[0] ?? path}`;
    const answer = await ask(this.base + path, { ...request, timeoutMs, headers: { authorization: `Bearer ${token}` } });
    if (answer.kind === 'unreachable') {
      throw new GrafanaError('unreachable', `Grafana at ${this.base} cannot be reached (${plainText(answer.why, 100)}).`);
    }
    if (answer.kind !== 'answered') {
      throw answer.kind === 'timeout' ? new GrafanaError('timeout', `Grafana did not answer within ${timeoutMs / 1000} s (${what}).`) : new GrafanaError('bad_reply', `The answer of Grafana is too long (${what}).`);
    }
    const { status, headers, text } = answer;
    const body = parseJson(text);
    if (status < 200 || status > 299) {
      const said = z.object({ message: z.string() }).safeParse(body);
      throw errorOf(what, status, headers, (said.success ? said.data.message : text).replaceAll(token, '[redacted]'));
    }
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      throw new GrafanaError('bad_reply', `Grafana answers in a form that is not known (${what}).`, { status });
    }
    return parsed.data;
  }
}
