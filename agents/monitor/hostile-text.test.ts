import fc from 'fast-check';
import { plainText, safeLines, safeText } from './hostile-text';

const SECRET = 'password=hunter2hunter2';

describe('text that a container wrote', () => {
  it('loses colours, cursor commands, titles, control and direction characters', () => {
    expect(plainText('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u0000y\u202ez\ttab')).toBe('red xyz\ttab');
  });

  it('has its secrets blacked out before it is cut', () => {
    const { text, redactions } = safeText(`${'x'.repeat(90)} ${SECRET}`, 105);
    expect(text).not.toContain('hunter2');
    expect(redactions).toBeGreaterThan(0);
  });

  it('has a secret blacked out that hides behind colours', () => {
    expect(safeText('pass\u001b[1mword=hunter2hunter2', 100).text).not.toContain('hunter2');
  });

  it('has a key blacked out that goes over several lines', () => {
    const key = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu', '-----END RSA PRIVATE KEY-----'];
    expect(safeLines(['before', ...key, 'after'], { lineChars: 200, totalBytes: 1000 }).lines.join('\n')).not.toContain('MIIBOgIBAAJ');
  });

  it('keeps the last lines when all do not fit', () => {
    expect(safeLines(['one', 'two', 'three'], { lineChars: 10, totalBytes: 10 })).toEqual({ lines: ['two', 'three'], truncated: true, redactions: 0 });
    expect(safeLines([], { lineChars: 10, totalBytes: 10 }).lines).toEqual([]);
  });

  it('stays within its bounds and holds no control character, whatever was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 })), (lines) => {
        const safe = safeLines(lines, { lineChars: 20, totalBytes: 200 });
        expect(Buffer.byteLength(safe.lines.join('\n'))).toBeLessThanOrEqual(200);
         
        expect(safe.lines.every((line) => line.length <= 20 && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(line))).toBe(true);
      })
    );
  });
});
