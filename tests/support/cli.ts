import { runCli } from '../../agents/cli/program';
import type { CliIo } from '../../agents/cli/output';
import type { Environment } from '../../agents/runtime/settings/define';

export interface CliRun {
  code: number;
  out: string;
  err: string;
}

export interface CliOptions extends Partial<Omit<CliIo, 'out' | 'err'>> {
  /** Told of each piece of output as it comes. */
  onOut?: (text: string) => void;
}

/** Runs one command line in this process, as a terminal of 80 columns without colour would see it. */
export async function cli(environment: Environment, argv: readonly string[], { onOut, ...options }: CliOptions = {}): Promise<CliRun> {
  let out = '';
  let err = '';
  const io: CliIo = {
    columns: 80,
    colour: false,
    folders: [],
    user: 'tester',
    signal: new AbortController().signal,
    now: Date.now,
    ...options,
    out: (text) => {
      out += text;
      onOut?.(text);
    },
    err: (text) => {
      err += text;
    },
  };
  const code = await runCli(argv, environment, io);
  return { code, out, err };
}
