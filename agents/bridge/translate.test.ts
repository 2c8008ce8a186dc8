import { LEGACY } from '../../src/contract/streams';
import { translate } from './translate';

const now = new Date('2026-01-01T00:00:00Z');
const data = { container: 'web', reason: 'quiet', confidence: 0.5, analysis_method: 'rule_based' };
const timestamp = '2026-03-02T14:03:07.123456+00:00';
const published = JSON.stringify({ event_type: 'false_alarm', timestamp, agent: 'analyzer', data });
const stored = JSON.stringify({ timestamp, agent: 'alert', event_type: 'false_alarm', data });
const { false_alarm: channel } = LEGACY.channels;

describe('a message of the original', () => {
  it('gets the same id and writer from the channel and from the list', () => {
    const live = translate(published, channel, now);
    const later = translate(stored, LEGACY.eventsOf('false_alarm'), now);
    expect(later).toEqual(live);
    expect(live).toMatchObject({ kind: 'foreign', event: { agent: 'analyzer', host: '', container: 'web', time: '2026-03-02T14:03:07.123Z', incident_id: '' } });
  });

  it('is another one when only the microseconds differ', () => {
    const other = translate(published.replace('123456', '123457'), channel, now);
    expect(other).not.toEqual(translate(published, channel, now));
  });

  it('without a time gets ours, and the same id wherever it is read', () => {
    const raw = JSON.stringify({ event_type: 'false_alarm', agent: 'analyzer', data });
    const [first, second] = [translate(raw, channel, now), translate(raw, channel, new Date('2026-01-02T00:00:00Z'))];
    expect(first).toMatchObject({ event: { time: now.toISOString() } });
    expect(first.kind === 'foreign' && second.kind === 'foreign' && first.event.id === second.event.id).toBe(true);
  });

  it('that is ours is known by its id, also as the alert agent stores it', () => {
    const raw = JSON.stringify({ timestamp, agent: 'alert', event_type: 'false_alarm', data: { ...data, hemostat_id: 'abc' } });
    expect(translate(raw, LEGACY.allEvents, now)).toEqual({ kind: 'own', id: 'abc' });
  });

  it.each(['', '{', '[]', '"text"', 'null', '{"event_type":"unheard_of"}', '\u0000', '{"event_type":{}}', `{"event_type":"false_alarm","data":${'['.repeat(5000)}`])('that is none is malformed, never an error: %.40s', (raw) => {
    expect(translate(raw, LEGACY.allEvents, now).kind).toBe('malformed');
  });
});
