import { NOT_INITIALIZED } from '../../src/backend/core/observability/shared-dashboard';
import { RESOURCES } from '../../src/backend/core/resources';
import type { Core } from '../../src/backend/core/types';
import type { AgentTelemetry, StepSpan } from '../runtime/telemetry';

/** From here on it is our fault, or that of what we stand on; below it the caller's. */
const OURS = 500;

/** @param answer in which a dashboard that has only not begun yet is told: that is no failure, and must raise no alert about the API */
function answered(span: StepSpan, status: number, message: string, answer: string): void {
  span.set({ 'http.response.status_code': status });
  if (status >= OURS && !answer.includes(NOT_INITIALIZED)) {
    span.fail(message, `status_${status}`);
  }
}

/** As it is declared, so that ids in paths make no names of their own. */
const routeOf = (path: string): string => RESOURCES.at(path)[0]?.route.path ?? 'unknown';

/** Counts what is asked of the core. Spans are kept of what changes something, and of what fails: readers come by the thousand. */
export function measured(core: Core, telemetry: AgentTelemetry): Core {
  return {
    ...core,
    query: (request, caller, signal) =>
      telemetry.step(
        `query ${request.query.queryType}`,
        {},
        async (span) => {
          const answer = await core.query(request, caller, signal);
          if (!answer.ok) {
            answered(span, answer.failure.status, answer.failure.message, answer.failure.message);
          }
          return answer;
        },
        { request: true, span: false, kind: 'server' }
      ),
    resource: (request, caller, signal) =>
      telemetry.step(
        `${request.method} ${routeOf(request.path)}`,
        { 'http.request.method': request.method, 'http.route': routeOf(request.path), 'url.path': request.path, 'hemostat.user': caller.user || undefined },
        async (span) => {
          const response = await core.resource(request, caller, signal);
          answered(span, response.status, `Answered ${response.status}.`, response.status >= OURS ? response.body : '');
          return response;
        },
        { request: true, span: request.method !== 'GET' && request.method !== 'HEAD', kind: 'server' }
      ),
  };
}
