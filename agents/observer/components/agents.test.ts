import { GONE_AFTER_MS } from '../../runtime/heartbeat';
import { before, NOW, testState, testTrouble } from '../test-support';
import { agentFindings, ALWAYS_EXPECTED, missingCopies, type AgentsSeen } from './agents';

const look = (seen: Partial<AgentsSeen>) => agentFindings({ states: [], remembered: new Map(), since: NOW - 60_000, gone: new Set(), answers: new Map(), now: NOW, ...seen });
const only = (name: string, seen: Partial<AgentsSeen>) => look(seen).find((one) => one.name === name);

describe('agents as parts of the system (R109, R110)', () => {
  it('is healthy while a copy lives without trouble, whatever the other copy has', () => {
    expect(only('analyzer', { states: [testState('analyzer')] })).toEqual({ name: 'analyzer', kind: 'agent', status: 'healthy', critical: true });
    const one = testState('analyzer', { instance: 'a', troubles: [testTrouble('model')] });
    expect(only('analyzer', { states: [one, testState('analyzer', { instance: 'b' })] })?.status).toBe('healthy');
  });

  it('answers as fast as it handled its requests lately (R109)', () => {
    expect(only('analyzer', { states: [testState('analyzer')], answers: new Map([['analyzer', 12.5]]) })?.ms).toBe(12.5);
    expect(only('analyzer', { states: [testState('analyzer')], answers: new Map([['monitor', 1]]) })?.ms).toBeUndefined();
  });

  it('is degraded when only copies with trouble live, and says the trouble and its mend', () => {
    const states = ['a', 'b'].map((instance) => testState('notifier', { instance, troubles: [testTrouble('slack')] }));
    expect(only('notifier', { states })).toEqual({ name: 'notifier', kind: 'agent', status: 'degraded', critical: false, error: 'slack is away.', mend: 'Start slack.' });
  });

  it('is unhealthy when none lives: since when, and the command that starts it', () => {
    const gone = testState('analyzer', { seen_at: before(60) });
    expect(only('analyzer', { states: [gone] })).toEqual({
      name: 'analyzer',
      kind: 'agent',
      status: 'unhealthy',
      critical: true,
      error: `The analyzer has given no sign since ${before(60)}.`,
      mend: 'npx hemostat agent analyzer',
    });
  });

  it('misses one that was stopped and took its state away, and only after the time that a silence may last', () => {
    const stopped = (ms: number) => only('exporter', { remembered: new Map([['exporter', NOW - ms]]) })?.status;
    expect([stopped(GONE_AFTER_MS - 1), stopped(GONE_AFTER_MS)]).toEqual(['healthy', 'unhealthy']);
  });

  it('expects five agents always, and any other once it was seen', () => {
    expect(look({}).map(({ name, status }) => [name, status])).toEqual([...ALWAYS_EXPECTED].sort().map((name) => [name, 'unhealthy']));
    expect(only('analyzer', {})?.error).toBe('The analyzer was never seen.');
    expect(only('updater', {})).toBeUndefined();
    expect(only('updater', { states: [testState('updater')] })?.status).toBe('healthy');
  });

  it('gives those that are on their way up the time of one silence', () => {
    expect(look({ since: NOW - GONE_AFTER_MS + 1 })).toEqual([]);
    expect(look({ since: NOW - GONE_AFTER_MS })).toHaveLength(ALWAYS_EXPECTED.length);
    const longGone = { states: [testState('analyzer', { seen_at: before(3600) })], since: NOW - 1000 };
    expect(only('analyzer', longGone)?.status).toBe('healthy');
    expect(only('analyzer', { ...longGone, gone: new Set(['analyzer']) })?.status).toBe('unhealthy');
  });
});

describe('copies that are missed', () => {
  const copy = (instance: string, started: number, seen: number) => testState('analyzer', { instance, started_at: before(started), seen_at: before(seen) });

  it('counts one that died beside others', () => {
    expect(missingCopies([copy('a', 900, 1), copy('b', 900, 60)], NOW)).toBe(1);
    expect(only('analyzer', { states: [copy('a', 900, 1), copy('b', 900, 60)] })).toMatchObject({ status: 'degraded', error: '1 of 2 copies of the analyzer gives no sign any more.', mend: 'Start it again: npx hemostat agent analyzer' });
  });

  it('does not miss one that was replaced', () => {
    expect(missingCopies([copy('old', 900, 60), copy('new', 55, 1)], NOW)).toBe(0);
    expect(missingCopies([copy('a', 900, 1), copy('old', 900, 60), copy('new', 55, 1)], NOW)).toBe(0);
    expect(missingCopies([copy('first', 9000, 800), copy('second', 790, 60), copy('third', 55, 1)], NOW)).toBe(0);
  });
});
