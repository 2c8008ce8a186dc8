import fc from 'fast-check';
import { detail, incident, stored } from '../../components/testing/incidents';
import { escaped, fenced, incidentMarkdown } from './markdown';

const options = { link: 'http://grafana/a/x', timeZone: 'UTC' };

describe('an incident as Markdown', () => {
  it('tells the story, evidence, refusals, steps, log and comments', () => {
    const events = [
      stored('remediation_needed', { evidence: [{ what: 'health', value: 'unhealthy' }] }, '2026-11-21T10:00:00.500Z'),
      stored('remediation_complete', { guards: [{ guard: 'cooldown', allowed: false, limit: '3600 s', measured: '2880 s', reason: 'Too soon.' }] }, '2026-11-21T10:00:01.000Z'),
      stored('forensics_captured', { logs: ['first', 'last'] }),
      stored('command', { command: 'comment', user: 'vera', text: 'Looks like the deploy.' }),
    ];
    const text = incidentMarkdown(detail(incident(), events), options);
    expect(text).toContain('## web\\-2 · not acted on · high');
    expect(text).toContain('- health: unhealthy');
    expect(text).toContain('| cooldown | 3600 s | 2880 s | – | Too soon. |');
    expect(text).toContain('- 10:00:01.000 remediation\\_complete in words');
    expect(text).toContain('```text\nfirst\nlast\n```');
    expect(text).toContain('- vera: Looks like the deploy.');
    expect(text).toContain('`i1`: <http://grafana/a/x>');
  });

  it('leaves out what there is not', () => {
    const text = incidentMarkdown(detail(incident(), [stored('health_alert', {})]), options);
    for (const part of ['Evidence', 'Guards', 'log lines', 'Comments']) {
      expect(text).not.toContain(part);
    }
  });

  it.each([
    ['a link', '[x](http://evil)', '\\[x\\]\\(http:\u200b//evil\\)'],
    ['an image', '![x](y)', '\\!\\[x\\]\\(y\\)'],
    ['HTML', '<img onerror=x>', '&lt;img onerror=x\\>'],
    ['a heading over two lines', 'a\n# b', 'a \\# b'],
    ['a table cell', 'a | b', 'a \\| b'],
    ['a mention', '@channel', '@\u200bchannel'],
    ['an escape', '\u001b[31mred', 'red'],
    ['a list', '1. x', '1\\. x'],
  ])('shows %s as it was written', (_, hostile, shown) => expect(escaped(hostile)).toBe(shown));

  it('never lets lines out of their fence', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[`~ab]{0,12}$/)), (lines) => {
        const all = fenced(lines).split('\n');
        const fence = (all[0] ?? '').replace(/text$/, '');
        expect(all.at(-1)).toBe(fence);
        expect(all.slice(1, -1).some((line) => line.includes(fence))).toBe(false);
      })
    );
  });

  it('writes hostile text on one line without anything that Markdown reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(escaped(text)).not.toMatch(/[\n\r<]|(?<!\\)[`*[\]|]/);
      })
    );
  });
});
