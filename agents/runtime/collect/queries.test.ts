import fc from 'fast-check';
import { logql } from './loki';
import { traceql } from './tempo';

/** Texts that try to end their quotes, and any others. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^["\\`{}|&=~ \n\r\ta-z()$^.*+?[\]]{0,40}$/),
  fc.constantFrom('"} or {service_name=~".+"', '\\" | line_format "x', '`', '"}', '" || true || "', '\ud800', '\u0000\u2028', '(?s).*', '\\Q\\E')
);
/** As UTF-8 carries it: half a character becomes its sign. */
const wellFormed = (text: string) => Buffer.from(text, 'utf8').toString('utf8');
const QUOTED = /"(?:[^"\\]|\\.)*"/gs;
const skeleton = (query: string) => query.replaceAll(QUOTED, '@');
const texts = (query: string) => [...query.matchAll(QUOTED)].map(([text]) => JSON.parse(text) as string);

describe('questions to stores hold hostile text inside of its quotes', () => {
  it('LogQL', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (agent, trace, text) => {
        const query = logql({ agent, trace, text: `x${text}`, level: 'error' });
        expect(skeleton(query)).toBe('{service_name=@} |~ @ | trace_id=@ | severity_text=~@ or detected_level=~@');
        const [service = '', pattern = '', id = ''] = texts(query);
        expect(service).toBe(`hemostat-${wellFormed(agent)}`);
        expect(id).toBe(wellFormed(trace));
        // The pattern stands for the text itself, and nothing else.
        expect(new RegExp(`^${pattern.replace('(?i)', '')}$`).test(`x${wellFormed(text)}`)).toBe(true);
        expect(new RegExp(`^${pattern.replace('(?i)', '')}$`).test(`x${wellFormed(text)}!`)).toBe(false);
        expect(query).not.toContain('\n');
      })
    );
    expect(logql({})).toBe('{service_name=~"hemostat-.+"}');
    expect(logql({ level: 'trace', text: '' })).toBe('{service_name=~"hemostat-.+"}');
  });

  it('TraceQL', () => {
    fc.assert(
      fc.property(hostile, fc.double({ min: 0, max: 1e9, noNaN: true }), (agent, minDurationMs) => {
        const query = traceql({ agent, status: 'error', minDurationMs });
        expect(skeleton(query)).toMatch(/^\{ resource\.service\.name = @ && status = error(?: && traceDuration >= \d+ms)? \}$/);
        expect(texts(query)).toEqual([`hemostat-${wellFormed(agent)}`]);
      })
    );
    expect(traceql({ status: 'ok' })).toBe('{ resource.service.name =~ "hemostat-.+" }');
  });
});
