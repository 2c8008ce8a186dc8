var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __copyProps = (to, from2, except, desc) => {
  if (from2 && typeof from2 === "object" || typeof from2 === "function") {
    for (let key of __getOwnPropNames(from2))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from2[key], enumerable: !(desc = __getOwnPropDesc(from2, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));

// scripts/bench/plugin.ts
var import_node_fs4 = require("node:fs");
var import_node_os2 = require("node:os");
var import_node_path2 = __toESM(require("node:path"));

// tests/support/go-host.ts
var import_node_child_process = require("node:child_process");
var import_node_crypto = require("node:crypto");
var import_node_fs = require("node:fs");
var import_node_os = require("node:os");
var import_node_path = __toESM(require("node:path"));
var import_node_readline = require("node:readline");
var import_node_process = require("node:process");
var SOURCES = import_node_path.default.resolve("tests/go-host");
var ADVICE = "The conformance test builds a small program with the libraries of Grafana. Install Go 1.25 or newer: `apt-get install golang` where it is new enough, else from go.dev/dl, and put `go` on the PATH.";
function sources() {
  return (0, import_node_fs.readdirSync)(SOURCES).filter((name) => /\.go$|^go\.(mod|sum)$/.test(name)).sort();
}
function goVersion() {
  try {
    return (0, import_node_child_process.execFileSync)("go", ["version"], { encoding: "utf8", cwd: SOURCES }).trim();
  } catch (cause) {
    throw new Error(`Go was not found. ${ADVICE}`, { cause });
  }
}
function buildGoHost() {
  const hash = (0, import_node_crypto.createHash)("sha256").update(goVersion());
  sources().forEach((name) => hash.update(name).update((0, import_node_fs.readFileSync)(import_node_path.default.join(SOURCES, name))));
  const folder = import_node_path.default.join((0, import_node_os.tmpdir)(), "hemostat-go-host");
  const program = import_node_path.default.join(folder, hash.digest("hex").slice(0, 24));
  if (!(0, import_node_fs.existsSync)(program)) {
    (0, import_node_fs.mkdirSync)(folder, { recursive: true });
    const building = `${program}.${process.pid}`;
    try {
      (0, import_node_child_process.execFileSync)("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", building, "."], { cwd: SOURCES, encoding: "utf8", stdio: "pipe", timeout: 6e5 });
    } catch (cause) {
      const said = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
      throw new Error(`The Go host does not build. It needs the Go module proxy the first time.
${said}`, { cause });
    }
    (0, import_node_fs.renameSync)(building, program);
  }
  return program;
}
function buildPlugin(folder, entry) {
  (0, import_node_child_process.execFileSync)(process.execPath, [import_node_path.default.resolve("scripts/build-backend.mjs"), "--out", folder, ...entry ? ["--entry", entry] : []], { stdio: "pipe" });
  const machine = import_node_process.arch === "arm64" ? "arm64" : "amd64";
  return { launcher: import_node_path.default.join(folder, `gpx_hemostat_events_${import_node_process.platform}_${machine}`), bundle: import_node_path.default.join(folder, "backend.cjs") };
}
function grafanaEnvironment(more = {}) {
  return Object.entries({ GF_VERSION: "12.4.0", GF_EDITION: "Open Source", GF_INSTANCE_FEATURE_TOGGLES_ENABLE: "", GF_PLUGIN_NODE_PATH: process.execPath, ...more }).map(([name, value]) => `${name}=${value}`);
}
var GoHost = class {
  constructor(program = buildGoHost()) {
    this.waiting = /* @__PURE__ */ new Map();
    this.next = 0;
    this.said = "";
    this.child = (0, import_node_child_process.spawn)(program, [], { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stderr?.on("data", (chunk) => this.said += chunk.toString());
    this.child.stdin?.on("error", () => void 0);
    const { stdout } = this.child;
    if (stdout) {
      (0, import_node_readline.createInterface)({ input: stdout }).on("line", (line) => this.take(line));
    }
    this.child.once("exit", () => {
      this.waiting.forEach((answer) => answer({ ok: false, problems: [`The Go host ended. ${this.said}`] }));
      this.waiting.clear();
    });
  }
  get pid() {
    return this.child.pid ?? -1;
  }
  /** One command; the answer may tell problems. */
  async send(command) {
    this.next += 1;
    const id = String(this.next);
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.child.stdin?.write(`${JSON.stringify({ ...command, id })}
`);
    });
  }
  /** One command that must go well. @returns what the program found. @throws Error with its problems */
  async check(command) {
    const { ok, problems, data } = await this.send(command);
    if (!ok) {
      throw new Error(`${command.op}: ${(problems ?? []).join("\n")}
${data === void 0 ? "" : JSON.stringify(data).slice(0, 3e3)}`);
    }
    return data;
  }
  /** Ends it as it ends by itself, its plugin included. */
  async end() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once("exit", () => resolve()));
      this.child.stdin?.end();
      await ended;
    }
  }
  /** Kills it and leaves its plugin behind. */
  kill() {
    this.child.kill("SIGKILL");
  }
  take(line) {
    const { id, ...answer } = JSON.parse(line);
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
  }
};

// scripts/bench/figures.ts
function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p / 100))] ?? Number.NaN;
}
var median = (values) => percentile(values, 50);
function under(group, name, value, unit, limit, note) {
  return { group, name, value, unit, target: `under ${limit} ${unit}`, ...value === void 0 ? {} : { reached: value < limit }, ...note ? { note } : {} };
}
function plain(group, name, value, unit, note) {
  return { group, name, value, unit, ...note ? { note } : {} };
}
function shown(value) {
  if (Math.abs(value) >= 1e3) {
    return Math.round(value).toLocaleString("en-US");
  }
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
function table(figures) {
  const lines = [];
  let group = "";
  for (const figure of figures) {
    if (figure.group !== group) {
      group = figure.group;
      lines.push("", group);
    }
    const value = figure.value === void 0 ? "not measured" : `${shown(figure.value)} ${figure.unit}`;
    const mark = figure.reached === void 0 ? "" : figure.reached ? "reached" : "MISSED";
    lines.push(`  ${figure.name.padEnd(58)} ${value.padStart(16)}  ${(figure.target ?? "").padEnd(24)} ${mark}${figure.note ? `  (${figure.note})` : ""}`);
  }
  return lines.join("\n");
}

// src/contract/events.ts
var import_zod8 = require("zod");

// src/contract/events/analyzer.ts
var import_zod2 = require("zod");

// src/contract/events/common.ts
var import_zod = require("zod");
var figuresSchema = import_zod.z.object({
  /** Percent of one CPU; passes 100 on many cores. */
  cpu_percent: import_zod.z.number().optional(),
  /** Percent of the memory limit, page cache left out, 0..100. */
  memory_percent: import_zod.z.number().optional(),
  /** Bytes, page cache left out. */
  memory_usage: import_zod.z.number().optional(),
  /** Bytes. */
  memory_limit: import_zod.z.number().optional(),
  /** Bytes since the container started. */
  network_rx_bytes: import_zod.z.number().optional(),
  /** Bytes since the container started. */
  network_tx_bytes: import_zod.z.number().optional(),
  /** Bytes since the container started. */
  blkio_read_bytes: import_zod.z.number().optional(),
  /** Bytes since the container started. */
  blkio_write_bytes: import_zod.z.number().optional()
});
var SEVERITIES = ["low", "medium", "high", "critical"];
var severitySchema = import_zod.z.enum(SEVERITIES);
var anomalySchema = import_zod.z.object({
  type: import_zod.z.string(),
  severity: severitySchema,
  /** The limit that was passed, in the unit of the anomaly (percent for CPU and memory, a count for restarts). */
  threshold: import_zod.z.number().optional(),
  /** The measured value, same unit. */
  actual: import_zod.z.number().optional(),
  /** Docker's health word, for `unhealthy_status`. */
  status: import_zod.z.string().optional(),
  exit_code: import_zod.z.number().optional(),
  restart_count: import_zod.z.number().optional(),
  /** One sentence for a person. */
  detail: import_zod.z.string().optional()
});
var ACTIONS = ["restart", "start", "stop", "scale_up", "cleanup", "exec", "none"];
var actionSchema = import_zod.z.enum(ACTIONS);
var MODES = ["observe", "approve", "auto"];
var modeSchema = import_zod.z.enum(MODES);
var guardVerdictSchema = import_zod.z.object({
  guard: import_zod.z.string(),
  allowed: import_zod.z.boolean(),
  /** The limit in words with its unit, as a person reads it: `3600 s`, `3 an hour`. */
  limit: import_zod.z.string().optional(),
  /** The measured value in words with its unit. */
  measured: import_zod.z.string().optional(),
  /** When the guard lets go, ISO 8601 UTC; absent when it never does by itself. */
  free_at: import_zod.z.string().optional(),
  reason: import_zod.z.string()
});
var modelCallSchema = import_zod.z.object({
  model: import_zod.z.string(),
  provider: import_zod.z.string(),
  started_at: import_zod.z.string(),
  /** Seconds. */
  duration_seconds: import_zod.z.number(),
  input_tokens: import_zod.z.number(),
  output_tokens: import_zod.z.number(),
  /** US dollars; absent when no price is set for the model. */
  cost_usd: import_zod.z.number().optional(),
  /** SHA-256 of the prompt, hex: tells equal prompts without keeping them. */
  prompt_hash: import_zod.z.string(),
  finish_reason: import_zod.z.string(),
  /** `ok`, `invalid` (no answer of the wanted form), `timeout`, `error`, `refused` (breaker or budget). */
  outcome: import_zod.z.enum(["ok", "invalid", "timeout", "error", "refused"]),
  /** Redacted and bounded. */
  error: import_zod.z.string().optional(),
  /** The raw answer, redacted and bounded, for replay. */
  answer: import_zod.z.string().optional()
});

// src/contract/events/analyzer.ts
var analysisMethodSchema = import_zod2.z.enum(["ai", "rule_based", "manual"]);
var evidenceSchema = import_zod2.z.object({
  what: import_zod2.z.string(),
  value: import_zod2.z.string(),
  source: import_zod2.z.string().optional()
});
var analysisShape = {
  reason: import_zod2.z.string(),
  root_cause: import_zod2.z.string().optional(),
  /** 0..1 */
  confidence: import_zod2.z.number().min(0).max(1),
  analysis_method: analysisMethodSchema,
  /** The rule that decided, where one did. */
  rule: import_zod2.z.string().optional(),
  /** Why the model did not decide although one is set. */
  fallback: import_zod2.z.string().optional(),
  evidence: import_zod2.z.array(evidenceSchema),
  model_calls: import_zod2.z.array(modelCallSchema),
  /** Seconds from reading the alert to this verdict. */
  duration_seconds: import_zod2.z.number(),
  project: import_zod2.z.string().optional()
};
var analysisStartedData = import_zod2.z.object({ model: import_zod2.z.string(), provider: import_zod2.z.string() });
var remediationNeededData = import_zod2.z.object({
  ...analysisShape,
  action: actionSchema,
  /** Arguments of the action: the argument vector of `exec`. */
  arguments: import_zod2.z.array(import_zod2.z.string()).optional(),
  metrics: figuresSchema,
  /** When the illness was seen, ISO 8601 UTC: the age of this decision is counted from here. */
  alerted_at: import_zod2.z.string().optional(),
  forensics_pending: import_zod2.z.boolean().optional()
});
var falseAlarmData = import_zod2.z.object(analysisShape);

// src/contract/events/monitor.ts
var import_zod3 = require("zod");
var healthAlertData = import_zod3.z.object({
  /** Docker's short id, 12 characters. */
  container_id: import_zod3.z.string(),
  image: import_zod3.z.string(),
  /** Docker's state word: running, exited, paused, restarting, dead, created. */
  status: import_zod3.z.string(),
  /** healthy, unhealthy, starting, or unknown where no health check is defined. */
  health_status: import_zod3.z.string(),
  exit_code: import_zod3.z.number(),
  oom_killed: import_zod3.z.boolean().optional(),
  restart_count: import_zod3.z.number(),
  metrics: figuresSchema,
  anomalies: import_zod3.z.array(anomalySchema),
  /** When the illness began, ISO 8601 UTC. Time to detection is `time` minus this. */
  ill_since: import_zod3.z.string().optional(),
  /** The same for every alert of one illness; the log gives such alerts one incident. */
  episode: import_zod3.z.string().optional(),
  /** True when the container was already known to be ill. */
  repeat: import_zod3.z.boolean().optional(),
  /** True when a `forensics_captured` event will follow within 2 s. */
  forensics_pending: import_zod3.z.boolean().optional(),
  /** Docker Compose project and service, where the labels name them. */
  project: import_zod3.z.string().optional(),
  service: import_zod3.z.string().optional()
});
var containerRecoveredData = import_zod3.z.object({
  container_id: import_zod3.z.string(),
  reason: import_zod3.z.enum(["well", "removed", "stopped_on_purpose", "replaced"]),
  health_status: import_zod3.z.string(),
  metrics: figuresSchema,
  episode: import_zod3.z.string().optional(),
  /** Seconds from `ill_since`. */
  ill_for_seconds: import_zod3.z.number().optional()
});
var containerEventData = import_zod3.z.object({
  container_id: import_zod3.z.string(),
  image: import_zod3.z.string().optional(),
  /** Docker's word: create, start, die, stop, kill, oom, pause, unpause, destroy, restart, health_status. */
  action: import_zod3.z.string(),
  exit_code: import_zod3.z.number().optional(),
  /** True when a person or another program asked for it (a `kill` or `stop` came first). */
  on_purpose: import_zod3.z.boolean().optional(),
  detail: import_zod3.z.string().optional(),
  project: import_zod3.z.string().optional()
});
var forensicsData = import_zod3.z.object({
  container_id: import_zod3.z.string(),
  /** The last log lines, oldest first. */
  logs: import_zod3.z.array(import_zod3.z.string()),
  /** True when lines or characters were cut. */
  logs_truncated: import_zod3.z.boolean(),
  /** A bounded part of `docker inspect`. */
  inspect: import_zod3.z.record(import_zod3.z.string(), import_zod3.z.unknown()),
  /** `docker top`: titles and rows; absent when the container does not run. */
  top: import_zod3.z.object({ titles: import_zod3.z.array(import_zod3.z.string()), processes: import_zod3.z.array(import_zod3.z.array(import_zod3.z.string())) }).optional(),
  /** Parts that could not be had, with the reason. */
  missing: import_zod3.z.array(import_zod3.z.object({ part: import_zod3.z.string(), reason: import_zod3.z.string() })),
  /** Seconds that the capture took. */
  duration_seconds: import_zod3.z.number(),
  /** How many secrets were blacked out. */
  redactions: import_zod3.z.number()
});

// src/contract/events/notifier.ts
var import_zod4 = require("zod");
var noticeShape = {
  /** slack, webhook, alertmanager. */
  channel: import_zod4.z.string(),
  /** What the notice tells: `ill`, `approval`, `acted`, `refused`, `resolved`, `gave_up`, `trouble`. */
  kind: import_zod4.z.string(),
  /** The de-duplication key. */
  key: import_zod4.z.string()
};
var notificationSentData = import_zod4.z.object({ ...noticeShape, attempts: import_zod4.z.number(), duration_seconds: import_zod4.z.number(), thread: import_zod4.z.string().optional() });
var notificationFailedData = import_zod4.z.object({ ...noticeShape, attempts: import_zod4.z.number(), error: import_zod4.z.string(), status_code: import_zod4.z.number().optional() });
var notificationDedupedData = import_zod4.z.object({
  ...noticeShape,
  /** Seconds. */
  window_seconds: import_zod4.z.number()
});

// src/contract/events/operator.ts
var import_zod5 = require("zod");
var by = { user: import_zod5.z.string(), reason: import_zod5.z.string().optional() };
var commandData = import_zod5.z.discriminatedUnion("command", [
  import_zod5.z.object({ command: import_zod5.z.literal("approve"), digest: import_zod5.z.string(), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("reject"), digest: import_zod5.z.string(), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("acknowledge"), ...by }),
  import_zod5.z.object({
    command: import_zod5.z.literal("silence"),
    /** ISO 8601 UTC. */
    until: import_zod5.z.string(),
    ...by
  }),
  import_zod5.z.object({ command: import_zod5.z.literal("unsilence"), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("resolve"), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("comment"), text: import_zod5.z.string(), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("remediate"), action: actionSchema, arguments: import_zod5.z.array(import_zod5.z.string()).optional(), ...by }),
  /** For one container, a compose project, or everything. */
  import_zod5.z.object({ command: import_zod5.z.literal("maintenance"), scope: import_zod5.z.string(), until: import_zod5.z.string(), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("maintenance_end"), scope: import_zod5.z.string(), ...by }),
  /** Stops every action of the healer at once; it goes on watching. */
  import_zod5.z.object({ command: import_zod5.z.literal("pause"), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("resume"), ...by }),
  import_zod5.z.object({ command: import_zod5.z.literal("policy"), policy: import_zod5.z.record(import_zod5.z.string(), import_zod5.z.unknown()), ...by })
]);

// src/contract/events/responder.ts
var import_zod6 = require("zod");
var plannedActionSchema = import_zod6.z.object({
  action: actionSchema,
  /** Container key `host/name`. */
  target: import_zod6.z.string(),
  /** Docker id that the plan was made for; the plan is void when the container was replaced. */
  container_id: import_zod6.z.string().optional(),
  arguments: import_zod6.z.array(import_zod6.z.string()).optional(),
  /** Every container that will be touched, in order: the target first, then those that depend on it. */
  order: import_zod6.z.array(import_zod6.z.string())
});
var decisionShape = {
  plan: plannedActionSchema,
  /** SHA-256 of the plan and the incident, hex. */
  digest: import_zod6.z.string(),
  mode: modeSchema,
  /** True when nothing is really done (mode observe, or RESPONDER_DRY_RUN). */
  dry_run: import_zod6.z.boolean(),
  guards: import_zod6.z.array(guardVerdictSchema),
  reason: import_zod6.z.string(),
  /** 0..1 */
  confidence: import_zod6.z.number(),
  project: import_zod6.z.string().optional()
};
var approvalRequestedData = import_zod6.z.object({
  ...decisionShape,
  /** ISO 8601 UTC; after this moment the request is void. */
  expires_at: import_zod6.z.string()
});
var approvalDecidedData = import_zod6.z.object({
  digest: import_zod6.z.string(),
  decision: import_zod6.z.enum(["approved", "rejected", "expired", "void"]),
  user: import_zod6.z.string(),
  reason: import_zod6.z.string().optional()
});
var remediationStartedData = import_zod6.z.object({
  ...decisionShape,
  /** Which attempt for this container in the last hour, from 1. */
  attempt: import_zod6.z.number(),
  /** Who allowed it: `policy`, or the user who approved or ordered it. */
  authorised_by: import_zod6.z.string()
});
var RESULT_STATUSES = ["success", "failed", "rejected", "not_applicable"];
var remediationResultSchema = import_zod6.z.object({
  status: import_zod6.z.enum(RESULT_STATUSES),
  /** `cooldown_active`, `circuit_breaker_open` as in the original, or the guard's name. */
  reason: import_zod6.z.string().optional(),
  error: import_zod6.z.string().optional(),
  remaining_seconds: import_zod6.z.number().optional(),
  retry_count: import_zod6.z.number().optional(),
  /** What was done to each container, in order. */
  steps: import_zod6.z.array(import_zod6.z.object({ target: import_zod6.z.string(), action: import_zod6.z.string(), ok: import_zod6.z.boolean(), detail: import_zod6.z.string(), duration_seconds: import_zod6.z.number() })).optional()
});
var remediationCompleteData = import_zod6.z.object({
  action: actionSchema,
  result: remediationResultSchema,
  dry_run: import_zod6.z.boolean(),
  reason: import_zod6.z.string(),
  confidence: import_zod6.z.number(),
  mode: modeSchema.optional(),
  digest: import_zod6.z.string().optional(),
  attempt: import_zod6.z.number().optional(),
  guards: import_zod6.z.array(guardVerdictSchema).optional(),
  /** Seconds that the action took; 0 when refused. */
  duration_seconds: import_zod6.z.number().optional(),
  /** When the illness was seen, ISO 8601 UTC. */
  alerted_at: import_zod6.z.string().optional(),
  authorised_by: import_zod6.z.string().optional(),
  project: import_zod6.z.string().optional(),
  metrics: figuresSchema.optional(),
  plan: plannedActionSchema.optional()
});
var effectSideSchema = import_zod6.z.object({
  from: import_zod6.z.string(),
  to: import_zod6.z.string(),
  samples: import_zod6.z.number(),
  status: import_zod6.z.string(),
  health_status: import_zod6.z.string(),
  /** Means over the window. */
  metrics: figuresSchema,
  restart_count: import_zod6.z.number().optional()
});
var VERDICTS = ["helped", "no_change", "worse"];
var remediationVerifiedData = import_zod6.z.object({
  action: actionSchema,
  verdict: import_zod6.z.enum(VERDICTS),
  reason: import_zod6.z.string(),
  before: effectSideSchema,
  after: effectSideSchema,
  /** Seconds from the end of the action to this verdict. */
  duration_seconds: import_zod6.z.number(),
  project: import_zod6.z.string().optional()
});

// src/contract/events/system.ts
var import_zod7 = require("zod");
var agentStartedData = import_zod7.z.object({ version: import_zod7.z.string(), instance: import_zod7.z.string(), settings: import_zod7.z.record(import_zod7.z.string(), import_zod7.z.string()) });
var agentStoppedData = import_zod7.z.object({ instance: import_zod7.z.string(), reason: import_zod7.z.string(), uptime_seconds: import_zod7.z.number() });
var agentTroubleData = import_zod7.z.object({
  /** docker, redis, model, notifier, clock, log. */
  part: import_zod7.z.string(),
  state: import_zod7.z.enum(["began", "ended"]),
  message: import_zod7.z.string(),
  /** What to do. */
  mend: import_zod7.z.string().optional(),
  seconds: import_zod7.z.number().optional()
});
var deadLetterData = import_zod7.z.object({ stream_id: import_zod7.z.string(), group: import_zod7.z.string(), error: import_zod7.z.string(), deliveries: import_zod7.z.number() });
var vulnerabilityAlertData = import_zod7.z.looseObject({ target_url: import_zod7.z.string().optional(), critical_count: import_zod7.z.number().optional() });

// src/contract/events.ts
var ENVELOPE_VERSION = 1;
var EVENT_DATA = {
  health_alert: healthAlertData,
  container_recovered: containerRecoveredData,
  container_event: containerEventData,
  forensics_captured: forensicsData,
  analysis_started: analysisStartedData,
  remediation_needed: remediationNeededData,
  false_alarm: falseAlarmData,
  approval_requested: approvalRequestedData,
  approval_decided: approvalDecidedData,
  remediation_started: remediationStartedData,
  remediation_complete: remediationCompleteData,
  remediation_verified: remediationVerifiedData,
  command: commandData,
  notification_sent: notificationSentData,
  notification_failed: notificationFailedData,
  notification_deduped: notificationDedupedData,
  agent_started: agentStartedData,
  agent_stopped: agentStoppedData,
  agent_trouble: agentTroubleData,
  dead_letter: deadLetterData,
  vulnerability_alert: vulnerabilityAlertData
};
var EVENT_TYPES = Object.keys(EVENT_DATA);
var base = {
  v: import_zod8.z.literal(ENVELOPE_VERSION),
  /** 32 hex characters. Random for what was observed, computed from cause and agent for what was derived. */
  id: import_zod8.z.string().min(1).max(64),
  /** When it happened by the writer's clock, ISO 8601 UTC with milliseconds. */
  time: import_zod8.z.string(),
  /** Who wrote it; the original's agents keep their names. */
  agent: import_zod8.z.string().max(64),
  /** The Docker host that it is about, as named by HEMOSTAT_HOST or the engine. */
  host: import_zod8.z.string().max(255).default(""),
  /** Container name without the leading slash; empty when the event is about none. */
  container: import_zod8.z.string().max(255).default(""),
  /** Given by the log when the event is appended; empty when it belongs to no incident. */
  incident_id: import_zod8.z.string().max(64).default(""),
  /** The event that led to this one; empty when nothing did. */
  cause_id: import_zod8.z.string().max(64).default(""),
  /** 32 hex characters, W3C trace id; the same for all events of an incident. */
  trace_id: import_zod8.z.string().max(64).default(""),
  /** Version of the policy that the decision was made by. */
  policy_version: import_zod8.z.string().max(64).default("")
};
var envelopeSchema = import_zod8.z.object(base);
function containerKey(event) {
  return event.host ? `${event.host}/${event.container}` : event.container;
}

// src/contract/codec.ts
function encodeEvent(event) {
  const envelope = envelopeSchema.parse(event);
  const data = EVENT_DATA[event.type].parse(event.data);
  return JSON.stringify({ ...envelope, type: event.type, data });
}

// src/contract/redact/assignments.ts
var WORD = "(?:pass(?:word|wd|phrase|code)|(?:(?<![a-z])|db|user|smtp|admin|root)pass(?![a-z])|pwd|secret|token|api[_-]?key|apikey|(?:access|private|signing|encryption|master|account|shared|license|deploy|storage|service|auth|ssh)[_-]?key|credentials?|authorization|(?<=_)auth(?![a-z])|(?:set-)?cookie|signature|jwt|session[_-]?(?:id|key))";
var REST = "[\\w.-]{0,40}";
var ASSIGNED = new RegExp(`(${WORD})(${REST}?)(\\\\{0,8}["'\`])?\\]?[ \\t]{0,8}(?:=>|:=|={1,3}|:(?!\\/\\/)|%3d)[ \\t]{0,8}`, "gi");
var SPACED = new RegExp(`(?:(?<![\\w-])--[\\w-]{0,40}?${WORD}[\\w-]{0,40}|\\bidentified[ \\t]{1,4}by|\\b(?:requirepass|masterauth))[ \\t]{1,8}(?!-)`, "gi");
var ELEMENT = new RegExp(`(<[\\w:.-]{0,40}?${WORD}[\\w:.-]{0,40}(?:[ \\t][^<>\\n]{0,200})?>)([^<\\n]+)(?=<)`, "gi");
var HARMLESS_WORDS = "count,counts,length,len,type,types,expiry,expires,expires_in,expires_at,expiration,ttl,limit,limits,policy,url,uri,path,file,dir,endpoint,header,version,provider,min,max,size,budget,usage,used,age,required,enabled,disabled,valid,invalid,issuer,algorithm,alg,status,error,errors".split(",");
var HARMLESS = new RegExp(`[_.-](?:${HARMLESS_WORDS.join("|")})$`, "i");
var HARMLESS_CAMEL = new RegExp(`[a-z0-9](?:${HARMLESS_WORDS.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("|")})$`);

// src/contract/redact/formats.ts
var TOKENS = new RegExp(
  [
    // Amazon, Google
    String.raw`\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])`,
    String.raw`\bAIza[\w-]{30,}`,
    String.raw`\bya29\.[\w-]{20,}`,
    // GitHub, GitLab
    String.raw`\bgh[pousr]_[A-Za-z0-9]{20,}`,
    String.raw`\bgithub_pat_\w{20,}`,
    String.raw`\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[\w.-]{16,}`,
    // Slack, Discord, Telegram
    String.raw`\bxox[a-z](?:\.[a-z]{4})?-[\w-]{8,}`,
    String.raw`\bxapp-[\w-]{8,}`,
    String.raw`(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{8,}`,
    String.raw`(?<=discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{8,}`,
    String.raw`\b\d{6,12}:AA[\w-]{30,}`,
    // Language models
    String.raw`\bsk-[\w-]{16,}`,
    String.raw`\bhf_[A-Za-z0-9]{20,}`,
    // Payment, mail, phone
    String.raw`\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}`,
    String.raw`\bwhsec_[A-Za-z0-9+/=]{16,}`,
    String.raw`\bSG\.[\w-]{16,64}\.[\w-]{16,}`,
    String.raw`\bSK[0-9a-f]{32}(?![A-Za-z0-9])`,
    // Packages, registries, hosts, dashboards, vaults
    String.raw`\bnpm_[A-Za-z0-9]{30,}`,
    String.raw`\bpypi-[\w-]{40,}`,
    String.raw`\bdckr_(?:pat|oat)_[\w-]{16,}`,
    String.raw`\bdo[opr]_v1_[0-9a-f]{32,}`,
    String.raw`\bgl(?:sa|c)_[\w+/=]{20,}`,
    String.raw`\bhv[sbr]\.[\w-]{20,}`,
    String.raw`\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}`,
    String.raw`\bdapi[0-9a-f]{32}`,
    // JSON Web Tokens, with or without signature
    String.raw`(?<![\w-])eyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*){0,3}`
  ].join("|"),
  "g"
);

// agents/runtime/errors.ts
var HemostatError = class extends Error {
  constructor(code, message, options = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.name = new.target.name;
    this.retryable = options.retryable ?? false;
  }
  code;
  /** True when the same call may succeed later. */
  retryable;
};
var FencedError = class extends HemostatError {
  constructor(task) {
    super("fenced", `Another copy now leads "${task}"; this write was refused.`);
  }
};
function errorText(cause) {
  return cause instanceof Error ? cause.message : String(cause);
}

// agents/runtime/redis-errors.ts
var BY_REPLY = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/, { code: "wrong_password", mend: "Set REDIS_PASSWORD (and REDIS_USERNAME) to what Redis expects." }],
  [/^NOPERM/, { code: "no_right", mend: "Give the user in REDIS_USERNAME the rights ~hemostat:* &hemostat:* +@all -@admin -@dangerous +info." }],
  [/^(OOM|MISCONF)/, { code: "full", mend: "Raise maxmemory of Redis (or free its disk), or lower HEMOSTAT_LOG_MAX_MB and HEMOSTAT_RETENTION_DAYS." }],
  [/^LOADING/, { code: "loading", mend: "Redis is reading its data; it answers by itself when done." }],
  [/^(READONLY|NOREPLICAS)/, { code: "read_only", mend: "REDIS_HOST names a replica: name the master, or use HEMOSTAT_REDIS_SENTINELS." }],
  [/^(CLUSTERDOWN|MASTERDOWN|TRYAGAIN)/, { code: "cluster_down", mend: "A part of the Redis Cluster is down; see `redis-cli cluster info`." }],
  [/^ERR (DB index|invalid DB|SELECT is not allowed)/, { code: "wrong_database", mend: "Set REDIS_DB to a database that Redis has (0 on a cluster)." }],
  [/^BUSY /, { code: "busy", mend: "A script keeps Redis busy; it answers by itself when done." }]
];
var NETWORK = /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|EPIPE|Connection is closed|Failed to refresh slots|All sentinels are unreachable|Stream isn't writeable|timed out|None of startup nodes/i;
function redisTrouble(cause, address) {
  const text2 = errorText(cause);
  const reply = /(?:^|\b)(OOM|MISCONF|READONLY|NOPERM) .*$/.exec(text2)?.[0] ?? text2;
  const known = BY_REPLY.find(([pattern]) => pattern.test(text2) || pattern.test(reply));
  if (known) {
    return { ...known[1], message: `Redis at ${address} answers: ${text2.slice(0, 200)}` };
  }
  if (NETWORK.test(text2)) {
    return { code: "unreachable", message: `Redis at ${address} cannot be reached: ${text2.slice(0, 200)}`, mend: "Start Redis, or set REDIS_HOST and REDIS_PORT (or REDIS_URL) to where it is." };
  }
  return void 0;
}

// agents/runtime/wait.ts
var import_promises = require("node:timers/promises");
async function waitMs(ms, signal) {
  await (0, import_promises.setTimeout)(ms, void 0, signal ? { signal } : void 0).catch(() => void 0);
}

// agents/runtime/heartbeat.ts
var import_zod9 = require("zod");
var agentStateSchema = import_zod9.z.object({
  agent: import_zod9.z.string(),
  instance: import_zod9.z.string(),
  pid: import_zod9.z.number(),
  version: import_zod9.z.string(),
  started_at: import_zod9.z.string(),
  /** By the clock of Redis' host it may differ: `doctor` compares the clocks. */
  seen_at: import_zod9.z.string(),
  leading: import_zod9.z.boolean(),
  handled: import_zod9.z.number(),
  failed: import_zod9.z.number(),
  dead: import_zod9.z.number(),
  in_flight: import_zod9.z.number(),
  memory_bytes: import_zod9.z.number(),
  troubles: import_zod9.z.array(import_zod9.z.object({ part: import_zod9.z.string(), message: import_zod9.z.string(), mend: import_zod9.z.string(), since: import_zod9.z.string() })),
  state: import_zod9.z.record(import_zod9.z.string(), import_zod9.z.union([import_zod9.z.string(), import_zod9.z.number(), import_zod9.z.boolean()]))
});

// agents/runtime/ids.ts
var import_node_crypto2 = require("node:crypto");
function newId(now2 = Date.now()) {
  return now2.toString(16).padStart(12, "0").slice(-12) + (0, import_node_crypto2.randomBytes)(10).toString("hex");
}

// agents/runtime/new-event.ts
function observed(type, agent, origin, data) {
  return {
    v: ENVELOPE_VERSION,
    id: origin.id ?? newId(),
    time: origin.time ?? (/* @__PURE__ */ new Date()).toISOString(),
    type,
    agent,
    host: origin.host ?? "",
    container: origin.container ?? "",
    incident_id: origin.incident_id ?? "",
    cause_id: "",
    trace_id: origin.incident_id ?? "",
    policy_version: origin.policy_version ?? "",
    data
  };
}

// src/contract/streams.ts
function partitionKeys(prefix, partition) {
  const base2 = `${prefix}:{${partition}}`;
  return {
    base: base2,
    /** Stream of all events: fields `type`, `incident`, `json`. */
    log: `${base2}:log`,
    /** Sorted set: event id -> server milliseconds of its entry. Makes appending idempotent and finds an event by id. */
    ids: `${base2}:ids`,
    /** Stream of entries that could not be handled: `group`, `id`, `error`, `deliveries`, `raw`. */
    dead: `${base2}:dead`,
    /** Hash: container key -> id of its current incident. */
    open: `${base2}:open`,
    /** Sorted set: incident id -> server milliseconds of its last event. */
    incidents: `${base2}:incidents`,
    /** Hash: the projection of one incident. */
    incident: (id) => `${base2}:incident:${id}`,
    /** List: stream ids of the events of one incident, oldest first. */
    incidentLog: (id) => `${base2}:incident:${id}:log`,
    /** Hash: episode -> incident id, so that a repeated alert finds the incident of its illness. */
    episodes: `${base2}:episodes`,
    /** Sorted set: action record (JSON) by its milliseconds. What the guards count. */
    actions: `${base2}:actions`,
    /** Hash: container key -> last seen state (JSON). */
    containers: `${base2}:containers`,
    /** List: the last alerts of one container (JSON), newest first. What trends are read from. */
    alertHistory: (container) => `${base2}:alerts:${container}`,
    /** Stream: figures of one container over the last hours. */
    samples: (container) => `${base2}:samples:${container}`,
    /** Hash: `<minute of the hour>|<type>` -> count, one a UTC hour. */
    minuteCounts: (epochHour) => `${base2}:count:minute:${epochHour}`,
    /** Hash: `<hour of the day>|<type>` -> count, one a UTC day. */
    hourCounts: (epochDay) => `${base2}:count:hour:${epochDay}`,
    /** String with an expiry: who leads this task. */
    lease: (task) => `${base2}:lease:${task}`,
    /** String with an expiry: this consumer is alive. */
    alive: (consumer) => `${base2}:alive:${consumer}`,
    /** Hash: agent instance -> its state (JSON). Partition 0 only. */
    agents: `${base2}:agents`,
    /** String (JSON): the policy in force, and the list of those before it. Partition 0 only. */
    policy: `${base2}:policy`,
    policyVersions: `${base2}:policy:versions`,
    /** Hash: what an operator has switched (pause, maintenance, silences). Partition 0 only. */
    switches: `${base2}:switches`,
    /** String with an expiry: this notice was sent. */
    noticeSent: (key) => `${base2}:notice:${key}`,
    /** Hash: where an agent stands with a source outside the log. */
    positions: `${base2}:positions`
  };
}
var LEGACY = {
  channels: {
    health_alert: "hemostat:health_alert",
    remediation_needed: "hemostat:remediation_needed",
    remediation_complete: "hemostat:remediation_complete",
    false_alarm: "hemostat:false_alarm",
    vulnerability_alert: "hemostat:alerts"
  },
  allEvents: "hemostat:events:all",
  eventsOf: (eventType) => `hemostat:events:${eventType}`,
  containerState: (shortId) => `hemostat:state:container:${shortId}`,
  stats: (container) => `hemostat:stats:${container}`,
  alertHistory: (container) => `hemostat:state:alert_history:${container}`,
  remediationHistory: (container) => `hemostat:state:remediation_history:${container}`,
  circuitBreaker: (container) => `hemostat:state:circuit_breaker:${container}`,
  audit: (container) => `hemostat:audit:${container}`,
  alertSent: (hash) => `hemostat:alert_sent:${hash}`,
  /** Seconds. */
  life: { events: 3600, containerState: 300, stats: 300, alertHistory: 3600, remediationHistory: 7200, circuitBreaker: 7200, audit: 604800 },
  maxEvents: 100
};
var LEGACY_EVENT_TYPE = {
  health_alert: "container_unhealthy",
  remediation_needed: "remediation_needed",
  remediation_complete: "remediation_complete",
  false_alarm: "false_alarm",
  vulnerability_alert: "vulnerability_alert"
};
var LEGACY_AGENT = { notifier: "alert", exporter: "metrics" };
var LEGACY_STORED = ["remediation_complete", "false_alarm", "vulnerability_alert"];

// src/contract/incident.ts
var ENDED_STATES = ["resolved", "recovered_alone", "false_alarm"];
var SETTLED_STATES = ["failed", "suppressed"];
var WAITING = ["open", "analyzing", "awaiting_approval", "failed", "suppressed"];
var from = (states, to) => Object.fromEntries(states.map((state) => [state, to]));
var TRANSITIONS = {
  alert: { new: "open", ...from([...SETTLED_STATES, ...ENDED_STATES], "open") },
  analysis_started: from(["open"], "analyzing"),
  needed: { new: "analyzing", ...from(["open"], "analyzing") },
  false_alarm: { new: "false_alarm", ...from(["open", "analyzing", ...SETTLED_STATES], "false_alarm") },
  approval_requested: from(["open", "analyzing", ...SETTLED_STATES], "awaiting_approval"),
  approved: from(["awaiting_approval"], "remediating"),
  declined: from(["awaiting_approval"], "suppressed"),
  started: { new: "remediating", ...from(WAITING, "remediating") },
  done: { new: "verifying", ...from([...WAITING, "remediating"], "verifying") },
  failed: { new: "failed", ...from([...WAITING, "remediating", "verifying"], "failed") },
  refused: { new: "suppressed", ...from(["open", "analyzing", "remediating", ...SETTLED_STATES], "suppressed") },
  helped: from(["verifying", "remediating", ...SETTLED_STATES], "resolved"),
  not_helped: from(["verifying", "remediating"], "failed"),
  recovered: from(WAITING, "recovered_alone"),
  closed_by_user: from(["open", "analyzing", "awaiting_approval", "remediating", "verifying", ...SETTLED_STATES], "resolved")
};
function read(table2, event) {
  const reader = table2[event.type];
  return reader?.(event);
}
var RESULT_EFFECTS = { success: "done", failed: "failed", rejected: "refused", not_applicable: "refused" };
var EFFECTS = {
  health_alert: () => "alert",
  analysis_started: () => "analysis_started",
  remediation_needed: () => "needed",
  false_alarm: () => "false_alarm",
  approval_requested: () => "approval_requested",
  approval_decided: (event) => event.data.decision === "approved" ? "approved" : "declined",
  remediation_started: (event) => event.data.dry_run ? "none" : "started",
  remediation_complete: (event) => event.data.dry_run ? "refused" : RESULT_EFFECTS[event.data.result.status],
  remediation_verified: (event) => event.data.verdict === "helped" ? "helped" : "not_helped",
  container_recovered: () => "recovered",
  command: (event) => event.data.command === "resolve" ? "closed_by_user" : "none"
};
function refusal(guards) {
  const refused = guards?.find((guard) => !guard.allowed);
  return { guard: refused?.guard ?? "", guard_reason: refused?.reason ?? "", free_at: refused?.free_at ?? "" };
}
function commandFields(event) {
  const { data } = event;
  switch (data.command) {
    case "acknowledge":
      return { acknowledged_by: data.user, acknowledged_at: event.time };
    case "silence":
      return { silenced_by: data.user, silenced_until: data.until };
    case "unsilence":
      return { silenced_by: "", silenced_until: "" };
    case "resolve":
      return { resolved_by: data.user };
    default:
      return {};
  }
}
function verdictFields({ data }, action) {
  return { cause: data.root_cause ?? data.reason, reason: data.reason, confidence: String(data.confidence), method: data.analysis_method, action };
}
var FIELDS = {
  health_alert: ({ data }) => ({
    image: data.image,
    project: data.project ?? "",
    illness: data.anomalies[0]?.type ?? "unknown",
    illness_detail: data.anomalies[0]?.detail ?? ""
  }),
  remediation_needed: (event) => verdictFields(event, event.data.action),
  false_alarm: (event) => verdictFields(event, "none"),
  forensics_captured: (event) => ({ forensics_id: event.id }),
  approval_requested: ({ data }) => ({ digest: data.digest, expires_at: data.expires_at, action: data.plan.action, ...refusal(void 0) }),
  approval_decided: ({ data }) => ({ decision: data.decision, decided_by: data.user }),
  remediation_started: ({ data, time }) => ({ action: data.plan.action, started_at: time, digest: data.digest }),
  remediation_complete: ({ data, time }) => ({
    result: data.dry_run ? "dry_run" : data.result.status,
    action: data.action,
    acted_at: time,
    ...refusal(data.guards)
  }),
  remediation_verified: ({ data }) => ({ verdict: data.verdict, verdict_reason: data.reason }),
  container_recovered: ({ data }) => ({ recovery: data.reason }),
  command: commandFields
};
function worstSeverity(event) {
  if (event.type !== "health_alert") {
    return "";
  }
  const order = ["critical", "high", "medium", "low"];
  return order.find((severity) => event.data.anomalies.some((anomaly) => anomaly.severity === severity)) ?? "low";
}
function patchOf(event) {
  const severity = worstSeverity(event);
  return {
    effect: read(EFFECTS, event) ?? "none",
    set: { ...read(FIELDS, event), ...severity ? { severity } : {}, updated_at: event.time },
    once: { container: event.container, host: event.host, key: containerKey(event), opened_at: event.time }
  };
}

// agents/runtime/log.ts
var import_cluster_key_slot = __toESM(require("cluster-key-slot"));

// src/contract/legacy/encode.ts
function legacyData(event) {
  switch (event.type) {
    case "health_alert": {
      const { container_id, image, status, metrics, anomalies, health_status, exit_code, restart_count } = event.data;
      return { container_id, container_name: event.container, image, status, metrics, anomalies, health_status, exit_code, restart_count };
    }
    case "remediation_needed": {
      if (event.data.action === "none") {
        return void 0;
      }
      const { action, reason, confidence, metrics, analysis_method } = event.data;
      return { container: event.container, action, reason, confidence, metrics, analysis_method };
    }
    case "false_alarm": {
      const { reason, confidence, analysis_method } = event.data;
      return { container: event.container, reason, confidence, analysis_method };
    }
    case "remediation_complete": {
      const { action, result, dry_run, reason, confidence } = event.data;
      return { container: event.container, action, result, dry_run, reason, confidence };
    }
    case "vulnerability_alert":
      return event.data;
    default:
      return void 0;
  }
}
function encodeLegacy(event) {
  const data = legacyData(event);
  if (!data) {
    return void 0;
  }
  return JSON.stringify({
    event_type: LEGACY_EVENT_TYPE[event.type],
    timestamp: event.time.replace(/Z$/, "000+00:00"),
    agent: LEGACY_AGENT[event.agent] ?? event.agent,
    // Inside `data`, because the original's alert agent stores copies without the envelope's further fields.
    data: { ...data, hemostat_id: event.id }
  });
}
function completeCommands(event) {
  const { data, container, time } = event;
  const timestamp = time.replace(/Z$/, "000+00:00");
  const audit = JSON.stringify({
    timestamp,
    container,
    action: data.action,
    result_status: data.result.status,
    error: data.result.error ?? null,
    confidence: data.confidence,
    reason: data.reason,
    metrics: data.metrics ?? {},
    dry_run: data.dry_run
  });
  const key = LEGACY.audit(container);
  const commands = [
    ["LPUSH", key, audit],
    ["LTRIM", key, "0", String(LEGACY.maxEvents - 1)],
    ["EXPIRE", key, String(LEGACY.life.audit)]
  ];
  if (data.result.status === "success" || data.result.status === "failed") {
    const history = { last_action_timestamp: timestamp, last_action: data.action, last_result_status: data.result.status, retry_count: data.attempt ?? 1 };
    commands.push(["SETEX", LEGACY.remediationHistory(container), String(LEGACY.life.remediationHistory), JSON.stringify(history)]);
  }
  return commands;
}
var DEFAULT_LISTS = { seconds: LEGACY.life.events, items: LEGACY.maxEvents };
function legacyCommands(event, lists = DEFAULT_LISTS) {
  const payload = encodeLegacy(event);
  if (payload === void 0) {
    return [];
  }
  const channel = LEGACY.channels[event.type];
  const commands = [["PUBLISH", channel, payload]];
  if (LEGACY_STORED.includes(event.type)) {
    for (const key of [LEGACY.allEvents, LEGACY.eventsOf(event.type)]) {
      commands.push(["LPUSH", key, payload], ["LTRIM", key, "0", String(lists.items - 1)], ["EXPIRE", key, String(lists.seconds)]);
    }
  }
  return event.type === "remediation_complete" ? [...commands, ...completeCommands(event)] : commands;
}

// agents/runtime/append-script.ts
function luaTable(value) {
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  return `{${Object.entries(value).map(([key, inner]) => `[${JSON.stringify(key)}]=${luaTable(inner)}`).join(",")}}`;
}
var APPEND_SCRIPT = `
local T = ${luaTable(TRANSITIONS)}
local ENDED = ${luaTable(Object.fromEntries(ENDED_STATES.map((state) => [state, "y"])))}
local call, ARGV, KEYS = redis.call, ARGV, KEYS
local log, ids, open, incidents, actions = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local base, token = ARGV[1], ARGV[2]
if token ~= '' and call('GET', KEYS[6]) ~= token then return redis.error_reply('FENCED ' .. KEYS[6]) end
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- ARGV is read in place: copying it into tables costs more than the commands themselves.
local at = 4
local groups = {}
for g = 1, tonumber(ARGV[3]) do
  local n = tonumber(ARGV[at + 1])
  groups[g] = { ARGV[at], at + 2, at + 1 + n }
  at = at + 2 + n
end
local keep, events = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
at = at + 2
local counts = {}
local out = {}

-- First pass: where each event stands in ARGV, and what must be asked once for all of them.
local starts, allIds, keysAsked = {}, {}, {}
for e = 1, events do
  starts[e] = at
  allIds[e] = ARGV[at]
  keysAsked[e] = ARGV[at + 4]
  local pairsEnd = at + 13 + 2 * (tonumber(ARGV[at + 11]) + tonumber(ARGV[at + 12]))
  local commands = tonumber(ARGV[at + 13])
  at = pairsEnd + 1
  for c = 1, commands do at = at + 1 + tonumber(ARGV[at]) end
end
local known = events > 0 and call('ZMSCORE', ids, unpack(allIds)) or {}
local current = events > 0 and call('HMGET', open, unpack(keysAsked)) or {}
local openNow, opened, seen = {}, {}, {}
for e = 1, events do
  if openNow[keysAsked[e]] == nil then openNow[keysAsked[e]] = current[e] or '' end
end

local freshIds, touched, touchedOrder = {}, {}, {}

-- The open incident of a container changed: written once for the batch, at its end.
local function point(key, inc)
  if key ~= '' then
    openNow[key] = inc
    opened[key] = true
  end
end

local function project(first, inc, key, moves, xid)
  local ikey = base .. ':incident:' .. inc
  local setFrom = first + 14
  local setTo = setFrom + 2 * tonumber(ARGV[first + 11]) - 1
  local onceTo = setTo + 2 * tonumber(ARGV[first + 12])
  local isKnown = call('RPUSH', ikey .. ':log', xid) > 1
  local cur = isKnown and call('HGET', ikey, 'state') or nil
  local nxt = moves and moves[cur or 'new'] or cur or 'open'
  -- The first pair is the state; the sender leaves its value to us.
  ARGV[setFrom + 1] = nxt
  call('HSET', ikey, unpack(ARGV, setFrom, isKnown and setTo or onceTo))
  if nxt ~= cur then
    if ENDED[nxt] then
      call('HSET', ikey, 'ended_at', ARGV[first + 6])
      if openNow[key] == inc then point(key, '') end
    else
      if cur and ENDED[cur] then call('HDEL', ikey, 'ended_at') end
      point(key, inc)
    end
  end
  if not touched[inc] then
    touched[inc] = true
    touchedOrder[#touchedOrder + 1] = now
    touchedOrder[#touchedOrder + 1] = inc
  end
end

for e = 1, events do
  local first = starts[e]
  local id, type, inc, key = ARGV[first], ARGV[first + 1], ARGV[first + 3], ARGV[first + 4]
  if known[e] or seen[id] then
    out[#out + 1] = ''
    out[#out + 1] = inc
  else
    seen[id] = true
    local moves = T[ARGV[first + 7]]
    if inc == '' and key ~= '' then
      inc = openNow[key]
      if inc == '' and moves and moves['new'] then
        inc = ARGV[first + 5]
        if inc == '' then inc = id end
      end
    end
    local xid = call('XADD', log, '*', 'type', type, 'incident', inc, 'json', ARGV[first + 2])
    freshIds[#freshIds + 1] = tonumber(string.match(xid, '^(%d+)'))
    freshIds[#freshIds + 1] = id
    counts[type] = (counts[type] or 0) + 1
    if inc ~= '' then project(first, inc, key, moves, xid) end
    local historyKey = ARGV[first + 8]
    if historyKey ~= '' then
      local length = call('LPUSH', historyKey, ARGV[first + 9])
      if length > 20 then call('LTRIM', historyKey, 0, 19) end
      if length == 1 or length > 20 then call('EXPIRE', historyKey, 7200) end
    end
    if ARGV[first + 10] ~= '' then call('ZADD', actions, now, ARGV[first + 10]) end
    local from = first + 14 + 2 * (tonumber(ARGV[first + 11]) + tonumber(ARGV[first + 12]))
    for c = 1, tonumber(ARGV[first + 13]) do
      local words = tonumber(ARGV[from])
      call(unpack(ARGV, from + 1, from + words))
      from = from + 1 + words
    end
    out[#out + 1] = xid
    out[#out + 1] = inc
  end
end
if #freshIds > 0 then call('ZADD', ids, unpack(freshIds)) end
if #touchedOrder > 0 then call('ZADD', incidents, unpack(touchedOrder)) end
local set, gone = {}, {}
for key in pairs(opened) do
  if openNow[key] == '' then
    gone[#gone + 1] = key
  else
    set[#set + 1] = key
    set[#set + 1] = openNow[key]
  end
end
if #set > 0 then call('HSET', open, unpack(set)) end
if #gone > 0 then call('HDEL', open, unpack(gone)) end
local minute = math.floor(now / 60000)
local hour = math.floor(minute / 60)
for type, count in pairs(counts) do
  local perMinute = base .. ':count:minute:' .. hour
  local perHour = base .. ':count:hour:' .. math.floor(hour / 24)
  if call('HINCRBY', perMinute, (minute % 60) .. '|' .. type, count) == count then call('EXPIRE', perMinute, keep + 3600) end
  if call('HINCRBY', perHour, (hour % 24) .. '|' .. type, count) == count then call('EXPIRE', perHour, keep + 86400) end
end
for g = 1, #groups do call('XACK', log, groups[g][1], unpack(ARGV, groups[g][2], groups[g][3])) end
return out
`;

// agents/runtime/log.ts
var MAX_BATCH = 512;
var HemostatLog = class {
  constructor(redis, options) {
    this.redis = redis;
    this.options = options;
    this.partitions = Array.from({ length: options.partitions }, (_, index) => partitionKeys(options.prefix, index));
    this.queues = this.partitions.map(() => []);
    this.flushing = this.partitions.map(() => false);
    this.cluster = redis.isCluster;
    redis.on("error", (cause) => this.connectionTrouble(cause));
    redis.on("ready", () => options.onTrouble?.(void 0));
    redis.defineCommand("hemostatAppend", { numberOfKeys: 6, lua: APPEND_SCRIPT });
    this.script = redis;
  }
  redis;
  options;
  partitions;
  script;
  queues;
  flushing;
  cluster;
  closed = false;
  /** Every agent must agree on this: the hash slot of the container's name, modulo the number of partitions. */
  partitionOf(container) {
    return this.options.partitions === 1 ? 0 : (0, import_cluster_key_slot.default)(container) % this.options.partitions;
  }
  keysOf(container) {
    return this.partition(this.partitionOf(container));
  }
  partition(index) {
    const keys = this.partitions[index];
    if (!keys) {
      throw new RangeError(`Partition ${index} does not exist; there are ${this.partitions.length}.`);
    }
    return keys;
  }
  /**
   * Appends events of one container (or of none), in order and each at most once, whatever is repeated.
   * Waits while Redis is away, full or refuses us, telling `onTrouble`.
   * @param options.ack entries of the same partition that are acknowledged in the same step
   * @throws FencedError when the lease is no longer held, z.ZodError when an event does not fit its schema.
   */
  async append(events, options = {}) {
    const partition = options.partition ?? this.partitionOf(events[0]?.container ?? "");
    return new Promise((resolve, reject) => {
      this.enqueue(partition, { events, resolve, reject }, options);
    });
  }
  /** From now on an append that Redis refuses or cannot take fails in place of waiting. */
  close() {
    this.closed = true;
  }
  connectionTrouble(cause) {
    const trouble = redisTrouble(cause, this.options.address);
    if (trouble && !this.closed) {
      this.options.onTrouble?.(trouble);
    }
  }
  enqueue(partition, pending, { ack, fence }) {
    const size = pending.events.length + (ack?.ids.length ?? 0);
    const batch = this.batchFor(partition, size, fence);
    batch.waiting.push(pending);
    batch.size += size;
    if (ack && ack.ids.length > 0) {
      const ids = batch.acks.get(ack.group) ?? [];
      ids.push(...ack.ids);
      batch.acks.set(ack.group, ids);
    }
    if (!this.flushing[partition]) {
      this.flushing[partition] = true;
      setImmediate(() => void this.flush(partition));
    }
  }
  /** The batch that is filling, or a new one when it is full or written under another lease. */
  batchFor(partition, size, fence) {
    const queue = this.queues[partition] ?? [];
    const last = queue.at(-1);
    if (last && last.size + size <= MAX_BATCH && last.fence?.token === fence?.token) {
      return last;
    }
    const batch = { fence, waiting: [], acks: /* @__PURE__ */ new Map(), size: 0 };
    queue.push(batch);
    return batch;
  }
  async flush(partition) {
    const queue = this.queues[partition] ?? [];
    const lanes = [this.drain(partition, queue), this.drain(partition, queue)];
    await Promise.all(lanes);
    this.flushing[partition] = false;
    if (queue.length > 0) {
      this.flushing[partition] = true;
      setImmediate(() => void this.flush(partition));
    }
  }
  async drain(partition, queue) {
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      await this.settle(partition, batch);
    }
  }
  async settle(partition, batch) {
    try {
      const appended = await this.run(partition, batch);
      let from2 = 0;
      for (const pending of batch.waiting) {
        pending.resolve(appended.slice(from2, from2 + pending.events.length));
        from2 += pending.events.length;
      }
    } catch (cause) {
      batch.waiting.forEach((pending) => pending.reject(cause));
    }
  }
  async run(partition, batch) {
    const { fence } = batch;
    const keys = this.partition(partition);
    const events = batch.waiting.flatMap((pending) => [...pending.events]);
    const argv = this.encode(keys, events, batch.acks, fence);
    const reply = await this.untilAnswered(
      () => this.script.hemostatAppend(keys.log, keys.ids, keys.open, keys.incidents, keys.actions, fence ? keys.lease(fence.task) : keys.log, ...argv)
    );
    const appended = events.map((_, index) => {
      const streamId = reply[index * 2] ?? "";
      return { streamId, incidentId: reply[index * 2 + 1] ?? "", duplicate: streamId === "" };
    });
    await this.mirrorOnCluster(events, appended);
    return appended;
  }
  encode(keys, events, acks, fence) {
    const argv = [keys.base, fence?.token ?? "", acks.size];
    acks.forEach((ids, group) => argv.push(group, ids.length, ...ids));
    argv.push(Math.ceil(this.options.retentionDays * 86400), events.length);
    for (const event of events) {
      const patch = patchOf(event);
      const history = event.type === "health_alert" && event.container ? keys.alertHistory(containerKey(event)) : "";
      const mirror = this.options.legacyMirror && !this.cluster ? legacyCommands(event, this.options.legacyLists) : [];
      argv.push(event.id, event.type, encodeEvent(event), event.incident_id, event.container ? containerKey(event) : "", episodeOf(event), event.time, patch.effect);
      argv.push(history, history ? historyItem(event) : "", actionRecord(event));
      const set = ["state", "", ...Object.entries(patch.set).flat()];
      const once = Object.entries(patch.once).flat();
      argv.push(set.length / 2, once.length / 2, mirror.length, ...set, ...once);
      mirror.forEach((words) => argv.push(words.length, ...words));
    }
    return argv;
  }
  /** On a cluster the original's keys live on other nodes, so they cannot be part of the atomic step. */
  async mirrorOnCluster(events, appended) {
    if (!this.cluster || !this.options.legacyMirror) {
      return;
    }
    const commands = events.filter((_, index) => !appended[index]?.duplicate).flatMap((event) => legacyCommands(event, this.options.legacyLists));
    await Promise.all(commands.map(([name = "", ...words]) => this.redis.call(name, ...words)));
  }
  async untilAnswered(call) {
    let troubled = false;
    for (let waited = 50; ; waited = Math.min(waited * 2, 2e3)) {
      try {
        const reply = await call();
        if (troubled) {
          this.options.onTrouble?.(void 0);
        }
        return reply;
      } catch (cause) {
        if (/FENCED /.test(errorText(cause))) {
          throw new FencedError(errorText(cause));
        }
        const trouble = redisTrouble(cause, this.options.address);
        if (!trouble || this.closed || this.options.waitWhileAway === false) {
          throw cause;
        }
        troubled = true;
        this.options.onTrouble?.(trouble);
        await waitMs(waited);
      }
    }
  }
};
function episodeOf(event) {
  return event.type === "health_alert" ? event.data.episode ?? "" : "";
}
function historyItem(event) {
  return event.type === "health_alert" ? JSON.stringify({ id: event.id, time: event.time, metrics: event.data.metrics, anomalies: event.data.anomalies.map((one) => one.type) }) : "";
}
function actionRecord(event) {
  const who = { id: event.id, time: event.time, container: event.container, host: event.host, incident_id: event.incident_id };
  switch (event.type) {
    case "remediation_started":
      return JSON.stringify({ ...who, kind: "started", action: event.data.plan.action, dry_run: event.data.dry_run, project: event.data.project ?? "", targets: event.data.plan.order });
    case "remediation_complete":
      return JSON.stringify({ ...who, kind: "complete", action: event.data.action, dry_run: event.data.dry_run, status: event.data.result.status, project: event.data.project ?? "" });
    case "remediation_verified":
      return JSON.stringify({ ...who, kind: "verified", action: event.data.action, verdict: event.data.verdict });
    default:
      return "";
  }
}

// agents/runtime/logger.ts
var import_pino = require("pino");

// agents/runtime/redis.ts
var import_node_fs2 = require("node:fs");
var import_ioredis = require("ioredis");
var MAX_RECONNECT_MS = 2e3;
function readPem(name, file) {
  if (!file) {
    return void 0;
  }
  try {
    return (0, import_node_fs2.readFileSync)(file);
  } catch (cause) {
    throw new HemostatError("settings", `${name}: the file ${file} cannot be read. Name an existing PEM file, or unset ${name}.`, { cause });
  }
}
function tlsOptions(settings) {
  if (!settings.redisTls && !settings.redisUrl.startsWith("rediss:")) {
    return void 0;
  }
  return {
    ca: settings.redisCaPem || readPem("HEMOSTAT_REDIS_CA_FILE", settings.redisCaFile),
    cert: settings.redisCertPem || readPem("HEMOSTAT_REDIS_CERT_FILE", settings.redisCertFile),
    key: settings.redisKeyPem || readPem("HEMOSTAT_REDIS_KEY_FILE", settings.redisKeyFile),
    ...settings.redisServerName ? { servername: settings.redisServerName } : {},
    ...settings.redisTlsSkipVerify ? { rejectUnauthorized: false } : {}
  };
}
function parseNodes(name, nodes) {
  return nodes.split(",").map((node) => {
    const match = /^\s*\[?([^\]]+?)\]?:(\d+)\s*$/.exec(node);
    if (!match?.[1]) {
      throw new HemostatError("settings", `${name}: "${node}" is not host:port.`);
    }
    return { host: match[1], port: Number(match[2]) };
  });
}
function baseOptions(settings, name) {
  const tls = tlsOptions(settings);
  return {
    connectionName: `hemostat-${name}`,
    username: settings.redisUser || void 0,
    password: settings.redisPassword || void 0,
    ...tls ? { tls } : {},
    // RESP2 keeps the shape of stream replies as they have always been.
    protocol: 2,
    connectTimeout: 5e3,
    keepAlive: 1e4,
    // Every connection of ours speaks at least once a second, so a silent one is dead.
    socketTimeout: 15e3,
    // A command waits for the connection to come back; appending twice is harmless, losing is not.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS),
    lazyConnect: true
  };
}
function single(settings, base2) {
  if (settings.redisSentinels) {
    return new import_ioredis.Redis({
      ...base2,
      sentinels: parseNodes("HEMOSTAT_REDIS_SENTINELS", settings.redisSentinels),
      name: settings.redisSentinelName,
      sentinelPassword: settings.redisSentinelPassword || void 0,
      sentinelRetryStrategy: () => MAX_RECONNECT_MS,
      db: settings.redisDb
    });
  }
  if (settings.redisUrl) {
    const own = Object.fromEntries(Object.entries(base2).filter(([, value]) => value !== void 0));
    return new import_ioredis.Redis(settings.redisUrl, own);
  }
  return new import_ioredis.Redis({ ...base2, host: settings.redisHost, port: settings.redisPort, db: settings.redisDb });
}
function clusterNodeOptions({ retryStrategy: _retry, lazyConnect: _lazy, ...rest }) {
  const { replyMapping: _mapping, ...options } = rest;
  return options;
}
function connectRedis(settings, name) {
  const base2 = baseOptions(settings, name);
  const client = settings.redisClusterNodes ? new import_ioredis.Cluster(parseNodes("HEMOSTAT_REDIS_CLUSTER", settings.redisClusterNodes), {
    redisOptions: clusterNodeOptions(base2),
    clusterRetryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS),
    lazyConnect: true,
    slotsRefreshTimeout: 3e3
  }) : single(settings, base2);
  client.on("error", () => void 0);
  return client;
}
function redisAddress(settings) {
  if (settings.redisClusterNodes) {
    return `the cluster ${settings.redisClusterNodes}`;
  }
  if (settings.redisSentinels) {
    return `the sentinels ${settings.redisSentinels}`;
  }
  if (settings.redisUrl) {
    const url2 = new URL(settings.redisUrl);
    return `${url2.hostname}:${url2.port || 6379}`;
  }
  return `${settings.redisHost}:${settings.redisPort}`;
}

// agents/runtime/settings/define.ts
var import_node_fs3 = require("node:fs");
var SettingsError = class extends HemostatError {
  constructor(problems) {
    super("settings", problems.join("\n"));
    this.problems = problems;
  }
  problems;
};
function setting(name, fallback, about, parse, secret2 = false) {
  return { name, fallback, about, parse, secret: secret2 };
}
var text = (name, fallback, about) => setting(name, fallback, about, (value) => value);
var secret = (name, about) => setting(name, "", about, (value) => value, true);
var number = (name, fallback, about, min, max) => setting(name, fallback, about, (value) => parseNumber(value, min, max));
var integer = (name, fallback, about, min, max) => setting(name, fallback, about, (value) => {
  const parsed = parseNumber(value, min, max);
  if (!Number.isInteger(parsed)) {
    throw new Error("is not a whole number");
  }
  return parsed;
});
var seconds = (name, fallback, about, min, max) => setting(name, fallback, about, (value) => Math.round(parseNumber(value, min, max) * 1e3));
var flag = (name, fallback, about) => setting(name, fallback, about, (value) => {
  const word = value.trim().toLowerCase();
  if (["true", "1", "yes", "on"].includes(word)) {
    return true;
  }
  if (["false", "0", "no", "off", ""].includes(word)) {
    return false;
  }
  throw new Error("is neither true nor false");
});
var choice = (name, choices, fallback, about) => setting(name, fallback, about, (value) => {
  const found = choices.find((one) => one.toLowerCase() === value.trim().toLowerCase());
  if (found === void 0) {
    throw new Error(`is not one of ${choices.join(", ")}`);
  }
  return found;
});
var url = (name, fallback, about, protocols, isSecret = false) => setting(
  name,
  fallback,
  about,
  (value) => {
    if (value === "") {
      return "";
    }
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol.replace(":", ""))) {
      throw new Error(`is not a URL that begins with ${protocols.map((one) => `${one}://`).join(" or ")}`);
    }
    return value;
  },
  isSecret
);
function parseNumber(value, min, max) {
  const parsed = Number(value);
  if (value.trim() === "" || !Number.isFinite(parsed)) {
    throw new Error("is not a number");
  }
  if (parsed < min || parsed > max) {
    throw new Error(`is not between ${min} and ${max}`);
  }
  return parsed;
}
function lookUp(one, environment) {
  const given = environment[one.name];
  if (given !== void 0 && given !== "") {
    return { text: given, from: one.name };
  }
  const file = one.secret ? environment[`${one.name}_FILE`] : void 0;
  if (file) {
    try {
      return { text: (0, import_node_fs3.readFileSync)(file, "utf8").trim(), from: `${one.name}_FILE` };
    } catch (cause) {
      throw new Error(`names the file ${file}, which cannot be read (${cause instanceof Error ? cause.message : "unknown"})`);
    }
  }
  return { text: one.fallback, from: one.name };
}
function readSettings(shape, environment) {
  const problems = [];
  const values = {};
  for (const [key, one] of Object.entries(shape)) {
    try {
      values[key] = one.parse(lookUp(one, environment).text);
    } catch (cause) {
      const shown2 = one.secret ? "its value (kept secret)" : `"${environment[one.name] ?? one.fallback}"`;
      const problem = cause instanceof Error ? cause.message : "cannot be read";
      problems.push(`${one.name}: ${shown2} ${problem}. Default: ${one.fallback === "" ? "not set" : one.fallback}. ${one.about}`);
    }
  }
  if (problems.length > 0) {
    throw new SettingsError(problems);
  }
  return values;
}

// agents/runtime/settings/common.ts
var LOG_LEVELS = ["trace", "debug", "info", "warn", "warning", "error", "critical", "fatal", "silent"];
var redisSettings = {
  redisUrl: url("REDIS_URL", "", "Address of Redis or Valkey as one URL; wins over REDIS_HOST, REDIS_PORT and REDIS_DB.", ["redis", "rediss"], true),
  redisHost: text("REDIS_HOST", "localhost", "Host of Redis."),
  redisPort: integer("REDIS_PORT", "6379", "Port of Redis.", 1, 65535),
  redisDb: integer("REDIS_DB", "0", "Database number; must be 0 on a Redis Cluster.", 0, 1e6),
  redisUser: text("REDIS_USERNAME", "", "ACL user of Redis."),
  redisPassword: secret("REDIS_PASSWORD", "Password of Redis."),
  redisTls: flag("HEMOSTAT_REDIS_TLS", "false", "Speak TLS with Redis."),
  redisCaFile: text("HEMOSTAT_REDIS_CA_FILE", "", "File with the certificate authority of Redis (PEM)."),
  redisCertFile: text("HEMOSTAT_REDIS_CERT_FILE", "", "File with our client certificate for Redis (PEM)."),
  redisKeyFile: text("HEMOSTAT_REDIS_KEY_FILE", "", "File with the key of that certificate (PEM)."),
  redisClusterNodes: text("HEMOSTAT_REDIS_CLUSTER", "", "Nodes of a Redis Cluster as host:port, comma-separated."),
  redisSentinels: text("HEMOSTAT_REDIS_SENTINELS", "", "Sentinels as host:port, comma-separated."),
  redisSentinelName: text("HEMOSTAT_REDIS_SENTINEL_NAME", "mymaster", "Name of the master that the sentinels watch."),
  redisSentinelPassword: secret("HEMOSTAT_REDIS_SENTINEL_PASSWORD", "Password of the sentinels."),
  keyPrefix: text("HEMOSTAT_KEY_PREFIX", "hemostat", "First part of every key of the log."),
  partitions: integer("HEMOSTAT_PARTITIONS", "1", "Partitions of the log. Must be the same for every agent.", 1, 256),
  legacyMirror: flag("HEMOSTAT_LEGACY_MIRROR", "true", "Write the Python original's channels, lists and keys as well."),
  alertEventTtlMs: seconds("ALERT_EVENT_TTL", "3600", "Seconds that the original's event lists live.", 1, 31536e3),
  alertMaxEvents: integer("ALERT_MAX_EVENTS", "100", "Events that the original's lists hold.", 1, 1e5),
  retentionDays: number("HEMOSTAT_RETENTION_DAYS", "15", "Days that events are kept.", 0.01, 3650),
  logMaxMegabytes: number("HEMOSTAT_LOG_MAX_MB", "1024", "Memory ceiling of the log in Redis, in megabytes.", 1, 1e6)
};
var commonSettings = {
  ...redisSettings,
  host: text("HEMOSTAT_HOST", "", "Name of this Docker host in events; the engine\u2019s own name when not set."),
  instance: text("HEMOSTAT_INSTANCE", "", "Name of this copy of the agents; host name and process id when not set."),
  logLevel: choice("LOG_LEVEL", LOG_LEVELS, "info", "What is logged."),
  logFormat: choice("LOG_FORMAT", ["text", "json"], "text", "Form of the log lines."),
  retryMax: integer("AGENT_RETRY_MAX", "3", "Times that a failing entry is tried before it becomes a dead letter.", 1, 100),
  retryDelayMs: seconds("AGENT_RETRY_DELAY", "1", "Seconds before the first retry; doubles with each.", 0.01, 60)
};

// package.json
var package_default = {
  name: "hemostat",
  version: "0.1.0",
  private: true,
  description: "Sees a Docker container fall ill, explains why, acts under explicit guards, proves that it helped, and tells the story inside Grafana.",
  license: "Apache-2.0",
  author: "HemoStat",
  engines: {
    node: ">=20"
  },
  bin: {
    hemostat: "scripts/hemostat.mjs"
  },
  scripts: {
    start: "node scripts/start.mjs",
    test: "node scripts/test.mjs",
    hemostat: "node scripts/hemostat.mjs",
    bench: "node scripts/bench.mjs",
    build: "webpack --disable-interpret -c ./webpack.config.ts --env production",
    dev: "webpack -w --disable-interpret -c ./webpack.config.ts --env development",
    typecheck: "tsc --noEmit && tsc --noEmit -p agents/tsconfig.json",
    lint: "eslint --max-warnings 0 .",
    "test:unit": "jest --selectProjects unit --verbose",
    "test:integration": "jest --selectProjects integration --verbose",
    "test:scenarios": "jest --selectProjects scenarios --verbose",
    readme: "node scripts/readme.mjs"
  },
  dependencies: {
    "@ai-sdk/anthropic": "4.0.105",
    "@ai-sdk/openai-compatible": "3.0.92",
    "@emotion/css": "11.13.5",
    "@fastify/rate-limit": "11.2.0",
    "@grafana/data": "13.2.2",
    "@grafana/e2e-selectors": "13.2.2",
    "@grafana/i18n": "13.2.2",
    "@grafana/runtime": "13.2.2",
    "@grafana/scenes": "8.19.0",
    "@grafana/schema": "13.2.2",
    "@grafana/ui": "13.2.2",
    "@grpc/grpc-js": "1.14.7",
    "@slack/web-api": "8.2.0",
    ai: "7.0.173",
    "apache-arrow": "21.2.0",
    "cluster-key-slot": "1.1.2",
    cockatiel: "4.0.0",
    commander: "15.1.0",
    fastify: "5.12.8",
    ioredis: "6.0.0",
    node: "24.21.0",
    "p-queue": "9.3.5",
    picomatch: "4.0.7",
    pino: "10.4.0",
    "prom-client": "15.1.3",
    protobufjs: "7.6.6",
    react: "19.3.1",
    "react-dom": "19.3.1",
    "react-router-dom": "6.30.6",
    rxjs: "7.8.2",
    yaml: "2.9.1",
    zod: "4.6.7"
  },
  devDependencies: {
    "@grafana/eslint-config": "9.0.0",
    "@grafana/plugin-e2e": "3.14.0",
    "@grafana/tsconfig": "2.2.0",
    "@playwright/test": "1.65.1",
    "@stylistic/eslint-plugin-ts": "4.4.1",
    "@swc/core": "1.16.22",
    "@swc/helpers": "0.5.24",
    "@swc/jest": "0.2.39",
    "@testing-library/jest-dom": "6.9.1",
    "@testing-library/react": "16.3.3",
    "@types/dockerode": "4.0.2",
    "@types/jest": "29.5.14",
    "@types/node": "24.19.2",
    "@types/picomatch": "4.0.3",
    "@types/react": "19.3.0",
    "@types/react-dom": "19.3.0",
    "@typescript-eslint/eslint-plugin": "8.73.0",
    "@typescript-eslint/parser": "8.73.0",
    "copy-webpack-plugin": "13.0.1",
    "css-loader": "7.1.5",
    dockerode: "5.0.1",
    esbuild: "0.28.2",
    eslint: "9.39.5",
    "eslint-config-prettier": "10.1.8",
    "eslint-plugin-import-x": "4.18.1",
    "eslint-plugin-jsdoc": "52.0.4",
    "eslint-plugin-react": "7.37.5",
    "eslint-plugin-react-hooks": "7.1.1",
    "eslint-webpack-plugin": "5.0.3",
    "fast-check": "4.10.2",
    fflate: "0.8.3",
    "fork-ts-checker-webpack-plugin": "9.1.0",
    glob: "11.1.0",
    "identity-obj-proxy": "3.0.0",
    "imports-loader": "5.0.0",
    jest: "29.7.0",
    "jest-environment-jsdom": "29.7.0",
    prettier: "3.10.1",
    "replace-in-file-webpack-plugin": "1.0.6",
    sass: "1.108.2",
    "sass-loader": "16.0.8",
    semver: "7.8.6",
    "style-loader": "4.0.0",
    "swc-loader": "0.2.7",
    "terser-webpack-plugin": "5.6.1",
    typescript: "5.9.2",
    webpack: "5.112.2",
    "webpack-cli": "6.0.1",
    "webpack-livereload-plugin": "3.0.2",
    "webpack-subresource-integrity": "5.1.0",
    "webpack-virtual-modules": "0.6.2"
  },
  allowScripts: {
    "@swc/core": true,
    esbuild: true,
    node: true,
    "@parcel/watcher": false,
    "cpu-features": false,
    protobufjs: false,
    ssh2: false
  },
  packageManager: "npm@11.19.1"
};

// agents/runtime/version.ts
var VERSION = package_default.version;

// agents/runtime/run.ts
function openLog(settings, name, onTrouble) {
  return new HemostatLog(connectRedis(settings, name), {
    prefix: settings.keyPrefix,
    partitions: settings.partitions,
    legacyMirror: settings.legacyMirror,
    legacyLists: { seconds: Math.round(settings.alertEventTtlMs / 1e3), items: settings.alertMaxEvents },
    retentionDays: settings.retentionDays,
    address: redisAddress(settings),
    ...onTrouble ? { onTrouble } : {}
  });
}

// scripts/bench/lab.ts
function labLog(port, name = "bench") {
  return openLog(readSettings(commonSettings, { REDIS_HOST: "127.0.0.1", REDIS_PORT: String(port) }), name);
}
function benchAlert(container) {
  return observed(
    "health_alert",
    "monitor",
    { host: "bench", container },
    {
      container_id: "0123456789ab",
      image: "bench/image:1",
      status: "exited",
      health_status: "unknown",
      exit_code: 1,
      restart_count: 0,
      metrics: { cpu_percent: 12.5, memory_percent: 41.2, memory_usage: 432e5, memory_limit: 104857600 },
      anomalies: [{ type: "non_zero_exit", severity: "high", exit_code: 1 }]
    }
  );
}

// scripts/bench/plugin.ts
var GROUP = "The data source\u2019s process, called by the libraries of Grafana";
var STARTS = 7;
var RESOURCE_CALLS = 5e3;
var LIVE_EVENTS = 400;
var LIVE_STEP_MS = 5;
var QUERIES = 1e5;
var BATCH = 1e4;
var QUERIES_LIMIT_MS = 9e4;
var CHANNEL = "events";
var now = () => performance.timeOrigin + performance.now();
var pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
function residentMegabytes(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec((0, import_node_fs4.readFileSync)(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
async function starts(launcher) {
  const ready = [];
  let resident = Number.NaN;
  for (let round = 0; round < STARTS; round += 1) {
    const host = new GoHost();
    const { readyMs, pid } = await host.check({ op: "start", program: launcher, env: grafanaEnvironment() });
    ready.push(readyMs);
    if (round === STARTS - 1) {
      await pause(3e3);
      resident = residentMegabytes(pid);
    }
    await host.end();
  }
  return { ready: median(ready), resident };
}
async function liveLatency(host, context, redisPort) {
  const log = labLog(redisPort, "bench-live");
  try {
    await host.check({ op: "subscribe", context, path: CHANNEL, expect: { text: "OK" } });
    await host.check({ op: "run", context, path: CHANNEL });
    await pause(1e3);
    const began = /* @__PURE__ */ new Map();
    for (let index = 0; index < LIVE_EVENTS; index += 1) {
      const alert = benchAlert(`live-${index}`);
      began.set(alert.id, now());
      await log.append([alert]);
      await pause(LIVE_STEP_MS);
    }
    const rows = await host.check({ op: "rows", path: CHANNEL, rows: LIVE_EVENTS });
    await host.check({ op: "cancel", path: CHANNEL });
    return rows.slice(20).flatMap(({ arrivedMs, values }) => arrivedMs - (began.get(values.id) ?? Number.NaN));
  } finally {
    log.redis.disconnect();
  }
}
async function growth(host, pid, query, context) {
  const end = performance.now() + QUERIES_LIMIT_MS;
  let asked = 0;
  let before = Number.NaN;
  let wholeMs = 0;
  while (asked < QUERIES && performance.now() < end) {
    wholeMs += (await host.check({ op: "query", context, queries: [query], repeat: BATCH, concurrency: 8 })).wholeMs;
    asked += BATCH;
    before = asked <= 3 * BATCH ? residentMegabytes(pid) : before;
  }
  await pause(1e3);
  return { asked, before, after: residentMegabytes(pid), perSecond: asked / wholeMs * 1e3 };
}
async function benchPlugin(redisPort) {
  const folder = (0, import_node_fs4.mkdtempSync)(import_node_path2.default.join((0, import_node_os2.tmpdir)(), "hemostat-bench-plugin-"));
  const context = { orgId: 1, user: { login: "bench", role: "Viewer" }, dataSource: { uid: "bench", jsonData: { address: `127.0.0.1:${redisPort}` }, updatedMs: 1 } };
  const host = new GoHost();
  try {
    const { launcher } = buildPlugin(folder);
    const { ready, resident } = await starts(launcher);
    const { pid } = await host.check({ op: "start", program: launcher, env: grafanaEnvironment() });
    const resource = (repeat) => host.check({ op: "resource", context, method: "GET", path: "schema/filters", repeat });
    await resource(1e3);
    const called = await resource(RESOURCE_CALLS);
    const live = await liveLatency(host, context, redisPort);
    const query = { refId: "A", json: { queryType: "events", limit: 10 }, from: Date.now() - 864e5, to: Date.now(), maxDataPoints: 1e3, intervalMs: 1e3 };
    const grown = await growth(host, pid, query, context);
    return [
      under(GROUP, "ready after start, launcher included (median)", ready, "ms", 300, `${STARTS} starts`),
      under(GROUP, "resident memory at rest", resident, "MB", 100),
      under(GROUP, "resource call p50", called.p50Ms, "ms", 0.5, `${called.calls} calls, one after the other`),
      under(GROUP, "resource call p99", called.p99Ms, "ms", 3),
      plain(GROUP, "event appended to row on a live channel p50", median(live), "ms"),
      under(GROUP, "event appended to row on a live channel p99", percentile(live, 99), "ms", 100, `${live.length} events`),
      plain(GROUP, "queries answered, 8 at a time", grown.perSecond, "queries/s"),
      under(GROUP, `growth of memory over ${grown.asked.toLocaleString("en-US")} queries`, grown.after - grown.before, "MB", 15, `${grown.before.toFixed(0)} MB after the first 30,000, ${grown.after.toFixed(0)} MB at the end`)
    ];
  } finally {
    await host.end();
    (0, import_node_fs4.rmSync)(folder, { recursive: true, force: true });
  }
}

// ../../tmp/bp.ts
void benchPlugin(Number(process.argv[2])).then((f) => console.log(table(f)));
