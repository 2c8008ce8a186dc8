import type { EventData } from '../../src/contract/events';
import type { ContainerDetails, Engine, TopTable } from '../docker/engine';
import { errorText } from '../runtime/errors';
import { safeLines, safeText, type SafeText } from './hostile-text';

export type Forensics = EventData<'forensics_captured'>;

/** Together below 64 kB, whatever the container wrote. */
const LOG_BYTES = 36_000;
const REST_BYTES = 20_000;
const LINE_CHARS = 2000;
const TEXT_CHARS = 500;
const HEALTH_ENTRIES = 5;
const TOP_ROWS = 40;
const CELL_CHARS = 120;
const ARGUMENTS = 20;

export interface ForensicsRule {
  timeoutMs: number;
  lines: number;
}

/** Text without secrets, for as long as there is room. */
class Redactor {
  count = 0;
  private room = REST_BYTES;

  readonly text = (text: string, max = TEXT_CHARS): string => this.keep(safeText(text, max));

  private keep({ text, redactions }: SafeText): string {
    this.count += redactions;
    this.room -= Buffer.byteLength(text);
    return this.room < 0 ? '…' : text;
  }
}

/** The part of `docker inspect` that tells about an illness. The environment is left out: it is where secrets live. */
function inspectPart(details: ContainerDetails, { text }: Redactor): Record<string, unknown> {
  return {
    id: details.id,
    image: text(details.image),
    image_id: details.imageId,
    // Joined first: a secret may stand behind its option as an argument of its own.
    entrypoint: text(details.entrypoint.slice(0, ARGUMENTS).join(' ')),
    command: text(details.command.slice(0, ARGUMENTS).join(' ')),
    status: details.status,
    exit_code: details.exitCode,
    oom_killed: details.oomKilled,
    error: text(details.error),
    created_at: details.createdAt,
    started_at: details.startedAt ?? null,
    finished_at: details.finishedAt ?? null,
    restart_count: details.restartCount,
    restart_policy: details.restartPolicy,
    health: details.health,
    health_log: details.healthLog.slice(-HEALTH_ENTRIES).map((entry) => ({ at: entry.at, exit_code: entry.exitCode, output: text(entry.output) })),
    network_mode: text(details.networkMode),
    networks: details.networks.slice(0, ARGUMENTS).map((name) => text(name)),
    volumes: details.volumes.slice(0, ARGUMENTS).map((name) => text(name)),
    cpu_limit: details.cpuLimit ?? null,
    memory_limit: details.memoryLimit ?? null,
  };
}

function topPart(top: TopTable, { text }: Redactor): TopTable {
  return {
    titles: top.titles.slice(0, 12).map((title) => text(title, CELL_CHARS)),
    processes: top.processes.slice(0, TOP_ROWS).map((row) => row.slice(0, 12).map((cell) => text(cell, CELL_CHARS))),
  };
}

type Missing = Forensics['missing'];

async function part<T>(name: string, missing: Missing, wanted: Promise<T>): Promise<T | undefined> {
  try {
    return await wanted;
  } catch (cause) {
    missing.push({ part: name, reason: safeText(errorText(cause), TEXT_CHARS).text });
    return undefined;
  }
}

async function look(engine: Engine, details: ContainerDetails, rule: ForensicsRule, missing: Missing, signal: AbortSignal | undefined) {
  const limit = { timeoutMs: rule.timeoutMs, ...(signal ? { signal } : {}) };
  const running = details.running && !details.paused;
  const [logs, fresh, top] = await Promise.all([
    rule.lines > 0 ? part('logs', missing, engine.logs(details.id, { ...limit, tail: rule.lines, maxBytes: LOG_BYTES * 4 })) : undefined,
    part('inspect', missing, engine.inspect(details.id, limit)),
    running ? part('top', missing, engine.top(details.id, limit)) : undefined,
  ]);
  return { logs, fresh, top };
}

/**
 * What can be seen of a container before anything is changed. Never throws and never takes longer than the time limit:
 * what could not be had stands in `missing`.
 */
export async function captureForensics(engine: Engine, details: ContainerDetails, rule: ForensicsRule, signal?: AbortSignal): Promise<Forensics> {
  const began = performance.now();
  const missing: Missing = [];
  const redactor = new Redactor();
  const { logs, fresh, top } = await look(engine, details, rule, missing, signal);
  const safe = safeLines(logs?.lines ?? [], { lineChars: LINE_CHARS, totalBytes: LOG_BYTES });
  return {
    container_id: details.id.slice(0, 12),
    logs: safe.lines,
    logs_truncated: safe.truncated || (logs?.truncated ?? false),
    inspect: inspectPart(fresh ?? details, redactor),
    ...(top ? { top: topPart(top, redactor) } : {}),
    missing,
    duration_seconds: (performance.now() - began) / 1000,
    redactions: safe.redactions + redactor.count,
  };
}
