import { readFile } from 'node:fs/promises';
import { arch, hostname, machine, release, type, version } from 'node:os';
import path from 'node:path';
import { waitMs, within } from '../../runtime/wait';
import { Sheet, type Values } from '../sheet';
import { fileSystemFigures, readMounts } from './file-systems';
import { diskFigures, loadFigures, memoryFigures, networkFigures, statFigures } from './proc';

const EVERY_MS = 2000;
/** File systems answer within this time, or are left out until they do. */
const PATIENCE_MS = 1000;

export interface HostOptions {
  /** The machine's /proc. */
  proc: string;
  /** The machine's root directory. */
  root: string;
}

const FILES: ReadonlyArray<[string, (sheet: Sheet, text: string) => void]> = [
  ['stat', statFigures],
  ['loadavg', loadFigures],
  ['meminfo', memoryFigures],
  ['diskstats', diskFigures],
  // Those of the first process: in a container our own would be the container's.
  ['1/net/dev', networkFigures],
];

/** Figures of the machine, read in the background. What it does not have (another system than Linux) is left out. */
export class HostFigures {
  private values: Values = new Map();
  private sizing: Promise<void> | undefined;
  private sizes: Values = new Map();

  constructor(private readonly options: HostOptions) {}

  current(): Values {
    return this.values;
  }

  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.read(signal);
      await waitMs(EVERY_MS, signal);
    }
  }

  async read(signal?: AbortSignal): Promise<void> {
    const sheet = new Sheet();
    for (const [file, figures] of FILES) {
      const text = (await this.text(file)) ?? (await this.text(file.replace(/^1\//, '')));
      if (text !== undefined) {
        figures(sheet, text);
      }
    }
    sheet.set('node_time_seconds', {}, Date.now() / 1000);
    sheet.set('node_uname_info', { domainname: await this.domain(), machine: machine() || arch(), nodename: hostname(), release: release(), sysname: type(), version: version() }, 1);
    // A round that hangs is not begun a second time.
    this.sizing ??= this.readSizes().finally(() => {
      this.sizing = undefined;
    });
    await within(this.sizing, PATIENCE_MS, signal);
    this.values = new Map([...sheet.values, ...this.sizes]);
  }

  private async readSizes(): Promise<void> {
    const sheet = new Sheet();
    await fileSystemFigures(sheet, readMounts((await this.text('1/mounts')) ?? (await this.text('self/mounts')) ?? ''), this.options.root);
    this.sizes = sheet.values;
  }

  private async domain(): Promise<string> {
    return ((await this.text('sys/kernel/domainname')) ?? '').trim();
  }

  private async text(file: string): Promise<string | undefined> {
    return readFile(path.join(this.options.proc, file), 'utf8').catch(() => undefined);
  }
}
