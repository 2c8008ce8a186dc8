import type { HemostatEvent } from '../../src/contract/events';
import type { HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import { observed } from '../runtime/new-event';
import { Outbox, Progress } from './outbox';

const event = (): HemostatEvent => observed('container_event', 'monitor', { container: 'web' }, { container_id: 'c', action: 'start' });
const logger = { warn: () => undefined, error: () => undefined } as unknown as Logger;

describe('progress', () => {
  it('is where everything before is in the log', () => {
    const progress = new Progress('100');
    const first = progress.begin('200');
    const second = progress.begin('300');
    expect(progress.position).toBe('200');
    second(true);
    expect(progress.position).toBe('200');
    first(true);
    expect(progress.position).toBe('300');
  });

  it('stays where an event was dropped, so that the next monitor asks for it', () => {
    const progress = new Progress(undefined);
    progress.begin('300')(false);
    progress.begin('200')(false);
    progress.begin('400')(true);
    expect(progress.position).toBe('200');
  });

  it('does not go back', () => {
    const progress = new Progress('1767225600000000000');
    progress.reach('999999999999999999');
    expect(progress.position).toBe('1767225600000000000');
  });
});

describe('outbox', () => {
  it('drops events of the engine, but no alerts, when too many wait for Redis', async () => {
    const appended: HemostatEvent[] = [];
    let back: () => void = () => undefined;
    const away = new Promise<void>((resolve) => (back = resolve));
    const log = { append: async (events: HemostatEvent[]) => away.then(() => [appended.push(...events)]) } as unknown as HemostatLog;
    const outbox = new Outbox(log, logger);
    const results: boolean[] = [];
    for (let count = 0; count < 5002; count += 1) {
      outbox.tell(event(), (inLog) => results.push(inLog));
    }
    expect(outbox.dropped).toBe(2);
    const alert = outbox.append([event()]);
    back();
    await alert;
    expect(appended).toHaveLength(5001);
    expect(results.filter((inLog) => !inLog)).toHaveLength(2);
    expect(outbox.waiting).toBe(0);
  });

  it('survives an event that does not fit its schema', async () => {
    const log = { append: () => Promise.reject(new Error('bad')) } as unknown as HemostatLog;
    const outbox = new Outbox(log, logger);
    await expect(outbox.append([event()])).resolves.toBeUndefined();
    expect(outbox.waiting).toBe(0);
  });
});
