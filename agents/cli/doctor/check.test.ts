import { analyzerSettings } from '../../runtime/settings/analyzer';
import { readSettings } from '../../runtime/settings/define';
import { clockCheck, compareVersions } from './check';
import { checkModel, modelList } from './model';
import { checkNotifier } from './notifier';

describe('clocks', () => {
  it.each([
    [100, 'ok', '100 ms ahead of'],
    [-100, 'ok', '100 ms behind'],
    [5000, 'warn', '5.0 s ahead of'],
    [-60_000, 'fail', '60.0 s behind'],
  ])('%d ms apart: %s', (difference, level, found) => {
    expect(clockCheck('clock', 1_000_000 + difference, 1_000_000, 1_000_000)).toMatchObject({ level, found: expect.stringContaining(found) });
  });

  it('are not blamed for a slow answer', () => {
    expect(clockCheck('clock', 1_004_000, 1_000_000, 1_006_000).level).toBe('ok');
  });
});

it.each([
  ['7.0.15', '6.2', 1],
  ['6.0.9', '6.2', -1],
  ['6.2', '6.2.0', 0],
  ['10.1', '9.9', 1],
])('version %s against %s', (a, b, sign) => expect(compareVersions(a, b)).toBe(sign));

describe('the model', () => {
  const settings = (environment: Record<string, string>) => readSettings(analyzerSettings, environment);

  it('is not looked for where none is set', async () => {
    expect(await checkModel({})).toEqual([expect.objectContaining({ level: 'ok', found: 'no model set: rules only' })]);
    expect(await checkModel({ AI_MODEL: 'm', AI_FALLBACK_ENABLED: 'false' })).toEqual([expect.objectContaining({ level: 'ok' })]);
  });

  it('without an address or key is a warning', async () => {
    expect(await checkModel({ AI_MODEL: 'm' })).toEqual([expect.objectContaining({ level: 'warn' })]);
  });

  it('is looked for where the settings lead', () => {
    expect(modelList(settings({ AI_MODEL: 'q', HEMOSTAT_AI_URL: 'http://localhost:11434/v1/' }))?.url).toBe('http://localhost:11434/v1/models');
    expect(modelList(settings({ AI_MODEL: 'claude-x', ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'o' }))?.key).toBe('ANTHROPIC_API_KEY');
    expect(modelList(settings({ AI_MODEL: 'gpt-x', OPENAI_API_KEY: 'o' }))?.headers).toEqual({ authorization: 'Bearer o' });
  });
});

describe('the notifier', () => {
  it.each([
    [{}, 'warn', /no channel is set/],
    [{ SLACK_WEBHOOK_URL: 'https://hooks.example/secret' }, 'ok', /^Slack \(webhook\)$/],
    [{ HEMOSTAT_SLACK_BOT_TOKEN: 'xoxb-1' }, 'warn', /channel not set/],
    [{ HEMOSTAT_WEBHOOK_URL: 'https://x.example', ALERT_ENABLED: 'false' }, 'warn', /nothing is sent/],
  ])('with %j: %s', (environment, level, found) => {
    const [check] = checkNotifier(environment);
    expect(check).toMatchObject({ level, found: expect.stringMatching(found) });
    expect(JSON.stringify(check)).not.toMatch(/secret|xoxb/);
  });
});
