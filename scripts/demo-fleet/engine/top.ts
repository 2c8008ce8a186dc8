import os from 'node:os';

import type { Container } from './container';
import { commandLine, NS_PER_TICK, sampleTree, uptimeSeconds, type ProcSample } from './proc';

export interface ProcessTable {
  Titles: string[];
  Processes: string[][];
}

const FULL_TITLES = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'];
const AUX_TITLES = ['USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND'];

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

const cpuSeconds = (s: ProcSample): number => ((s.userTicks + s.systemTicks) * NS_PER_TICK) / 1e9;

function startTime(ageSeconds: number): string {
  const started = new Date(Date.now() - ageSeconds * 1000);
  return `${two(started.getHours())}:${two(started.getMinutes())}`;
}

function fullRow(s: ProcSample, ageSeconds: number): string[] {
  const cpu = cpuSeconds(s);
  const share = Math.floor((cpu / Math.max(ageSeconds, 1)) * 100);
  const time = `${two(cpu / 3600)}:${two((cpu / 60) % 60)}:${two(cpu % 60)}`;
  return ['app', String(s.pid), String(s.ppid), String(share), startTime(ageSeconds), '?', time, commandLine(s.pid)];
}

function auxRow(s: ProcSample, ageSeconds: number): string[] {
  const cpu = cpuSeconds(s);
  const resident = s.anonBytes + s.fileBytes;
  return [
    'app',
    String(s.pid),
    ((cpu / Math.max(ageSeconds, 1)) * 100).toFixed(1),
    ((resident / os.totalmem()) * 100).toFixed(1),
    String(Math.round(s.virtualBytes / 1024)),
    String(Math.round(resident / 1024)),
    '?',
    s.state,
    startTime(ageSeconds),
    `${Math.floor(cpu / 60)}:${two(cpu % 60)}`,
    commandLine(s.pid),
  ];
}

/** GET /containers/{id}/top: `ps -ef` (the default) or `ps aux` over the container's own processes only. */
export function processTable(container: Container, psArgs: string): ProcessTable {
  container.mustRun();
  const aux = psArgs.includes('aux');
  const uptime = uptimeSeconds();
  const samples = sampleTree(container.statsSubject().roots);
  const row = aux ? auxRow : fullRow;
  return {
    Titles: aux ? AUX_TITLES : FULL_TITLES,
    Processes: samples.map((s) => row(s, Math.max(0, uptime - s.startedAfterBoot))),
  };
}
