import { exporterAgent } from '../../agents/exporter';
import { runAgents } from '../../agents/runtime/run';
import type { Environment } from '../../agents/runtime/settings/define';
import { eventually } from './eventually';
import { freePort } from './free-port';

export interface RunningExporter {
  readonly url: string;
  /** `127.0.0.1:port`, as Prometheus wants a target. */
  readonly target: string;
  /** The answer of `/metrics`. */
  text(accept?: string): Promise<string>;
  close(): Promise<void>;
}

/** An exporter in this process on a free port, ready when it returns. The caller closes it. */
export async function startExporter(environment: Environment, more: Environment = {}): Promise<RunningExporter> {
  const port = await freePort();
  const running = await runAgents([exporterAgent], { REDIS_HOST: '127.0.0.1', LOG_LEVEL: 'silent', METRICS_PORT: String(port), ...environment, ...more });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    const answer = await fetch(`${url}/-/ready`);
    if (!answer.ok) {
      throw new Error(await answer.text());
    }
  });
  return {
    url,
    target: `127.0.0.1:${port}`,
    async text(accept = 'text/plain') {
      const answer = await fetch(`${url}/metrics`, { headers: { accept } });
      return answer.text();
    },
    close: () => running.close(),
  };
}

/** The sum over all series of a name that carry these labels; 0 when there is none. */
export function sumOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const lines = text.split('\n').filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && wanted.every((one) => line.includes(one)));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
