import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { arch, platform } from 'node:process';

const SOURCES = path.resolve('tests/go-host');
const ADVICE = 'The conformance test builds a small program with the libraries of Grafana. Install Go 1.25 or newer: `apt-get install golang` where it is new enough, else from go.dev/dl, and put `go` on the PATH.';

/** What Grafana would send about a data source and a user. */
export interface HostContext {
  orgId?: number;
  user?: { login: string; role: string };
  dataSource?: { uid: string; url?: string; jsonData?: object; secure?: Record<string, string>; updatedMs?: number };
}
export interface HostQuery {
  refId: string;
  json?: object;
  raw?: string;
  queryType?: string;
  from: number;
  to: number;
  maxDataPoints?: number;
  intervalMs?: number;
}
export interface HostCommand {
  op: 'start' | 'ping' | 'logs' | 'kill' | 'shutdown' | 'bare' | 'health' | 'metrics' | 'query' | 'chunked' | 'resource' | 'subscribe' | 'publish' | 'run' | 'rows' | 'cancel' | 'absent';
  program?: string;
  args?: string[];
  env?: string[];
  context?: HostContext;
  headers?: Record<string, string>;
  queries?: HostQuery[];
  path?: string;
  method?: string;
  url?: string;
  body?: string;
  bodyBytes?: number;
  cancelAfterMs?: number;
  withValues?: boolean;
  repeat?: number;
  concurrency?: number;
  rows?: number;
  timeoutMs?: number;
  expect?: { text?: string; contains?: string[]; status?: number; code?: string; queries?: Record<string, ExpectedAnswer> };
}
export interface ExpectedAnswer {
  status?: number;
  errorSource?: string;
  error?: string;
  frames?: Array<{
    name?: string;
    rows?: number;
    meta?: Record<string, unknown>;
    fields?: Array<{ name: string; type?: 'time' | 'number' | 'string' | 'boolean' | 'json'; nullable?: boolean; unit?: string; labels?: Record<string, string>; values?: unknown[] }>;
  }>;
}
export interface HostAnswer {
  ok: boolean;
  problems?: string[];
  data?: unknown;
}

function sources(): string[] {
  return readdirSync(SOURCES).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort();
}

/** On the path, or where Go's own installation lays it. */
const GO = ['go', '/usr/local/go/bin/go'];

function findGo(): { go: string; version: string } {
  let last: unknown;
  for (const go of GO) {
    try {
      return { go, version: execFileSync(go, ['version'], { encoding: 'utf8', cwd: SOURCES }).trim() };
    } catch (cause) {
      last = cause;
    }
  }
  throw new Error(`Go was not found. ${ADVICE}`, { cause: last });
}

/**
 * Builds the Go program once for each state of its sources; a later run finds it in the folder for temporary files.
 * @returns the path of the program
 * @throws Error that says how to install Go, or what the compiler said
 */
export function buildGoHost(): string {
  const { go, version } = findGo();
  const hash = createHash('sha256').update(version);
  sources().forEach((name) => hash.update(name).update(readFileSync(path.join(SOURCES, name))));
  const folder = path.join(tmpdir(), 'hemostat-go-host');
  const program = path.join(folder, hash.digest('hex').slice(0, 24));
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    // Two test runs may build at once: each under a name of its own, the last to end stays.
    const building = `${program}.${process.pid}`;
    try {
      execFileSync(go, ['build', '-trimpath', '-ldflags=-s -w', '-o', building, '.'], { cwd: SOURCES, encoding: 'utf8', stdio: 'pipe', timeout: 600_000 });
    } catch (cause) {
      const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
      throw new Error(`The Go host does not build. It needs the Go module proxy the first time.\n${said}`, { cause });
    }
    renameSync(building, program);
  }
  return program;
}

/** Bundles the plugin's process. @param entry another entry than the product's own */
export function buildPlugin(folder: string, entry?: string): { launcher: string; bundle: string } {
  execFileSync(process.execPath, [path.resolve('scripts/build-backend.mjs'), '--out', folder, ...(entry ? ['--entry', entry] : [])], { stdio: 'pipe' });
  const machine = arch === 'arm64' ? 'arm64' : 'amd64';
  return { launcher: path.join(folder, `gpx_hemostat_events_${platform}_${machine}`), bundle: path.join(folder, 'backend.cjs') };
}

/** What Grafana puts into the environment of a plugin, and nothing of its own. */
export function grafanaEnvironment(more: Record<string, string> = {}): string[] {
  return Object.entries({ GF_VERSION: '12.4.0', GF_EDITION: 'Open Source', GF_INSTANCE_FEATURE_TOGGLES_ENABLE: '', GF_PLUGIN_NODE_PATH: process.execPath, ...more }).map(([name, value]) => `${name}=${value}`);
}

/** The running Go program. Commands may overlap. */
export class GoHost {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<string, (answer: HostAnswer) => void>();
  private next = 0;
  private said = '';

  constructor(program = buildGoHost()) {
    this.child = spawn(program, [], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.child.stdin?.on('error', () => undefined);
    const { stdout } = this.child;
    if (stdout) {
      createInterface({ input: stdout }).on('line', (line) => this.take(line));
    }
    this.child.once('exit', () => {
      this.waiting.forEach((answer) => answer({ ok: false, problems: [`The Go host ended. ${this.said}`] }));
      this.waiting.clear();
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** One command; the answer may tell problems. */
  async send(command: HostCommand): Promise<HostAnswer> {
    this.next += 1;
    const id = String(this.next);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.stdin?.write(`${JSON.stringify({ ...command, id })}\n`);
    });
  }

  /** One command that must go well. @returns what the program found. @throws Error with its problems */
  async check<T = unknown>(command: HostCommand): Promise<T> {
    const { ok, problems, data } = await this.send(command);
    if (!ok) {
      throw new Error(`${command.op}: ${(problems ?? []).join('\n')}\n${data === undefined ? '' : JSON.stringify(data).slice(0, 3000)}`);
    }
    return data as T;
  }

  /** Ends it as it ends by itself, its plugin included. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
      this.child.stdin?.end();
      await ended;
    }
  }

  /** Kills it and leaves its plugin behind. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private take(line: string): void {
    const { id, ...answer } = JSON.parse(line) as HostAnswer & { id: string };
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }
}
