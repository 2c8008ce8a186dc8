import type { Core, Health } from '../core/types';
import type { HealthBody, ReadyBody } from './schemas';

/** A look at the sources counts for this long; calls within it share the answer, since anybody may ask. */
const FRESH_MS = 2000;
/** These say how the healer is, not whether a question can be answered. */
const NO_SOURCES = ['Agents', 'Clocks'];

/** Tells the process and its sources apart: a Redis that is away must not get a healthy process restarted (R499). */
export class Readiness {
  private last: { health: Health; at: number } | undefined;
  private looking: Promise<Health> | undefined;

  constructor(
    private readonly core: Pick<Core, 'health'>,
    private readonly now: () => number = Date.now
  ) {}

  /** Looks at the sources, unless that was done just now. */
  async ready(): Promise<{ status: 200 | 503; body: ReadyBody }> {
    const health = await this.look();
    const failing = health.checks.filter((check) => !check.ok && !NO_SOURCES.includes(check.name));
    const [first] = failing;
    const message = first ? `${first.message} ${first.mend ?? ''}`.trim() : 'The sources answer.';
    return { status: first ? 503 : 200, body: { status: first ? 'not_ready' : 'ready', message, checks: health.checks } };
  }

  /** What was seen last; a new look is begun where that is old, and not waited for. */
  alive(): HealthBody {
    void this.look();
    const sources = (this.last?.health.checks ?? []).filter((check) => !NO_SOURCES.includes(check.name));
    const wrong = sources.some((check) => !check.ok);
    return {
      status: wrong ? 'degraded' : 'healthy',
      checks: {
        dashboard: true,
        last_refresh: this.last ? new Date(this.last.at).toISOString() : null,
        data_sources: this.last ? { redis: !wrong } : {},
      },
    };
  }

  private look(): Promise<Health> {
    if (this.last && this.now() - this.last.at < FRESH_MS) {
      return Promise.resolve(this.last.health);
    }
    this.looking ??= this.core
      .health(new AbortController().signal)
      .catch((): Health => ({ ok: false, message: 'The sources could not be looked at.', checks: [{ name: 'Redis', ok: false, message: 'The sources could not be looked at.', mend: 'See the log of the API.' }] }))
      .then((health) => {
        this.last = { health, at: this.now() };
        this.looking = undefined;
        return health;
      });
    return this.looking;
  }
}
