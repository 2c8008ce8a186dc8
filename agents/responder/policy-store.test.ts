import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../runtime/logger';
import { readSettings } from '../runtime/settings/define';
import { responderSettings } from '../runtime/settings/responder';
import { TroubleBoard } from '../runtime/trouble';
import { PolicyStore } from './policy-store';
import { environmentLayer } from './settings';

const web = { container: 'web', project: '', labels: {} };

describe('the policy in force', () => {
  let folder: string;
  let file: string;
  let lines: string[];
  let trouble: TroubleBoard;
  let written = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hemostat-policy-'));
    file = join(folder, 'policy.yaml');
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => {
    writeFileSync(file, text);
    written += 10;
    utimesSync(file, 1_000_000 + written, 1_000_000 + written);
  };
  const storeOf = (environment: Record<string, string> = {}) => {
    const logger = createLogger({ logLevel: 'info', logFormat: 'json' }, (line) => lines.push(line));
    trouble = new TroubleBoard(logger);
    const settings = readSettings(responderSettings, environment);
    return new PolicyStore({ environment: environmentLayer(settings, environment), file: settings.policyFile, logger, trouble });
  };
  const stored = (policy: unknown) => JSON.stringify({ version: 'x', time: '2030-01-01T00:00:00Z', user: 'ann', policy });

  it('is the one in Redis, else the file, else the environment, else the default', () => {
    expect(storeOf().effective(web)).toMatchObject({ mode: 'observe', origins: { mode: 'default', cooldown_seconds: 'default' } });
    write('defaults: { mode: approve }');
    const store = storeOf({ HEMOSTAT_POLICY_FILE: file, HEMOSTAT_MODE: 'auto', RESPONDER_COOLDOWN_SECONDS: '5', RESPONDER_MAX_RETRIES_PER_HOUR: '7' });
    expect(store.effective(web)).toMatchObject({ mode: 'approve', cooldown_seconds: 5, attempts_per_hour: 7, breaker: { failures: 7 }, origins: { mode: 'file', cooldown_seconds: 'environment' } });
    const { version } = store;
    store.update(stored({ defaults: { mode: 'observe' } }));
    expect(store.effective(web)).toMatchObject({ mode: 'observe', cooldown_seconds: 5, origins: { mode: 'command' } });
    expect(store.version).not.toBe(version);
    store.update(null);
    expect(store.version).toBe(version);
  });

  it('follows the file, and stays as it is while the file cannot be used', () => {
    write('defaults: { cooldown_seconds: 10 }');
    const store = storeOf({ HEMOSTAT_POLICY_FILE: file });
    write('defaults: { cooldown_seconds: -3 }');
    store.update(null);
    expect(store.effective(web).cooldown_seconds).toBe(10);
    expect(trouble.list()).toMatchObject([{ part: 'policy', message: expect.stringContaining('cooldown_seconds') }]);
    write('defaults: { cooldown_seconds: 20 }');
    store.update(null);
    expect(store.effective(web).cooldown_seconds).toBe(20);
    expect(trouble.list()).toEqual([]);
  });

  it.each(['not json', stored({ defaults: { mode: 'yolo' } }), stored('auto')])('stays as it is when Redis holds %s', (text) => {
    const store = storeOf({ HEMOSTAT_MODE: 'approve' });
    store.update(text);
    expect(store.effective(web).mode).toBe('approve');
    expect(trouble.list()).toHaveLength(1);
  });

  it('names the file that cannot be used at start', () => {
    expect(() => storeOf({ HEMOSTAT_POLICY_FILE: join(folder, 'none.yaml') })).toThrow(/HEMOSTAT_POLICY_FILE.*none.yaml/);
    write('defaults: [');
    expect(() => storeOf({ HEMOSTAT_POLICY_FILE: file })).toThrow(/HEMOSTAT_POLICY_FILE/);
  });

  it('warns of labels that cannot be read', () => {
    expect(storeOf({ HEMOSTAT_MODE: 'auto' }).effective({ ...web, labels: { 'hemostat.mode': 'full' } }).mode).toBe('observe');
    expect(lines.join()).toContain('hemostat.mode');
  });
});
