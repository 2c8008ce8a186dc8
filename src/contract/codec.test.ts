import fc from 'fast-check';
import { decodeEvent, decodeObject, encodeEvent, MAX_EVENT_BYTES } from './codec';
import { decodeLegacy } from './legacy';
import type { HemostatEvent } from './events';

const event: HemostatEvent = {
  v: 1,
  id: 'a'.repeat(32),
  time: '2026-11-21T03:00:00.000Z',
  type: 'container_recovered',
  agent: 'monitor',
  host: 'node-1',
  container: 'web-2',
  incident_id: '',
  cause_id: '',
  trace_id: '',
  policy_version: '',
  data: { container_id: '0123456789ab', reason: 'well', health_status: 'healthy', metrics: { cpu_percent: 3 } },
};

describe('our own events', () => {
  it('come back as they were written', () => {
    expect(decodeEvent(encodeEvent(event))).toEqual({ ok: true, value: event });
  });

  it('get the incident that the log gave them, also as trace', () => {
    const decoded = decodeEvent(encodeEvent(event), 'f'.repeat(32));
    expect(decoded).toMatchObject({ ok: true, value: { incident_id: 'f'.repeat(32), trace_id: 'f'.repeat(32) } });
  });

  it('drop fields nobody knows and are written in one form only', () => {
    const decoded = decodeEvent(JSON.stringify({ ...event, extra: 1, data: { ...event.data, extra: 2 } }));
    expect(decoded).toEqual({ ok: true, value: event });
  });

  it('are refused when they do not fit, with the field and the raw text', () => {
    const raw = JSON.stringify({ ...event, data: { ...event.data, reason: 'tired' } });
    expect(decodeEvent(raw)).toMatchObject({ ok: false, error: { code: 'bad_data', raw } });
    expect(() => encodeEvent({ ...event, data: { ...event.data, reason: 'tired' } } as unknown as HemostatEvent)).toThrow();
  });

  it.each([
    ['not_json', '{'],
    ['not_an_object', '[1]'],
    ['unknown_version', JSON.stringify({ ...event, v: 2 })],
    ['unknown_type', JSON.stringify({ ...event, type: 'constructor' })],
    ['bad_envelope', JSON.stringify({ ...event, time: 'yesterday' })],
    ['too_large', 'x'.repeat(MAX_EVENT_BYTES + 1)],
  ])('are refused as %s', (code, raw) => {
    expect(decodeEvent(raw)).toMatchObject({ ok: false, error: { code } });
  });
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.json(),
  fc.anything({ withNullPrototype: false }).map((data) => {
    try {
      return JSON.stringify({ ...event, data }) ?? '';
    } catch {
      return '{}';
    }
  }),
  fc.record({ event_type: fc.constantFrom('container_unhealthy', 'remediation_complete', 'false_alarm', 'x'), timestamp: fc.anything(), agent: fc.anything(), data: fc.anything() }).map((value) => {
    try {
      return JSON.stringify(value);
    } catch {
      return '{}';
    }
  })
);

describe('any bytes', () => {
  it('give a value or an error, never an exception', () => {
    fc.assert(
      fc.property(hostile, (raw) => {
        for (const decoded of [decodeObject(raw), decodeEvent(raw), decodeLegacy(raw, new Date(0))]) {
          expect(typeof decoded.ok).toBe('boolean');
          expect(decoded.ok || decoded.error.raw === raw).toBe(true);
        }
      }),
      { numRuns: 2000 }
    );
  });
});
