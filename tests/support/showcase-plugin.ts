import process, { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { frameToArrow } from '../../src/backend/core/frames/arrow';
import { frameJson } from '../../src/backend/core/frames/json';
import type { Caller, Core, Frame, QueryAnswer, QueryRequest } from '../../src/backend/core/types';
import { createDoor } from '../../src/backend/plugin/door';
import { serve } from '../../src/backend/plugin/serve';
import { MemoryCore, memoryFrame } from './memory-core';

// The plugin's process with a core in memory: every kind of value and of trouble, for the conformance program.

/** Every type, with unknown values, odd numbers, units, labels and two fields of one name. */
export function showcaseFrame(): Frame {
  return {
    name: 'showcase',
    refId: '',
    meta: { type: 'table', typeVersion: [0, 1], preferredVisualisationType: 'table', notices: [{ severity: 'warning', text: 'One entry could not be read.' }], custom: { cursor: 'c1' } },
    fields: [
      { name: 'time', type: 'time', values: [1_700_000_000_123, null, 0, -1] },
      { name: 'value', type: 'number', values: [0.1, null, -0, Number.MAX_SAFE_INTEGER], labels: { container: 'web', host: 'größe "1"' }, config: { unit: 'percent', min: 0, max: 100, decimals: 1, description: 'A share.' } },
      { name: 'value', type: 'number', values: Float64Array.from([1, 2, Number.NaN, Number.POSITIVE_INFINITY]), labels: { container: 'db' }, config: { unit: 'bytes' } },
      { name: 'text', type: 'string', values: ['', null, 'ünï – 🚑', 'line\nbreak'] },
      { name: 'truth', type: 'boolean', values: [true, null, false, true] },
      { name: 'all true', type: 'boolean', values: [true, true, true, true] },
      { name: 'json', type: 'json', values: [{ a: [1, null] }, 'text', null, 3], config: { links: [{ title: 'Open', url: '/a/x', targetBlank: false }] } },
    ],
  };
}

function largeFrame(rows: number): Frame {
  return {
    name: 'large',
    refId: '',
    fields: [
      { name: 'time', type: 'time', values: Float64Array.from({ length: rows }, (_, row) => 1_700_000_000_000 + row) },
      { name: 'value', type: 'number', values: Float64Array.from({ length: rows }, (_, row) => row) },
      { name: 'text', type: 'string', values: Array.from({ length: rows }, (_, row) => `row ${row}`) },
    ],
  };
}

const ANSWERS: Record<string, (request: QueryRequest, signal: AbortSignal) => Promise<QueryAnswer>> = {
  showcase: async () => ({ ok: true, frames: [showcaseFrame()] }),
  large: async () => ({ ok: true, frames: [largeFrame(100_000)] }),
  empty: async () => ({ ok: true, frames: [memoryFrame('', 0), { name: 'no fields', refId: '', fields: [] }] }),
  uneven: async () => ({ ok: true, frames: [{ name: 'uneven', refId: '', fields: [{ name: 'a', type: 'number', values: [1] }, { name: 'b', type: 'number', values: [] }] }] }),
  broken: async () => {
    throw new Error('the core broke, password=hunter2secret');
  },
  refused: async () => ({ ok: false, failure: { status: 503, message: 'Redis is away.', source: 'downstream' } }),
  slow: async (_request, signal) => {
    await sleep(60_000, undefined, { signal });
    return { ok: true, frames: [] };
  },
};

class ShowcaseCore extends MemoryCore {
  private aborted = 0;

  constructor(private readonly uid: string) {
    super();
    this.answer = async (request, signal) => {
      signal.addEventListener('abort', () => (this.aborted += 1));
      const answer = ANSWERS[request.query.filters.text];
      return answer ? answer(request, signal) : { ok: true, frames: [memoryFrame(request.query.refId)] };
    };
  }

  override async resource(request: Parameters<Core['resource']>[0], caller: Caller, signal: AbortSignal): ReturnType<Core['resource']> {
    const reply = (value: unknown, status = 200) => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
    switch (`${request.method} ${request.path}`) {
      case 'GET whoami':
        return reply({ caller, uid: this.uid });
      case 'GET aborted':
        return reply({ aborted: this.aborted });
      case 'POST push':
        this.rows.push(memoryFrame('', Number(request.query.get('rows') ?? 1)));
        return reply({});
      case 'POST crash':
        setImmediate(() => {
          throw new Error('crash on demand');
        });
        return reply({});
      case 'POST echo':
        return reply({ bytes: request.body.length, query: request.query.toString() });
      default:
        return caller.role === 'None' || signal.aborted ? reply({ message: 'no' }, 403) : reply({ path: request.path }, 404);
    }
  }
}

serve(async (logger) => createDoor({ openCore: (source) => new ShowcaseCore(source.uid), encodeArrow: frameToArrow, frameToJson: frameJson }, logger), { environment: env, process, console }).catch((cause: unknown) => {
  process.stderr.write(String(cause));
  process.exit(1);
});
