import { NOT_INITIALIZED } from '../core/observability/shared-dashboard';
import type { Core, DashboardState, Health } from '../core/types';
import type { HealthBody, ReadyBody } from './schemas';

/** A look at the sources counts for this long; calls within it share the answer, since anybody may ask. */
const FRESH_MS = 2000;
/** These say how the healer is, not whether a question can be answered. */
const NO_SOURCES = ['Agents', 'Clocks'];

/** Asked again only when the last answer is old; who asks meanwhile shares the one that comes. */
class Fresh<T> {
  last: { value: T; at: number } | undefined;
  private coming: Promise<T> | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly now: () => number
  ) {}

  get(): Promise<T> {
    if (this.last && this.now() - this.last.at < FRESH_MS) {
      return Promise.resolve(this.last.value);
    }
    this.coming ??= this.ask().then((value) => {
      this.last = { value, at: this.now() };
      this.coming = undefined;
      return value;
    });
    return this.coming;
  }
}

const UNKNOWN: Health = { ok: false, message: 'The sources could not be looked at.', checks: [{ name: 'Redis', ok: false, message: 'The sources could not be looked at.', mend: 'See the log of the API.' }] };

/** Tells the process and its sources apart: a Redis that is away must not get a healthy process restarted (R499). */
export class Readiness {
  private readonly health: Fresh<Health>;
  /** Undefined when Redis does not answer: nothing is known then. */
  private readonly dashboard: Fresh<DashboardState | undefined>;

  constructor(core: Pick<Core, 'health' | 'dashboard'>, now: () => number = Date.now) {
    const { signal } = new AbortController();
    this.health = new Fresh(async () => core.health(signal).catch(() => UNKNOWN), now);
    this.dashboard = new Fresh(async () => core.dashboard.state(signal).catch(() => undefined), now);
  }

  /** Looks at the sources, unless that was done just now. */
  async ready(): Promise<{ status: 200 | 503; body: ReadyBody }> {
    const health = await this.health.get();
    const failing = health.checks.filter((check) => !check.ok && !NO_SOURCES.includes(check.name));
    const [first] = failing;
    const message = first ? `${first.message} ${first.mend ?? ''}`.trim() : 'The sources answer.';
    return { status: first ? 503 : 200, body: { status: first ? 'not_ready' : 'ready', message, checks: health.checks } };
  }

  /** What was seen last; a new look is begun where that is old, and not waited for. */
  alive(): HealthBody {
    void this.health.get();
    void this.dashboard.get();
    const redis = this.redis();
    // Without Redis what was known of the dashboard is old.
    const dashboard = (redis.redis === false ? undefined : this.dashboard.last?.value) ?? { initialized: undefined, lastRefresh: null, sources: {} };
    const sources = { ...redis, ...dashboard.sources };
    const checks = { dashboard: dashboard.initialized === true, last_refresh: dashboard.lastRefresh, data_sources: sources };
    return dashboard.initialized === false
      ? { status: 'unhealthy', reason: NOT_INITIALIZED, checks }
      : { status: Object.values(sources).includes(false) ? 'degraded' : 'healthy', checks };
  }

  /** Nothing while it was not looked at. */
  private redis(): { redis?: boolean } {
    const checks = this.health.last?.value.checks;
    return checks ? { redis: checks.every((check) => check.ok || NO_SOURCES.includes(check.name)) } : {};
  }
}
