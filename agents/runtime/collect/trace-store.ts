import { z } from 'zod';
import type { Range, Trace } from '../../../src/contract/observability/schemas';
import { parseJson } from '../queries';
import { Jaeger, servicesSchema } from './jaeger';
import type { StoreClient } from './store-client';
import { Tempo } from './tempo';
import { isTraceId, type TraceStore } from './traces';
import type { Collector, TraceFinder, TraceQuestion } from './types';

/** Ports at which Jaeger and OpenTelemetry take traces. */
const WRITING = new Set(['14268', '14250', '4317', '4318']);
const buildSchema = z.object({ version: z.string(), revision: z.string() });

/** Traces out of whatever stands at TRACE_STORE_URL: it is asked once whether it is Tempo or Jaeger. */
export class StoredTraces implements Collector<'traces'>, TraceFinder {
  readonly source = 'traces';
  private store: TraceStore | undefined;

  constructor(private readonly client: StoreClient) {}

  get from(): string {
    return this.store?.name ?? 'tempo or jaeger';
  }

  async collect(range: Range, question: TraceQuestion, signal: AbortSignal): Promise<{ data: Trace[]; notices: string[] }> {
    return (await this.known(signal)).collect(range, question, signal);
  }

  async find(traceId: string, signal: AbortSignal): Promise<Trace | undefined> {
    // Anything else would be another address.
    return isTraceId(traceId) ? (await this.known(signal)).find(traceId, signal) : undefined;
  }

  private async known(signal: AbortSignal): Promise<TraceStore> {
    this.store ??= (await this.isTempo(signal)) ? new Tempo(this.client) : await this.jaeger(signal);
    return this.store;
  }

  private async isTempo(signal: AbortSignal): Promise<boolean> {
    const echo = await this.client.text('/api/echo', signal);
    if (echo.status === 200 && echo.text.trim() === 'echo') {
      return true;
    }
    // Jaeger answers addresses that it does not know with its page, or 404. Whoever refuses us or is broken is neither, yet.
    if (![200, 404, 405].includes(echo.status)) {
      throw this.client.statusError('/api/echo', echo);
    }
    const build = await this.client.text('/api/status/buildinfo', signal);
    return build.status === 200 && buildSchema.safeParse(parseJson(build.text)).success;
  }

  private async jaeger(signal: AbortSignal): Promise<TraceStore> {
    const services = await this.client.text('/api/services', signal);
    if (services.status === 200 && servicesSchema.safeParse(parseJson(services.text)).success) {
      return new Jaeger(this.client);
    }
    const forWriting = WRITING.has(new URL(this.client.base).port) ? ' That port only takes traces; Jaeger is asked at 16686, Tempo at 3200.' : '';
    throw this.client.error('bad_reply', `What stands at ${this.client.base} is neither Tempo nor Jaeger: it answers ${services.status} to /api/services.${forWriting}`);
  }
}
