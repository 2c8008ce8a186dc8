import { pause } from './original-agents.mjs';

/** Silence after which what has not come is counted as lost. The slowest single step of the original takes 0.5 s. */
const QUIET_MS = 2_000;

export const VERDICT = ['hemostat:remediation_needed', 'hemostat:false_alarm'];
export const COMPLETE = ['hemostat:remediation_complete'];

/** Records which container was answered when, and how often, on the original's channels. */
export class Answers {
  /** @type {Map<string, { at: number, times: number }>} */
  #byContainer = new Map();
  #waiting = new Map();
  lastAt = 0;

  /** @param {import('ioredis').Redis} subscriber @param {string[]} channels */
  constructor(subscriber, channels) {
    subscriber.on('message', (channel, text) => {
      if (channels.includes(channel)) {
        this.#take(text, performance.now());
      }
    });
  }

  #take(text, at) {
    const container = JSON.parse(text).data.container;
    const known = this.#byContainer.get(container);
    this.#byContainer.set(container, { at: known?.at ?? at, times: (known?.times ?? 0) + 1 });
    this.lastAt = at;
    this.#waiting.get(container)?.();
  }

  /** Time of the first answer for a container, or undefined when none came within the limit (ms). */
  async of(container, limitMs) {
    if (!this.#byContainer.has(container)) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        this.#waiting.set(container, () => resolve(clearTimeout(timer)));
      });
      this.#waiting.delete(container);
    }
    return this.#byContainer.get(container)?.at;
  }

  /** How many containers of a group were answered, and how many answers came twice. */
  count(group) {
    const hits = [...this.#byContainer].filter(([container]) => container.startsWith(group));
    return { answered: hits.length, twice: hits.filter(([, { times }]) => times > 1).length };
  }

  /** Resolves when `wanted` containers of the group were answered, or nothing came for QUIET_MS, or at the limit (ms). */
  async settle(group, wanted, limitMs) {
    const begin = performance.now();
    const end = begin + limitMs;
    for (;;) {
      const now = performance.now();
      const quiet = now - Math.max(this.lastAt, begin) > QUIET_MS;
      if (quiet || now > end || this.count(group).answered >= wanted) {
        return this.count(group);
      }
      await pause(20);
    }
  }
}

/** A health alert in the original's own form: exit code 1, for which its first rule says restart. */
export function alertFor(container) {
  return JSON.stringify({
    event_type: 'container_unhealthy',
    timestamp: new Date().toISOString().replace('Z', '000+00:00'),
    agent: 'monitor',
    data: {
      container_id: '0a1b2c3d4e5f',
      container_name: container,
      image: 'demo/web:1.4',
      status: 'exited',
      metrics: {
        cpu_percent: 0,
        memory_percent: 0,
        memory_usage: 0,
        memory_limit: 0,
        network_rx_bytes: 0,
        network_tx_bytes: 0,
        blkio_read_bytes: 0,
        blkio_write_bytes: 0,
      },
      anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }],
      health_status: 'unknown',
      exit_code: 1,
      restart_count: 0,
    },
  });
}
