import type { LogSink } from '../logger';
import { within } from '../wait';
import { entryOf } from './entry';
import { OFF } from './off';
import type { Pipeline } from './pipeline';
import type { PipelineOptions } from './resource';
import type { AgentTelemetry } from './types';

export { current } from './current';
export { telemetryBytes, trimTelemetry } from './trim';
export type { AgentTelemetry, Attributes, RecordedSpan, StepOptions, StepSpan, TokenUse } from './types';

/** What a process may take to hand over what it has told. */
const FLUSH_MS = 1000;

/** The telemetry of one process: logs, traces and figures of its agents, kept in Redis and sent on by OTLP where addresses are set. */
export class Telemetry {
  /** Keeps nothing. */
  static readonly off = new Telemetry(undefined, undefined);

  private constructor(
    private readonly pipeline: Pipeline | undefined,
    /** Where the logger of the process sends its lines as well. */
    readonly sink: LogSink | undefined
  ) {}

  /** Nothing of OpenTelemetry is loaded where telemetry is off. Never waits for Redis. */
  static async open(options: PipelineOptions): Promise<Telemetry> {
    const { settings } = options;
    if (!settings.telemetry) {
      return Telemetry.off;
    }
    const { Pipeline } = await import('./pipeline');
    const pipeline = await Pipeline.open(options);
    return new Telemetry(pipeline, { level: settings.telemetryLogLevel, write: (line) => pipeline.line(entryOf(line)) });
  }

  agent(name: string, instance: string): AgentTelemetry {
    return this.pipeline?.agent(name, instance) ?? OFF;
  }

  /** What was left out since the process began. */
  get dropped(): Readonly<Record<'logs' | 'spans' | 'figures', number>> {
    return this.pipeline?.dropped.total ?? { logs: 0, spans: 0, figures: 0 };
  }

  async flush(): Promise<void> {
    await this.pipeline?.flush();
  }

  /** Hands over what waits, within a second, and lets go of Redis. */
  async close(): Promise<void> {
    if (this.pipeline) {
      await within(this.pipeline.close(), FLUSH_MS).catch(() => undefined);
      this.pipeline.end();
    }
  }
}
