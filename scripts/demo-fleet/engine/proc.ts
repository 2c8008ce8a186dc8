import { readFileSync } from 'node:fs';

/** Linux reports process times to user space in hundredths of a second on every architecture Node runs on. */
export const NS_PER_TICK = 10_000_000;

export interface ProcSample {
  pid: number;
  ppid: number;
  /** Clock ticks of 10 ms. */
  userTicks: number;
  /** Clock ticks of 10 ms. */
  systemTicks: number;
  threads: number;
  /** Seconds after boot at which the process started. */
  startedAfterBoot: number;
  /** Bytes of anonymous and shared memory, what a cgroup cannot drop. */
  anonBytes: number;
  /** Bytes of mapped files, what a cgroup counts as page cache. */
  fileBytes: number;
  virtualBytes: number;
  /** Bytes through read and write calls, sockets and pipes included. */
  readChars: number;
  writeChars: number;
  /** Bytes that really went to a disk. */
  readBytes: number;
  writeBytes: number;
  state: string;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A process may end between any two reads.
    return '';
  }
}

function field(text: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text);
  return Number(match?.[1] ?? 0);
}

/** Reads one process from /proc; undefined when it has ended. */
export function sampleProcess(pid: number): ProcSample | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The name in brackets may itself contain spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || fields[0] === 'Z') {
    return undefined;
  }
  const at = (index: number): number => Number(fields[index] ?? 0);
  const status = readText(`/proc/${pid}/status`);
  const io = readText(`/proc/${pid}/io`);
  return {
    pid,
    state: fields[0] ?? 'S',
    ppid: at(1),
    userTicks: at(11),
    systemTicks: at(12),
    threads: at(17),
    startedAfterBoot: at(19) / 100,
    virtualBytes: at(20),
    anonBytes: (field(status, 'RssAnon') + field(status, 'RssShmem')) * 1024,
    fileBytes: field(status, 'RssFile') * 1024,
    readChars: field(io, 'rchar'),
    writeChars: field(io, 'wchar'),
    readBytes: field(io, 'read_bytes'),
    writeBytes: field(io, 'write_bytes'),
  };
}

/** Anonymous memory of one process in bytes, 0 when it has ended; one read, for the frequent look of the OOM killer. */
export function anonBytesOf(pid: number): number {
  const status = readText(`/proc/${pid}/status`);
  return (field(status, 'RssAnon') + field(status, 'RssShmem')) * 1024;
}

const childrenOf = (pid: number): number[] =>
  readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

/** The given processes and all that descend from them, those that still live. */
export function sampleTree(roots: readonly number[]): ProcSample[] {
  const found: ProcSample[] = [];
  const waiting = [...roots];
  for (let pid = waiting.shift(); pid !== undefined; pid = waiting.shift()) {
    const sample = sampleProcess(pid);
    if (sample !== undefined) {
      found.push(sample);
      waiting.push(...childrenOf(pid));
    }
  }
  return found;
}

export const commandLine = (pid: number): string => readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

/** CPU time of the whole machine in nanoseconds, all states, as Docker's system_cpu_usage. */
export function systemCpuNs(): number {
  const first = readText('/proc/stat').split('\n')[0] ?? '';
  // user, nice, system, idle, iowait, irq, softirq: the seven that Docker adds up.
  const ticks = first.trim().split(/\s+/).slice(1, 8).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) * NS_PER_TICK;
}

export const uptimeSeconds = (): number => Number(readText('/proc/uptime').split(' ')[0] ?? 0);
