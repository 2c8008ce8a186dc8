import { z } from 'zod';
import { querySchema } from '../../../../contract/query';
import type { Frame, QueryFailure } from '../../types';
import { ResourceError, type ErrorCode } from '../errors';
import { route, type Call, type Parts } from '../route';
import { remediationsSchema } from '../../../../contract/api';
import { containerName, limit } from '../schemas';

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;

/** A frame as objects, one a row. */
export function rowsOf(frame: Frame | undefined): Array<Record<string, unknown>> {
  const fields = frame?.fields ?? [];
  return Array.from({ length: fields[0]?.values.length ?? 0 }, (_, index) => Object.fromEntries(fields.map((field) => [field.name, field.values[index] ?? null])));
}

function codeOf({ status, source }: QueryFailure): ErrorCode {
  if (source === 'downstream') {
    return 'unavailable';
  }
  return status === 400 ? 'bad_request' : status === 499 ? 'cancelled' : 'internal';
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The frames of a query over the last `spanMs` milliseconds. @throws ResourceError when it fails */
export async function askFrames({ caller, signal }: Pick<Call<unknown>, 'caller' | 'signal'>, { query: ask, now }: Parts, spanMs: number, query: z.input<typeof querySchema>): Promise<Frame[]> {
  const range = { from: now() - spanMs, to: now() };
  const answer = await ask({ query: querySchema.parse(query), range, maxDataPoints: 1000, intervalMs: 60_000 }, caller, signal);
  if (!answer.ok) {
    throw new ResourceError(codeOf(answer.failure), answer.failure.message);
  }
  return answer.frames;
}

async function remediations(call: Call<z.output<typeof remediationsQuery>>, parts: Parts) {
  const { container, days, limit: most, cursor } = call.query;
  const [frame] = await askFrames(call, parts, days * DAY_MS, { queryType: 'remediations', limit: most, cursor, filters: { containers: container ? [container] : [] } });
  const custom = frame?.meta?.custom ?? {};
  return { remediations: rowsOf(frame), cursor: text(custom.cursor), more: custom.more === true, notices: (frame?.meta?.notices ?? []).map((notice) => notice.text) };
}

const remediationsQuery = z.strictObject({ container: containerName.max(255).optional(), days: z.coerce.number().min(0.01).max(MAX_DAYS).default(15), limit: limit(1000, 100), cursor: z.string().max(8192).default('') });

export const remediationRoutes = [
  route({
    method: 'GET',
    path: 'remediations',
    role: 'Viewer',
    acts: false,
    id: 'listRemediations',
    tag: 'Incidents',
    summary: 'What was done, newest first, with verdict and figures before and after. The same as the query `remediations`.',
    query: remediationsQuery,
    answer: remediationsSchema,
    handle: remediations,
  }),
];
