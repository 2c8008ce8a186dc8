import { ADMIN, EDITOR, VIEWER, type Asker } from './both-doors';

// Every call of the dashboard API with its limits, and what is refused with which status.

/** Places of the test's data: `{trace}`, `{alert}` (firing), `{resolved}`, `{twin}` (the eight characters that two alerts begin with). */
export interface Case {
  name: string;
  method?: 'GET' | 'POST';
  path: string;
  search?: string;
  body?: unknown;
  asker?: Asker;
  status: number;
  words?: RegExp;
}

const bounds = (path: string, name: string, least: number, most: number, more = ''): Case[] => [
  { name: `${path || 'dashboard'}: ${name} ${least}`, path, search: `?${name}=${least}${more}`, status: 200 },
  { name: `${path || 'dashboard'}: ${name} ${most}`, path, search: `?${name}=${most}${more}`, status: 200 },
  ...[String(least - 1), String(most + 1), '', 'x', '1.5', '-1'].map((value): Case => ({ name: `${path || 'dashboard'}: ${name} "${value}"`, path, search: `?${name}=${value}${more}`, status: 400, words: new RegExp(name) })),
];

const RANGED = ['', 'health', 'metrics/latency', 'alerts', 'logs', 'traces', 'errors'];

export const LIMITS: Case[] = [
  ...RANGED.flatMap((path) => bounds(path, 'minutes', 1, 1440)),
  ...bounds('logs', 'limit', 1, 1000),
  ...bounds('traces', 'limit', 1, 200),
  ...bounds('errors', 'limit', 1, 200),
];

export const READS: Case[] = [
  ...['latency', 'tokens', 'errors', 'requests'].map((type): Case => ({ name: `R477 metric ${type}`, path: `metrics/${type}`, status: 200 })),
  ...['sum', 'avg', 'min', 'max', 'count', 'p50', 'p90', 'p99', 'rate'].map((kind): Case => ({ name: `R477 aggregation ${kind}`, path: 'metrics/latency', search: `?aggregation=${kind}`, status: 200 })),
  { name: 'R478 an unknown metric', path: 'metrics/temperature', status: 404, words: /^Metric temperature not found$/ },
  { name: 'R478 a metric that every object has', path: 'metrics/constructor', status: 404, words: /^Metric constructor not found$/ },
  { name: 'R478 an unknown aggregation', path: 'metrics/latency', search: '?aggregation=median', status: 400, words: /aggregation/ },
  { name: 'R482 a level', path: 'logs', search: '?level=warn', status: 200 },
  { name: 'R482 an unknown level', path: 'logs', search: '?level=loud', status: 400, words: /level/ },
  { name: 'R482 an agent, a trace and a text', path: 'logs', search: '?agent_id=monitor&trace_id={trace}&text=handled', status: 200 },
  { name: 'R483 a status', path: 'traces', search: '?status=error', status: 200 },
  { name: 'R483 an unknown status', path: 'traces', search: '?status=bad', status: 400, words: /status/ },
  { name: 'R483 a duration of nothing', path: 'traces', search: '?min_duration_ms=0', status: 200 },
  { name: 'R483 a negative duration', path: 'traces', search: '?min_duration_ms=-1', status: 400, words: /min_duration_ms/ },
  { name: 'R484 a trace', path: 'traces/{trace}', status: 200 },
  { name: 'R484 an unknown trace', path: `traces/${'0'.repeat(32)}`, status: 404, words: /^Trace 0{32} not found$/ },
  { name: 'R484 a trace that cannot be one', path: `traces/${'x'.repeat(300)}`, status: 404, words: /^Trace x{100} not found$/ },
  { name: 'R093 the status of the system', path: 'status', status: 200 },
  { name: 'R096 its metadata', path: 'status/metadata', status: 200 },
  { name: 'the rules', path: 'rules', status: 200 },
  ...['', 'health', 'alerts', 'logs', 'traces', 'traces/{trace}', 'errors', 'status', 'status/metadata', 'rules', 'metrics/latency'].map((path): Case => ({ name: `an unknown parameter of ${path || 'dashboard'}`, path, search: '?surplus=1', status: 400, words: /surplus/ })),
  { name: 'a parameter that stands twice', path: 'logs', search: '?limit=1&limit=2', status: 400, words: /limit/ },
  { name: 'a call that is only read', method: 'POST', path: 'logs', status: 405 },
  { name: 'an act that is only done', path: 'alerts/{alert}/resolve', status: 405 },
  { name: 'an unknown path', path: 'nothing', status: 404 },
];

const rule = { name: 'own_rule', title: 'Own', scope: 'system', condition: 'cpu_percent > threshold', threshold: 50, severity: 'warning', type: 'resource_usage', message_template: 'CPU is {cpu_percent} %.' };

export const REFUSED_ACTS: Case[] = [
  ...['acknowledge', 'silence', 'resolve'].flatMap((name): Case[] => {
    const search = name === 'silence' ? '?duration_minutes=5' : '';
    const path = `alerts/{alert}/${name}`;
    return [
      { name: `R480 ${name}: an unknown alert`, path: `alerts/${'0'.repeat(8)}/${name}`, search, status: 404, words: /^Alert 00000000 not found$/ },
      { name: `${name}: the beginning of an id that is too short`, path: `alerts/{short}/${name}`, search, status: 404, words: /not found/ },
      { name: `${name}: a resolved alert`, path: `alerts/{resolved}/${name}`, search, status: 409, words: /resolved already/ },
      { name: `${name}: the beginning of two ids`, path: `alerts/{twin}/${name}`, search, status: 409, words: /2 alerts begin with/ },
      { name: `R480 ${name}: a user in the query string`, path, search: `${search}${search ? '&' : '?'}user=mallory`, status: 400, words: /A user cannot be given: it is the signed-in one, here eddy/ },
      { name: `R480 ${name}: a user in the body`, path, search, body: { user: 'mallory' }, status: 400, words: /A user cannot be given/ },
      { name: `${name}: an unknown parameter`, path, search: `${search}${search ? '&' : '?'}surplus=1`, status: 400, words: /surplus/ },
      { name: `${name}: a body that is a list`, path, search, body: [], status: 400 },
      { name: `${name}: a Viewer`, path, search, asker: VIEWER, status: 403, words: /role Editor/ },
    ].map((one) => ({ method: 'POST' as const, asker: EDITOR, ...one }));
  }),
  ...['4', '1441', '', 'x', '5.5'].map((value): Case => ({ name: `R481 a silence of "${value}" minutes`, method: 'POST', asker: EDITOR, path: 'alerts/{alert}/silence', search: `?duration_minutes=${value}`, status: 400, words: /duration_minutes/ })),
  { name: 'R481 a silence without its length', method: 'POST', asker: EDITOR, path: 'alerts/{alert}/silence', status: 400, words: /duration_minutes/ },
  { name: 'a length in two places', method: 'POST', asker: EDITOR, path: 'alerts/{alert}/silence', search: '?duration_minutes=5', body: { duration_minutes: 10 }, status: 400, words: /duration_minutes stands in the query string and in the body/ },
  { name: 'a comment that is too long', method: 'POST', asker: EDITOR, path: 'alerts/{alert}/acknowledge', body: { comment: 'x'.repeat(1001) }, status: 400, words: /comment/ },
  { name: 'a rule by an Editor', method: 'POST', asker: EDITOR, path: 'rules', body: rule, status: 403, words: /role Admin/ },
  { name: 'a rule that names a user', method: 'POST', asker: ADMIN, path: 'rules', body: { ...rule, user: 'mallory' }, status: 400, words: /A user cannot be given/ },
  { name: 'R449 a rule with several problems, all of them named', method: 'POST', asker: ADMIN, path: 'rules', body: { ...rule, name: 'Wrong Name', scope: 'moon', cooldown_minutes: -1 }, status: 400, words: /name: .*scope: .*cooldown_minutes: / },
  { name: 'R449 a condition that cannot be parsed', method: 'POST', asker: ADMIN, path: 'rules', body: { ...rule, condition: 'cpu_percent >' }, status: 400, words: /condition/i },
  { name: 'R449 a condition with an unknown variable', method: 'POST', asker: ADMIN, path: 'rules', body: { ...rule, condition: 'moon > 1' }, status: 400, words: /moon/ },
  { name: 'a rule that is empty', method: 'POST', asker: ADMIN, path: 'rules', body: {}, status: 400, words: /name: / },
  { name: 'a rule that is not there', method: 'POST', asker: ADMIN, path: 'rules/no_rule/remove', status: 404, words: /^Rule no_rule not found$/ },
  { name: 'a rule that is as it comes', method: 'POST', asker: ADMIN, path: 'rules/high_latency/remove', status: 409, words: /as it comes with HemoStat/ },
  { name: 'a rule taken away by an Editor', method: 'POST', asker: EDITOR, path: 'rules/high_latency/remove', status: 403 },
];

export interface DoneCase extends Case {
  answer: Record<string, unknown>;
  command: Record<string, unknown>;
}
/** What is done, and what stands in the log of it. */
export const DONE: DoneCase[] = [
  { name: 'R480 acknowledge', asker: EDITOR, path: 'alerts/{alert}/acknowledge', status: 200, answer: { status: 'acknowledged' }, command: { command: 'alert_acknowledge', user: 'eddy' } },
  { name: 'R444 acknowledge with a comment in the query string', asker: EDITOR, path: 'alerts/{alert}/acknowledge', search: '?comment=on%20it', status: 200, answer: { status: 'acknowledged' }, command: { command: 'alert_acknowledge', user: 'eddy', comment: 'on it' } },
  { name: 'R444 acknowledge with a comment in the body', asker: EDITOR, path: 'alerts/{alert}/acknowledge', body: { comment: 'password=hunter2hunter2' }, status: 200, answer: { status: 'acknowledged' }, command: { command: 'alert_acknowledge', comment: expect.not.stringContaining('hunter2') as unknown } },
  { name: 'R439 by the eight characters that people see', asker: EDITOR, path: 'alerts/{short8}/acknowledge', status: 200, answer: { status: 'acknowledged' }, command: { command: 'alert_acknowledge' } },
  { name: 'R481 silence', asker: EDITOR, path: 'alerts/{alert}/silence', search: '?duration_minutes=5', status: 200, answer: { status: 'silenced', duration_minutes: 5, until: expect.any(String) as unknown }, command: { command: 'alert_silence', user: 'eddy', until: expect.any(String) as unknown } },
  { name: 'R481 silence by the body', asker: EDITOR, path: 'alerts/{alert}/silence', body: { duration_minutes: 1440 }, status: 200, answer: { status: 'silenced', duration_minutes: 1440 }, command: { command: 'alert_silence' } },
  { name: 'R463 resolve', asker: EDITOR, path: 'alerts/{alert}/resolve', body: { comment: 'mended' }, status: 200, answer: { status: 'resolved' }, command: { command: 'alert_resolve', user: 'eddy', reason: 'mended' } },
  { name: 'R441 a rule of one’s own', asker: ADMIN, path: 'rules', body: rule, status: 200, answer: { status: 'rule_set', rule: 'own_rule' }, command: { command: 'alert_rule', user: 'ada', rule: expect.objectContaining({ name: 'own_rule', cooldown_minutes: 5 }) as unknown } },
  { name: 'R441 a rule that is changed', asker: ADMIN, path: 'rules', body: { ...rule, name: 'high_latency' }, status: 200, answer: { status: 'rule_set', rule: 'high_latency' }, command: { command: 'alert_rule' } },
  { name: 'a rule taken away', asker: ADMIN, path: 'rules/{rule}/remove', status: 200, answer: { status: 'rule_removed', rule: 'stored_rule' }, command: { command: 'alert_rule_remove', rule: 'stored_rule', user: 'ada' } },
].map((one) => ({ method: 'POST' as const, ...one }));
