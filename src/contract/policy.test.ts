import { openWindow, parsePolicy, policyVersion, resolvePolicy, scopeCovers, fitsGlob, type PolicySource } from './policy';

function source(document: unknown, environment: PolicySource['environment'] = {}): PolicySource {
  const parsed = parsePolicy(document);
  if (!parsed.ok) {
    throw new Error(parsed.problems.join('; '));
  }
  return { document: parsed.document, from: 'file', environment };
}
const subject = (labels: Record<string, string> = {}, project = 'shop') => ({ container: 'web', project, labels });

describe('the policy', () => {
  it('only watches where nothing is said', () => {
    const policy = resolvePolicy(source({}), subject());
    expect(policy).toMatchObject({ mode: 'observe', enabled: true, cooldown_seconds: 3600, attempts_per_hour: 3, breaker: { failures: 3, window_seconds: 3600 } });
    expect(new Set(Object.values(policy.origins))).toEqual(new Set(['default']));
  });

  it('lets environment, document, project and label win in this order and says where each value is from', () => {
    const given = source(
      { defaults: { cooldown_seconds: 100, attempts_per_hour: 5, breaker: { failures: 9 } }, projects: { shop: { attempts_per_hour: 6, mode: 'approve' } } },
      { cooldown_seconds: 50, min_confidence: 0.9, mode: 'auto' }
    );
    const policy = resolvePolicy(given, subject({ 'hemostat.mode': 'auto', 'autoheal.stop.timeout': '30' }));
    expect(policy).toMatchObject({ cooldown_seconds: 100, attempts_per_hour: 6, min_confidence: 0.9, mode: 'auto', stop_timeout_seconds: 30, breaker: { failures: 9, window_seconds: 3600 } });
    expect(policy.origins).toMatchObject({ cooldown_seconds: 'file', attempts_per_hour: 'project', min_confidence: 'environment', mode: 'label', 'breaker.failures': 'file', 'breaker.window_seconds': 'default' });
    expect(resolvePolicy(given, subject({}, 'constructor')).mode).toBe('auto');
  });

  it('lets nobody switch a dry run off again', () => {
    const policy = resolvePolicy(source({ defaults: { dry_run: false, mode: 'auto' } }, { dry_run: true }), subject({ 'hemostat.mode': 'auto' }));
    expect(policy).toMatchObject({ mode: 'observe', dry_run: true });
    expect(policy.origins.mode).toBe('environment');
  });

  it.each([
    [{ 'hemostat.enable': 'false' }, false],
    [{ 'hemostat.enable': 'true' }, true],
    [{ autoheal: 'true' }, true],
    [{ autoheal: 'true', 'hemostat.enable': 'false' }, false],
    [{ 'hemostat.enable': 'perhaps' }, false],
    [{}, false],
  ])('covers labelled containers only, if told so: %j', (labels, enabled) => {
    expect(resolvePolicy(source({ defaults: { scope: 'labelled' } }), subject(labels)).enabled).toBe(enabled);
  });

  it.each([
    ['hemostat.mode', { mode: 'observe' }],
    ['hemostat.cooldown', { cooldown_seconds: 3600 }],
    ['hemostat.action', { action: 'none' }],
    ['hemostat.attempts', { attempts_per_hour: 1 }],
    ['hemostat.confirm', { confirm_seconds: 300 }],
    ['hemostat.enable', { enabled: false }],
    ['autoheal.stop.timeout', { stop_timeout_seconds: 10 }],
  ])('takes the safest meaning of an unreadable %s, with a warning', (name, expected) => {
    const policy = resolvePolicy(source({ defaults: { mode: 'auto', cooldown_seconds: 10 } }), subject({ [name]: '\u0000 -5 $(rm)' }));
    expect(policy).toMatchObject(expected);
    expect(policy.warnings).toHaveLength(1);
  });

  it('lets untrusted labels make things safer only', () => {
    const given = source({ trust_labels: false, defaults: { mode: 'approve', scope: 'labelled' }, projects: {} });
    expect(resolvePolicy(given, subject({ 'hemostat.mode': 'auto', 'hemostat.cooldown': '0', 'hemostat.enable': 'true' }))).toMatchObject({ mode: 'approve', cooldown_seconds: 3600, enabled: false });
    expect(resolvePolicy(given, subject({ 'hemostat.mode': 'observe', 'hemostat.cooldown': '2h' }))).toMatchObject({ mode: 'observe', cooldown_seconds: 7200 });
  });

  it('reads durations with units and names unknown labels', () => {
    const policy = resolvePolicy(source({}), subject({ 'hemostat.cooldown': '15m', 'hemostat.cooldwon': '1', 'hemostat.depends': 'db' }));
    expect(policy.cooldown_seconds).toBe(900);
    expect(policy.warnings).toEqual(['The label hemostat.cooldwon is not known and changes nothing.']);
  });

  it.each([
    [{ defaults: { mod: 'auto' } }, /mod/],
    [{ defaults: { cooldown_seconds: -1 } }, /defaults.cooldown_seconds/],
    [{ defaults: { exec_allow: [['sh', '-c', '*']] } }, /shell/],
    [{ defaults: { exec_allow: [['*']] } }, /written out/],
    [{ maintenance: [{ weekly: { days: ['sat'], from: '25:00', to: '02:00' } }] }, /time of day/],
    [{ maintenance: [{ weekly: { days: ['sat'], from: '22:00', to: '02:00', zone: 'Mars/Olympus' } }] }, /time zone/],
    [{ maintenance: [{ from: '2030-01-01T00:00:00Z' }] }, /needs either/],
    [[], /policy/],
    ['auto', /policy/],
  ])('refuses %j and says what is wrong', (document, problem) => {
    const parsed = parsePolicy(document);
    expect(parsed.ok ? '' : parsed.problems.join()).toMatch(problem);
  });

  it('has a version that depends on its meaning alone', () => {
    const digest = (value: unknown) => JSON.stringify(value);
    expect(policyVersion(source({}), digest)).toBe(policyVersion(source({ version: 1, projects: {} }), digest));
  });
});

describe('maintenance windows', () => {
  const weekly = (days: string[], from: string, to: string, zone = 'UTC') => source({ maintenance: [{ name: 'w', weekly: { days, from, to, zone } }] }).document.maintenance;
  const until = (windows: ReturnType<typeof weekly>, time: string) => {
    const open = openWindow(windows, Date.parse(time));
    return open ? new Date(open.until ?? NaN).toISOString() : undefined;
  };

  it('are open from their beginning up to their end', () => {
    const windows = weekly(['tue'], '02:00', '04:00');
    expect(until(windows, '2030-01-15T01:59:59Z')).toBeUndefined();
    expect(until(windows, '2030-01-15T02:00:00Z')).toBe('2030-01-15T04:00:00.000Z');
    expect(until(windows, '2030-01-15T03:59:59.999Z')).toBe('2030-01-15T04:00:00.000Z');
    expect(until(windows, '2030-01-15T04:00:00Z')).toBeUndefined();
    expect(until(windows, '2030-01-16T03:00:00Z')).toBeUndefined();
  });

  it('go over midnight and join their neighbours', () => {
    expect(until(weekly(['tue'], '22:00', '03:00'), '2030-01-16T01:00:00Z')).toBe('2030-01-16T03:00:00.000Z');
    expect(until(weekly(['sat', 'sun'], '00:00', '24:00'), '2030-01-19T09:00:00Z')).toBe('2030-01-21T00:00:00.000Z');
  });

  it('follow the clocks of their zone', () => {
    expect(until(weekly(['tue'], '02:00', '04:00', 'Asia/Kolkata'), '2030-01-14T21:00:00Z')).toBe('2030-01-14T22:30:00.000Z');
    // The night of 31 March 2030: 02:00 becomes 03:00. The night of 27 October 2030: 03:00 becomes 02:00.
    expect(until(weekly(['sun'], '01:00', '04:00', 'Europe/Zurich'), '2030-03-31T00:30:00Z')).toBe('2030-03-31T02:00:00.000Z');
    expect(until(weekly(['sun'], '01:00', '04:00', 'Europe/Zurich'), '2030-10-27T00:00:00Z')).toBe('2030-10-27T03:00:00.000Z');
  });

  it('name no end when there is none', () => {
    expect(openWindow(weekly(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], '00:00', '24:00'), 0)).toEqual({ name: 'w' });
  });
});

describe('scopes and names', () => {
  it('cover what they say', () => {
    const web = { host: 'h', container: 'web', project: 'shop' };
    expect(['all', '', '*', 'project:shop', 'container:web', 'container:h/web', 'web', 'shop'].every((scope) => scopeCovers(scope, web))).toBe(true);
    expect(['project:', 'project:web', 'container:shop', 'container:g/web', 'we'].some((scope) => scopeCovers(scope, web))).toBe(false);
  });

  it('match patterns in reasonable time', () => {
    expect(fitsGlob('hemostat-redis', 'hemostat-*')).toBe(true);
    expect(fitsGlob('my-hemostat-redis', 'hemostat-*')).toBe(false);
    expect(fitsGlob('a.b', 'a?b')).toBe(true);
    expect(fitsGlob('a'.repeat(20_000), `${'*a'.repeat(50)}b`)).toBe(false);
  });
});
