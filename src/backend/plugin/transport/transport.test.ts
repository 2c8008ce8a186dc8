import { EventEmitter } from 'node:events';
import { HostTies } from './control';
import { watchForOrphanage } from './life-cycle';
import { handshakeLine } from './listen';
import { createLogger, logLine } from './logger';
import { codec } from './messages';

describe('messages', () => {
  it('keep 64-bit numbers as numbers and give defaults for what was not sent', () => {
    const query = codec<{ refId: string; maxDataPoints: number; timeRange: { fromEpochMS: number } | null; json: Uint8Array }>('DataQuery');
    const sent = query.encode({ refId: 'A', maxDataPoints: 0, timeRange: { fromEpochMS: 1_795_248_000_123 }, json: Buffer.from('{}') });
    expect(query.decode(sent).timeRange?.fromEpochMS).toBe(1_795_248_000_123);
    const empty = query.decode(Buffer.alloc(0));
    expect([empty.refId, empty.maxDataPoints, empty.timeRange, empty.json.length]).toEqual(['', 0, null, 0]);
  });

  it('keep maps of texts and of messages', () => {
    const response = codec<{ code: number; headers: Record<string, { values: string[] }>; body: Uint8Array }>('CallResourceResponse');
    const back = response.decode(response.encode({ code: 200, headers: { a: { values: ['1', '2'] } }, body: Buffer.from([0, 255]) }));
    expect(back.headers.a?.values).toEqual(['1', '2']);
    expect([...back.body]).toEqual([0, 255]);
  });
});

describe('the handshake', () => {
  it('is one line with go-plugin’s version, Grafana’s version, the address and an empty certificate', () => {
    expect(handshakeLine({ network: 'unix', address: '/tmp/x.sock' })).toBe('1|2|unix|/tmp/x.sock|grpc|\n');
  });
});

describe('log lines', () => {
  const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

  it('have the form that Grafana parses: texts only, six digits of a second', () => {
    const line = logLine('info', 'ready', { rows: 3, ok: true, none: undefined, '@level': 'evil' }, 1_700_000_000_120);
    expect(parse(line)).toEqual({ '@level': 'info', '@message': 'ready', '@timestamp': '2023-11-14T22:13:20.120000Z', rows: '3', ok: 'true' });
    expect(line.endsWith('}\n')).toBe(true);
  });

  it('stay one short line without secrets, whatever is logged', () => {
    const line = logLine('error', `two\nlines ${'x'.repeat(100_000)}`, { error: 'redis://user:hunter2secret@host' }, 0);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(line.length).toBeLessThan(64 * 1024);
    expect(line).not.toContain('hunter2secret');
  });

  it('below the level are dropped', () => {
    const lines: string[] = [];
    const logger = createLogger((line) => lines.push(line), 'warn');
    logger.info('no');
    logger.warn('yes');
    expect(lines.map((line) => parse(line)['@message'])).toEqual(['yes']);
  });
});

describe('a host that is gone', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const call = () => Object.assign(new EventEmitter(), { end: () => undefined });

  function watch(ties: HostTies) {
    const reasons: string[] = [];
    let parent = 4;
    const end = watchForOrphanage(ties, (reason) => reasons.push(reason), () => parent);
    return { reasons, adopt: () => (parent = 1), end };
  }

  it('is found out by its process', () => {
    const { reasons, adopt, end } = watch(new HostTies());
    jest.advanceTimersByTime(5000);
    expect(reasons).toEqual([]);
    adopt();
    jest.advanceTimersByTime(2000);
    expect(reasons[0]).toContain('parent');
    end();
  });

  it('is found out by the calls that it held open, but not while one is left', () => {
    const ties = new HostTies();
    const [broker, stdio] = [call(), call()];
    ties.tie(broker);
    ties.tie(stdio);
    const { reasons, end } = watch(ties);
    broker.emit('cancelled');
    jest.advanceTimersByTime(10_000);
    expect(reasons).toEqual([]);
    stdio.emit('cancelled');
    jest.advanceTimersByTime(2000);
    expect(reasons).toEqual([]);
    jest.advanceTimersByTime(3000);
    expect(reasons[0]).toContain('connection');
    end();
  });
});
